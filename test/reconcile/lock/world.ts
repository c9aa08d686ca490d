import type { Engine } from '../../../src/engine/engine.ts';
import type { Event } from '../../../src/model/event.ts';
import { engineName } from '../../../src/model/id.ts';
import { type Locked, lockStack, type StackLock } from '../../../src/reconcile/lock/lock.ts';
import type { Locking, LockSettings } from '../../../src/reconcile/lock/settings.ts';
import { type TestClock, virtualClock } from '../../support/clock.ts';
import { lockOwner } from '../../support/locks.ts';
import { type MemoryEngine, memoryEngine } from '../../support/memory-engine.ts';

/** One engine, and runs that want the lock of stack `app` on it, in virtual time. */
export interface World {
  readonly clock: TestClock;
  readonly memory: MemoryEngine;
  /** A run on a machine of its own. */
  readonly enter: (run: string, options?: Partial<LockSettings>) => Contender;
  /** Who has the lock by the engine's account. */
  readonly holder: () => string | undefined;
}

export interface Contender {
  readonly engine: Engine;
  readonly locking: Locking;
  readonly events: readonly Event[];
  readonly stop: AbortController;
  readonly abort: AbortController;
  /** Takes the lock on these engines; by default on the world's only one. */
  readonly lock: (engines?: readonly Engine[]) => Promise<Locked>;
}

export function openWorld(): World {
  const clock = virtualClock();
  const memory = memoryEngine({ clock, name: 'alpha' });
  return {
    clock,
    memory,
    holder: () => [...memory.world.locks.values()][0]?.owner.run,
    enter(run, options = {}) {
      const events: Event[] = [];
      const [stop, abort] = [new AbortController(), new AbortController()];
      const owner = lockOwner({ run, host: run });
      const settings = { owner, timeoutMs: 60_000, random: () => 0.5, isGone: () => false, ...options };
      const emit = (event: Event): void => void events.push(event);
      const locking = { stack: 'app', settings, clock, emit, stop: stop.signal, abort: abort.signal };
      const { engine } = memory.connect();
      return { engine, locking, events, stop, abort, lock: (engines = [engine]) => lockStack(engines, locking) };
    },
  };
}

/** The lock, or an error that says what came instead. */
export async function taken(locked: Promise<Locked>): Promise<StackLock> {
  const result = await locked;
  if (result.kind !== 'locked') throw new Error(`no lock: ${JSON.stringify(result)}`);
  return result.lock;
}

export const alpha = engineName('alpha');

/** The same engine by another name, or with some calls of its own. */
export const alter = (engine: Engine, changes: Partial<Engine>): Engine => ({ ...engine, ...changes });

/** Lets virtual time pass. */
export const pass = ({ clock }: World, ms: number): Promise<void> => clock.sleep(ms, new AbortController().signal);
