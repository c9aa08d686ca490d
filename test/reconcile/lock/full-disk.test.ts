import { expect, test } from 'vitest';

import { alpha, type Contender, openWorld, pass, taken } from './world.ts';

const told = ({ events }: Contender): readonly string[] => events.map(({ type }) => type);

test('a holder on a full disk keeps its lock, and nobody takes it over', async () => {
  const world = openWorld();
  const lock = await taken(world.enter('first').lock());
  world.memory.world.isFull = true;
  const second = world.enter('second', { timeoutMs: 5 * 60_000 });

  expect(await second.lock()).toMatchObject({ kind: 'held', holder: { owner: { run: 'first' } } });
  expect(told(second)).toEqual(['lock-waiting']);
  expect([lock.isHeld(alpha), lock.lost.aborted]).toEqual([true, false]);
});

test('a holder goes on when there is room again', async () => {
  const world = openWorld();
  const lock = await taken(world.enter('first').lock());
  world.memory.world.isFull = true;
  await pass(world, 60_000);
  world.memory.world.isFull = false;
  const second = world.enter('second', { timeoutMs: 60_000 });

  expect(await second.lock()).toMatchObject({ kind: 'held' });
  expect(lock.isHeld(alpha)).toBe(true);
});

test('a lock that is gone from a full disk is lost', async () => {
  const world = openWorld();
  const lock = await taken(world.enter('first').lock());
  world.memory.world.isFull = true;
  await pass(world, 20_000);
  world.memory.world.locks.clear();
  await pass(world, 1000);

  expect([lock.isHeld(alpha), lock.lost.aborted]).toEqual([false, true]);
});

test('the lock of a dead holder on a full disk is taken over once the disk takes writes for nine seconds', async () => {
  const world = openWorld();
  const { engine, locking } = world.enter('first');
  await engine.createLock('app', locking.settings.owner, new AbortController().signal);
  world.memory.world.isFull = true;
  world.clock.schedule(60_000, () => {
    world.memory.world.isFull = false;
  });
  const second = world.enter('second', { timeoutMs: 10 * 60_000 });
  await taken(second.lock());

  expect(told(second)).toEqual(['lock-waiting', 'lock-taken-over']);
  expect(world.clock.now()).toBeGreaterThan(69_000);
  expect(world.clock.now()).toBeLessThan(80_000);
});

test('a holder that goes silent as the disk gets room has no right left when another takes its lock', async () => {
  const world = openWorld();
  const first = world.enter('first');
  let isCut = false;
  const lock = await taken(
    first.lock([
      {
        ...first.engine,
        beatLock: (...args) => (isCut ? new Promise(() => undefined) : first.engine.beatLock(...args)),
      },
    ]),
  );
  world.memory.world.isFull = true;
  world.clock.schedule(40_000, () => {
    world.memory.world.isFull = false;
    isCut = true;
  });
  await taken(world.enter('second', { timeoutMs: 5 * 60_000 }).lock());

  expect([world.holder(), lock.isHeld(alpha)]).toEqual(['second', false]);
});
