import { expect, test } from 'vitest';
import { type Engine, EngineError } from '../../../src/engine/engine.ts';
import { alpha, alter, type Contender, openWorld, pass, taken, type World } from './world.ts';

/** An engine whose answers stop while the switch is off. */
function fragile(engine: Engine): { readonly engine: Engine; isSilent: boolean } {
  const state = { isSilent: false };
  const silent = (): Promise<never> => new Promise(() => undefined);
  const guarded = alter(engine, {
    beatLock: (...args) => (state.isSilent ? silent() : engine.beatLock(...args)),
    releaseLock: (...args) => (state.isSilent ? silent() : engine.releaseLock(...args)),
    createLock: (...args) => (state.isSilent ? silent() : engine.createLock(...args)),
  });
  return Object.assign(state, { engine: guarded });
}

const idOf = ({ memory }: World): string | undefined => [...memory.world.locks.keys()][0];
const lostIn = ({ events }: Contender): number => events.filter(({ type }) => type === 'lock-lost').length;

test('a holder that beats keeps its lock for as long as it likes', async () => {
  const world = openWorld();
  const lock = await taken(world.enter('first').lock());
  const second = world.enter('second', { timeoutMs: 10 * 60_000 });

  expect(await second.lock()).toMatchObject({ kind: 'held', holder: { owner: { run: 'first' } } });
  expect(lock.isHeld(alpha)).toBe(true);
});

test('a released lock is gone from the engine and beaten no more', async () => {
  const world = openWorld();
  const lock = await taken(world.enter('first').lock());
  await lock.release();
  await pass(world, 10_000);

  expect([world.holder(), lock.lost.aborted]).toEqual([undefined, false]);
});

test('without an acknowledged beat for 9 seconds nothing may be changed', async () => {
  const world = openWorld();
  const contender = world.enter('first');
  const engine = fragile(contender.engine);
  const lock = await taken(contender.lock([engine.engine]));
  engine.isSilent = true;
  await pass(world, 8900);
  expect(lock.isHeld(alpha)).toBe(true);
  await pass(world, 200);

  expect([lock.isHeld(alpha), lock.lost.aborted]).toEqual([false, false]);
});

test('a beat counts from when it was sent, not from when it was acknowledged', async () => {
  const world = openWorld();
  const contender = world.enter('first');
  let beats = 0;
  const slow = alter(contender.engine, {
    beatLock: async (...args) => {
      beats += 1;
      if (beats > 1) return new Promise(() => undefined);
      await contender.engine.beatLock(...args);
      await pass(world, 2500);
    },
  });
  const lock = await taken(contender.lock([slow]));
  await pass(world, 11_900);
  expect(lock.isHeld(alpha)).toBe(true);
  await pass(world, 300);

  expect(lock.isHeld(alpha)).toBe(false);
});

test('an engine that answers again has its lock exchanged before anything is changed', async () => {
  const world = openWorld();
  const contender = world.enter('first');
  const engine = fragile(contender.engine);
  const lock = await taken(contender.lock([engine.engine]));
  const before = idOf(world);
  engine.isSilent = true;
  await pass(world, 12_000);
  engine.isSilent = false;

  expect(await lock.settle([alpha])).toBe(true);
  expect([lock.isHeld(alpha), world.holder(), idOf(world) === before]).toEqual([true, 'first', false]);
  expect(await lock.settle([alpha])).toBe(false);
});

test('a lock that somebody took over is lost at the next beat, and stays the other’s', async () => {
  const world = openWorld();
  const contender = world.enter('first');
  const engine = fragile(contender.engine);
  const lock = await taken(contender.lock([engine.engine]));
  engine.isSilent = true;
  await taken(world.enter('heir').lock());
  engine.isSilent = false;
  await lock.settle([alpha]);

  expect([lock.isHeld(alpha), lock.loss(), lostIn(contender)]).toEqual([
    false,
    { kind: 'lost', stack: 'app', engine: alpha },
    1,
  ]);
  await lock.release();
  expect(world.holder()).toBe('heir');
});

test('a lock that was taken away by hand is lost within seconds', async () => {
  const world = openWorld();
  const contender = world.enter('first');
  const lock = await taken(contender.lock());
  world.memory.world.locks.clear();
  await pass(world, 3500);

  expect([lock.isHeld(alpha), lock.lost.aborted, lostIn(contender)]).toEqual([false, true, 1]);
});

test('an engine that answers and never lets the lock be kept costs the lock in the end', async () => {
  const world = openWorld();
  const contender = world.enter('first');
  const stubborn = alter(contender.engine, {
    beatLock: () => Promise.reject(new EngineError('rejected', alpha, 'the engine has an internal error')),
  });
  const lock = await taken(contender.lock([stubborn]));
  await pass(world, 10_000);
  await lock.settle([alpha]);

  expect(lock.loss()).toEqual({ kind: 'lost', stack: 'app', engine: alpha });
});

test.each([
  { interrupted: false, most: 5100 },
  { interrupted: true, most: 600 },
])(
  'giving back takes at most $most ms of an engine that hangs (interrupted twice: $interrupted)',
  async ({ interrupted, most }) => {
    const world = openWorld();
    const contender = world.enter('first');
    const engine = fragile(contender.engine);
    const lock = await taken(contender.lock([engine.engine]));
    engine.isSilent = true;
    if (interrupted) contender.abort.abort();
    const before = world.clock.now();
    await lock.release();

    expect(world.clock.now() - before).toBeLessThanOrEqual(most);
  },
);
