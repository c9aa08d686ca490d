import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Engine, EngineError } from '../../../src/engine/engine.ts';
import type { Clock } from '../../../src/reconcile/clock.ts';
import { lockStack } from '../../../src/reconcile/lock/lock.ts';
import { type TestClock, virtualClock } from '../../support/clock.ts';
import { lockOwner } from '../../support/locks.ts';
import { memoryEngine } from '../../support/memory-engine.ts';
import { alpha, alter } from './world.ts';

const never = new AbortController().signal;

/** A run among others: when it starts, what its machine and its network do to it. */
interface Fate {
  readonly startMs: number;
  /** How often it changes something while it has the lock, a second apart. */
  readonly changes: number;
  /** Its process stands still, as after SIGSTOP. */
  readonly freezes: readonly { readonly atMs: number; readonly forMs: number }[];
  readonly diesAtMs: number | undefined;
  /** What each call takes on its way there and back, over and over. */
  readonly delaysMs: readonly (readonly [number, number])[];
}

const fate: fc.Arbitrary<Fate> = fc.record({
  startMs: fc.nat(4000),
  changes: fc.integer({ min: 1, max: 25 }),
  freezes: fc.array(fc.record({ atMs: fc.nat(20_000), forMs: around(15_000) }), { maxLength: 2 }),
  diesAtMs: fc.option(fc.nat(30_000), { nil: undefined, freq: 5 }),
  delaysMs: fc.oneof(
    fc.constant([[5, 5]] as const),
    fc.array(fc.tuple(delay(), delay()), { minLength: 1, maxLength: 30 }),
  ),
});

/** Of all lengths, but mostly such as matter to a lease. */
function around(ms: number): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min: Math.floor(ms * 0.5), max: Math.floor(ms * 1.5) }), fc.nat(3 * ms));
}

function delay(): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 30, arbitrary: fc.nat(20) },
    { weight: 1, arbitrary: fc.nat(3000) },
    { weight: 1, arbitrary: around(9000) },
  );
}

test('whoever changes something has the lock, whatever is delayed, frozen or killed', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { minLength: 2, maxLength: 3 }), fc.boolean(), async (fates, isOneMachine) => {
      const { violations } = await live(fates, isOneMachine);
      expect(violations).toEqual([]);
    }),
    { numRuns: 100, endOnFailure: true },
  );
});

test('the changes of a run that nobody disturbs are all made, in spite of others', { timeout: 120_000 }, async () => {
  const calm = fate.map((it): Fate => ({ ...it, freezes: [], diesAtMs: undefined, delaysMs: [[5, 5]] }));
  await fc.assert(
    fc.asyncProperty(fc.array(calm, { minLength: 2, maxLength: 3 }), async (fates) => {
      const { made } = await live(fates, false);
      expect(made).toEqual(fates.map(({ changes }) => changes));
    }),
    { numRuns: 15, endOnFailure: true },
  );
});

interface Lives {
  /** Changes that were made while the engine said that somebody else, or nobody, has the lock. */
  readonly violations: readonly string[];
  /** How many changes each run made. */
  readonly made: readonly number[];
}

async function live(fates: readonly Fate[], isOneMachine: boolean): Promise<Lives> {
  const clock = virtualClock();
  const memory = memoryEngine({ clock, name: alpha });
  const violations: string[] = [];
  const made = fates.map(() => 0);
  const isDead = ({ diesAtMs }: Fate): boolean => diesAtMs !== undefined && clock.now() >= diesAtMs;
  const runs = fates.map(async (its, index) => {
    const run = String(index);
    const own = ownClock(clock, its);
    const engine = ownEngine(memory.connect().engine, clock, its);
    await own.sleep(its.startMs, never);
    const settings = {
      owner: lockOwner({ run }),
      timeoutMs: 120_000,
      random: () => (index + 1) / 5,
      isGone: (owner: { readonly run: string }) =>
        isOneMachine && fates.some((it, at) => String(at) === owner.run && isDead(it)),
    };
    const locking = { stack: 'app', settings, clock: own, emit: () => undefined, stop: never, abort: never };
    const locked = await lockStack([engine], locking);
    if (locked.kind !== 'locked') return;
    for (let change = 0; change < its.changes && !locked.lock.lost.aborted; change += 1) {
      if (locked.lock.isHeld(alpha)) {
        made[index] = (made[index] ?? 0) + 1;
        const holder = [...memory.world.locks.values()][0]?.owner.run;
        if (holder !== run) violations.push(`at ${clock.now()} ${run} changed what ${holder ?? 'nobody'} had`);
      } else await locked.lock.settle([alpha]);
      await own.sleep(1000, never);
    }
    await locked.lock.release();
  });
  // The dead never end.
  await Promise.race([Promise.all(runs.map(endedByEngine)), clock.sleep(600_000, never)]);
  return { violations, made };
}

/** A run whose calls take too long ends with what the engine, or its deadline, says. */
async function endedByEngine(run: Promise<void>): Promise<void> {
  await run.catch((error: unknown) => {
    if (!(error instanceof EngineError)) throw error;
  });
}

/** Time as a process sees it that stands still now and then, and dies. */
function ownClock(clock: TestClock, { freezes, diesAtMs }: Fate): Clock {
  return {
    now: clock.now,
    async sleep(ms, signal) {
      await clock.sleep(ms, signal);
      await awake(clock, { freezes, diesAtMs });
    },
  };
}

async function awake(clock: TestClock, { freezes, diesAtMs }: Pick<Fate, 'freezes' | 'diesAtMs'>): Promise<void> {
  for (;;) {
    const now = clock.now();
    if (diesAtMs !== undefined && now >= diesAtMs) return new Promise(() => undefined);
    const freeze = freezes.find(({ atMs, forMs }) => atMs <= now && now < atMs + forMs);
    if (freeze === undefined) return;
    await clock.sleep(freeze.atMs + freeze.forMs - now, never);
  }
}

/** The engine as such a process sees it: a request is under way however its sender fares. */
function ownEngine(engine: Engine, clock: TestClock, its: Fate): Engine {
  let calls = 0;
  const slowly = async <T>(call: () => Promise<T>): Promise<T> => {
    const [there, back] = its.delaysMs[calls % its.delaysMs.length] ?? [0, 0];
    calls += 1;
    await clock.sleep(there, never);
    try {
      return await call();
    } finally {
      await clock.sleep(back, never);
      await awake(clock, its);
    }
  };
  return alter(engine, {
    createLock: (stack, owner) => slowly(() => engine.createLock(stack, owner, never)),
    readLock: (stack) => slowly(() => engine.readLock(stack, never)),
    beatLock: (id, beats) => slowly(() => engine.beatLock(id, beats, never)),
    releaseLock: (id) => slowly(() => engine.releaseLock(id, never)),
  });
}

test('in whatever order calls arrive, one run after the other has the lock, and all get it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 5 }), async (s, count) => {
      const { engine } = memoryEngine({ clock: virtualClock(), name: alpha }).connect();
      const clock: Clock = { now: () => 0, sleep: async () => s.schedule(Promise.resolve(), 'sleep') };
      const inside: string[] = [];
      const most: number[] = [];
      const visit = async (run: string): Promise<void> => {
        const settings = { owner: lockOwner({ run }), timeoutMs: 1, random: () => 0, isGone: () => false };
        const locking = { stack: 'app', settings, clock, emit: () => undefined, stop: never, abort: never };
        const locked = await lockStack([ordered(engine, s)], locking);
        if (locked.kind !== 'locked') throw new Error(locked.kind);
        most.push(inside.push(run));
        await s.schedule(Promise.resolve(), 'change');
        inside.splice(inside.indexOf(run), 1);
        await locked.lock.release();
      };
      await s.waitFor(Promise.all(Array.from({ length: count }, (_, index) => visit(String(index)))));
      expect(most).toEqual(Array<number>(count).fill(1));
    }),
    { numRuns: 100 },
  );
});

/** Every call reaches the engine, and every answer its asker, when the scheduler says so. */
function ordered(engine: Engine, s: fc.Scheduler): Engine {
  const when = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    await s.schedule(Promise.resolve(), `${what} arrives`);
    const [answer] = await s.schedule(Promise.allSettled([call()]), `${what} is answered`);
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  };
  return alter(engine, {
    createLock: (...args) => when('create', () => engine.createLock(...args)),
    readLock: (...args) => when('read', () => engine.readLock(...args)),
    beatLock: (...args) => when('beat', () => engine.beatLock(...args)),
    releaseLock: (...args) => when('release', () => engine.releaseLock(...args)),
  });
}
