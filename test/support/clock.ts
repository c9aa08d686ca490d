import type { Clock } from '../../src/reconcile/clock.ts';

/** Time that tests and the in-memory engine share. */
export interface TestClock extends Clock {
  /** Runs something at that time, as the engine's own doing: nobody waits for it, and it keeps no time going. */
  readonly schedule: (atMs: number, run: () => void) => void;
}

interface Timer {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A clock that jumps to the next moment for which somebody waits, once everything else stands still. */
export function virtualClock(): TestClock {
  let nowMs = 0;
  let isPumping = false;
  let waiting: Timer[] = [];
  let scheduled: Timer[] = [];

  const pump = (): void => {
    isPumping = false;
    const next = waiting.reduce<Timer | undefined>((best, it) => (best && best.atMs <= it.atMs ? best : it), undefined);
    if (next === undefined) return;
    runScheduled(next.atMs);
    nowMs = Math.max(nowMs, next.atMs);
    waiting = waiting.filter((it) => it !== next);
    next.wake();
    keepPumping();
  };
  const keepPumping = (): void => {
    if (isPumping || waiting.length === 0) return;
    isPumping = true;
    setImmediate(pump);
  };
  const runScheduled = (untilMs: number): void => {
    for (;;) {
      const due = scheduled.filter(({ atMs }) => atMs <= untilMs);
      const next = due.reduce<Timer | undefined>((best, it) => (best && best.atMs <= it.atMs ? best : it), undefined);
      if (next === undefined) return;
      scheduled = scheduled.filter((it) => it !== next);
      nowMs = Math.max(nowMs, next.atMs);
      next.wake();
    }
  };
  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const wake = (): void => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        };
        const giveUp = (): void => {
          waiting = waiting.filter((it) => it !== timer);
          wake();
        };
        const timer = { atMs: nowMs + Math.max(0, ms), wake };
        waiting.push(timer);
        signal.addEventListener('abort', giveUp);
        keepPumping();
      }),
    schedule: (atMs, wake) => void scheduled.push({ atMs, wake }),
  };
}

/** Real time, for suites that also run against real engines. */
export function realClock(): TestClock {
  return {
    now: () => performance.now(),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      }),
    schedule: (atMs, run) => void setTimeout(run, atMs - performance.now()).unref(),
  };
}
