import { type ContainerEvent, type Engine, EngineError } from '../../engine/engine.ts';
import { type Clock, isAborted } from '../clock.ts';
import { silenceOf } from '../signs.ts';

/** Who hears of one engine. */
export interface Hearing {
  readonly lost: (error: EngineError) => void;
  readonly back: () => void;
  readonly event: (event: ContainerEvent) => void;
  /** Events may have been missed. */
  readonly gap: () => void;
}

export interface SentryOptions {
  readonly stack: string;
  readonly clock: Clock;
  /** So long an engine may give no sign of life until it counts as lost. */
  readonly lostAfterMs: number;
  readonly signal: AbortSignal;
}

const probeMs = 1_000;
const reopenMs = 500;

/** Watches one engine until the signal fires: hears its events, and asks it for a sign of life every second. */
export async function standSentry(engine: Engine, hearing: Hearing, options: SentryOptions): Promise<void> {
  const { clock, lostAfterMs, signal } = options;
  let signMs = clock.now();
  let hearingEvents: AbortController | undefined = listen(engine, hearing, options);
  while (!signal.aborted) {
    const askedMs = clock.now();
    const silence = await silenceOf(engine, { clock, deadlineMs: probeMs, signal });
    if (silence === undefined) {
      signMs = clock.now();
      if (hearingEvents === undefined) hearing.back();
      hearingEvents ??= listen(engine, hearing, options);
    } else if (hearingEvents !== undefined && clock.now() - signMs >= lostAfterMs) {
      // What is left of the stream may hang for as long as the system tries.
      hearingEvents.abort();
      hearingEvents = undefined;
      hearing.lost(silence);
    }
    await clock.sleep(Math.max(0, askedMs + probeMs - clock.now()), signal);
  }
  hearingEvents?.abort();
}

/** Hears events until it is told to end. A stream that breaks is opened again. */
function listen(engine: Engine, hearing: Hearing, { stack, clock, signal }: SentryOptions): AbortController {
  const ended = new AbortController();
  void hear();
  return ended;

  async function hear(): Promise<void> {
    const either = AbortSignal.any([signal, ended.signal]);
    while (!either.aborted) {
      try {
        for await (const event of engine.events(stack, either)) hearing.event(event);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
      }
      await clock.sleep(reopenMs, either);
      if (!isAborted(either)) hearing.gap();
    }
  }
}
