import { EngineError } from '../engine/engine.ts';
import type { EngineName } from '../model/id.ts';
import { formatDuration } from '../model/units.ts';
import type { Clock } from './clock.ts';

/** How long one call may take, and what else may end it. */
export interface Limits {
  readonly engine: EngineName;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** A call under a deadline: its signal, and `touch`, which lets the time begin anew. */
export interface Limited {
  readonly signal: AbortSignal;
  readonly touch: () => void;
}

/**
 * Makes a call that ends when its deadline passes, even if the engine never answers and ignores the signal.
 *
 * Rejects with `timeout`, whose outcome is unknown, or `aborted`; else as the call does.
 */
export async function withDeadline<T>(limits: Limits, call: (limited: Limited) => Promise<T>): Promise<T> {
  const { engine, clock, deadlineMs, signal } = limits;
  if (signal.aborted) throw new EngineError('aborted', engine, 'interrupted');
  const expired = new AbortController();
  const done = new AbortController();
  const either = AbortSignal.any([signal, expired.signal]);
  let touchedAt = clock.now();
  const touch = (): void => {
    touchedAt = clock.now();
  };
  const ended = new Promise<never>((_resolve, reject) => {
    const refuse = (): void => {
      const isOurs = signal.aborted;
      const message = isOurs ? 'interrupted' : `no answer within ${formatDuration(deadlineMs)}`;
      reject(new EngineError(isOurs ? 'aborted' : 'timeout', engine, message));
    };
    // A signal made of others is never collected as long as somebody listens to it.
    either.addEventListener('abort', refuse, { signal: done.signal });
  });
  void expireWhenIdle(clock, { deadlineMs, touchedAt: () => touchedAt, done: done.signal }).then((isExpired) => {
    if (isExpired) expired.abort(new DOMException('no answer before the deadline', 'TimeoutError'));
  });
  try {
    return await Promise.race([call({ signal: either, touch }), ended]);
  } finally {
    done.abort('done');
  }
}

interface Idle {
  readonly deadlineMs: number;
  readonly touchedAt: () => number;
  readonly done: AbortSignal;
}

async function expireWhenIdle(clock: Clock, { deadlineMs, touchedAt, done }: Idle): Promise<boolean> {
  while (!done.aborted) {
    const left = touchedAt() + deadlineMs - clock.now();
    if (left <= 0) return true;
    await clock.sleep(left, done);
  }
  return false;
}
