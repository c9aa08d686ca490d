import type { Emit } from '../../model/event.ts';
import type { EngineName } from '../../model/id.ts';
import type { LockHolder, LockOwner } from '../../model/lock.ts';
import type { Clock } from '../clock.ts';

/** What whoever runs us says of locking. */
export interface LockSettings {
  readonly owner: LockOwner;
  /** How long to wait for others. */
  readonly timeoutMs: number;
  /** From 0 up to 1; keeps those who wait out of step. */
  readonly random: () => number;
  /** True only if the process that holds a lock is known to be there no more. */
  readonly isGone: (owner: LockOwner) => boolean;
}

/** What taking and keeping a lock needs beside the engine. */
export interface Locking {
  readonly stack: string;
  readonly settings: LockSettings;
  readonly clock: Clock;
  readonly emit: Emit;
  /** First interruption: wait no more. */
  readonly stop: AbortSignal;
  /** Second interruption: let go within half a second. */
  readonly abort: AbortSignal;
}

/** Why a run may not change a stack, or not any more. */
export type LockProblem =
  | { readonly kind: 'held'; readonly holder: LockHolder }
  /** Somebody else took it over or away, or the engine did not let us keep it. */
  | { readonly kind: 'lost'; readonly stack: string; readonly engine: EngineName }
  /** Two names for one engine: the stack would be changed twice at once. */
  | { readonly kind: 'same-engine'; readonly engines: readonly [EngineName, EngineName] };

/** How often a holder gives a sign of life. */
export const beatMs = 3_000;
/** After so long without a sign that the engine has acknowledged, a holder changes nothing. */
export const leaseMs = 9_000;
/** After so long without a sign that others can see, on a disk that takes writes, they take the lock. */
export const silenceMs = 15_000;
