/** `SIGPIPE` stands for a reader of our standard output that went away (`| head`). */
export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE';

/** Who wants to know of signals; the latest listener alone hears them. */
export interface Signals {
  /** Hears every signal until the returned function is called. Without a listener a signal ends the process. */
  readonly listen: (listener: (signal: Signal) => void) => () => void;
  /** Fires when a bug is about to end the program. Nothing is undone then, but a run gives back its lock. */
  readonly crashed: AbortSignal;
}

/** Signals and the end at which the entry feeds them in. */
export function createSignals(): Signals & {
  /** Passes a signal on; false: nobody listens. */
  readonly notify: (signal: Signal) => boolean;
  readonly crash: () => void;
} {
  const crashed = new AbortController();
  const listeners: ((signal: Signal) => void)[] = [];
  return {
    crashed: crashed.signal,
    crash: () => crashed.abort(),
    listen(listener) {
      listeners.push(listener);
      return () => {
        const index = listeners.indexOf(listener);
        if (index !== -1) listeners.splice(index, 1);
      };
    },
    notify(signal) {
      const listener = listeners.at(-1);
      listener?.(signal);
      return listener !== undefined;
    },
  };
}

/** What a signal's default end is: 128 and its number, as shells count; a closed pipe ends silently. */
export const signalCodes: Readonly<Record<Signal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGPIPE: 0 };

/** A stretch of work that the first signal asks to stop and the second tells to give up. */
export interface Interruption {
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
  /** The first signal that came; a crash counts as SIGTERM. */
  readonly signal: () => Signal | undefined;
  /** Stops listening. */
  readonly end: () => void;
}

/**
 * Listens until {@link Interruption.end}: the first signal fires `stop`, the second `abort`, a crash both.
 * A closed pipe stops what is done for its reader alone. What was begun on engines ends orderly without an audience.
 */
export function interruptible(signals: Signals, { isForReader = false } = {}): Interruption {
  const stop = new AbortController();
  const abort = new AbortController();
  let first: Signal | undefined;
  const end = signals.listen((signal) => {
    if (signal === 'SIGPIPE' && !isForReader) return;
    const next = first === undefined ? stop : abort;
    first ??= signal;
    next.abort();
  });
  const { crashed } = signals;
  return {
    stop: AbortSignal.any([stop.signal, crashed]),
    abort: AbortSignal.any([abort.signal, crashed]),
    signal: () => first ?? (crashed.aborted ? 'SIGTERM' : undefined),
    end,
  };
}
