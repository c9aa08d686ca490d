import type { Engine } from '../../engine/engine.ts';
import type { EngineName } from '../../model/id.ts';
import { type Claimed, claimLock, type Taken } from './claim.ts';
import { keepLease, type Lease } from './lease.ts';
import type { Locking, LockProblem } from './settings.ts';

/** A stack's lock on each of its engines. */
export interface StackLock {
  /** Whether this engine may be changed at this moment. Costs nothing: ask before every change. */
  readonly isHeld: (engine: EngineName) => boolean;
  /** Fires when the lock of one engine is lost: begin nothing new anywhere. */
  readonly lost: AbortSignal;
  /** Why; `undefined` as long as it is not lost. */
  readonly loss: () => LockProblem | undefined;
  /**
   * Waits until these engines may be changed again, or the lock is lost. True if there was something to wait for:
   * others may have changed the stack meanwhile.
   */
  readonly settle: (engines: readonly EngineName[]) => Promise<boolean>;
  /** Whether it was taken on this engine, be it held at this moment or not. */
  readonly covers: (engine: EngineName) => boolean;
  /** Takes it on one more engine, waiting for nobody. Says what kept it. */
  readonly extend: (engine: Engine) => Promise<Exclude<Claimed, Taken> | undefined>;
  readonly release: () => Promise<void>;
}

export type Locked =
  | { readonly kind: 'locked'; readonly lock: StackLock }
  | { readonly kind: 'interrupted' }
  | LockProblem;

const settlePollMs = 100;
/** An engine that answers all this time and does not let its lock be kept never will. */
const settleMs = 30_000;

/**
 * Takes a stack's lock on every engine, or on none: one engine after the other by name, so that two runs which know
 * the engines by the same names cannot wait for each other.
 *
 * Its name on the engine is mutex enough also between runs on one machine: a file lock besides would need native code,
 * and would know nothing of runs in other containers or by other users.
 *
 * The lock is for order and messages. What is right in the end follows from unique names, labels and planning anew;
 * but below Engine API 1.44 names of networks are not unique, and two runs at once would make two.
 */
export async function lockStack(engines: readonly Engine[], locking: Locking): Promise<Locked> {
  const leases: Lease[] = [];
  const untilMs = locking.clock.now() + locking.settings.timeoutMs;
  let failed: Exclude<Claimed, Taken> | undefined;
  try {
    for (const engine of engines.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const own = new Map(leases.map((lease) => [lease.id(), lease.engine]));
      const claimed = await claimLock(engine, { ...locking, untilMs, own });
      if (claimed.kind !== 'taken') {
        failed = claimed;
        break;
      }
      leases.push(keepLease(engine, claimed, locking));
    }
  } catch (error) {
    await releaseAll(leases);
    throw error;
  }
  if (failed === undefined) return { kind: 'locked', lock: join(leases, locking) };
  await releaseAll(leases);
  return failed;
}

const releaseAll = async (leases: readonly Lease[]): Promise<void> => {
  await Promise.all(leases.map(({ release }) => release()));
};

function join(taken: readonly Lease[], locking: Locking): StackLock {
  const { stack, clock, abort } = locking;
  const leases: Lease[] = [];
  const losing = new AbortController();
  const lost = losing.signal;
  const add = (lease: Lease): void => {
    leases.push(lease);
    if (lease.lost.aborted) losing.abort();
    lease.lost.addEventListener('abort', () => losing.abort());
  };
  for (const lease of taken) add(lease);
  const isHeld = (engine: EngineName): boolean => leases.some((lease) => lease.engine === engine && lease.isHeld());
  return {
    isHeld,
    lost,
    loss() {
      const engine = leases.find((lease) => lease.lost.aborted)?.engine;
      return engine && { kind: 'lost', stack, engine };
    },
    async settle(engines) {
      const isReady = (): boolean => lost.aborted || engines.every(isHeld);
      if (isReady()) return false;
      const untilMs = clock.now() + settleMs;
      const signal = AbortSignal.any([lost, abort]);
      while (!isReady() && !signal.aborted && clock.now() < untilMs) await clock.sleep(settlePollMs, signal);
      if (clock.now() >= untilMs)
        for (const lease of leases) if (engines.includes(lease.engine) && !lease.isHeld()) lease.giveUp();
      return true;
    },
    covers: (engine) => leases.some((lease) => lease.engine === engine),
    async extend(engine) {
      const own = new Map(leases.map((lease) => [lease.id(), lease.engine]));
      const claimed = await claimLock(engine, { ...locking, untilMs: clock.now(), own });
      if (claimed.kind !== 'taken') return claimed;
      add(keepLease(engine, claimed, locking));
      return undefined;
    },
    release: () => releaseAll(leases),
  };
}
