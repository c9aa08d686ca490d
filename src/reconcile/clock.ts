import { setTimeout } from 'node:timers/promises';

/** Time as this room sees it, so that tests can let an hour pass in a millisecond. */
export interface Clock {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Resolves after that time, or as soon as the signal is aborted. Never rejects. */
  readonly sleep: Sleep;
}

export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** Real time. */
export const sleep: Sleep = async (ms, signal) => {
  await setTimeout(ms, undefined, { signal, ref: true }).catch(() => undefined);
};

/** Asked by a call, because a signal changes between two looks and the compiler does not know. */
export const isAborted = (signal: AbortSignal): boolean => signal.aborted;
