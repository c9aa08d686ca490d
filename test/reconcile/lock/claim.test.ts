import { expect, test } from 'vitest';
import { EngineError } from '../../../src/engine/engine.ts';
import { engineName } from '../../../src/model/id.ts';
import { memoryEngine } from '../../support/memory-engine.ts';
import { alpha, alter, openWorld, pass, taken } from './world.ts';

const beta = engineName('beta');

test('a run waits until the lock is free, and says once for whom', async () => {
  const world = openWorld();
  const lock = await taken(world.enter('first').lock());
  const second = world.enter('second');
  const waiting = second.lock();
  await pass(world, 20_000);

  expect(world.holder()).toBe('first');
  await lock.release();
  await taken(waiting);
  expect(world.holder()).toBe('second');
  expect(second.events).toMatchObject([{ type: 'lock-waiting', holder: { stack: 'app', owner: { run: 'first' } } }]);
});

test('how long a holder has the lock is told by its beats', async () => {
  const world = openWorld();
  await taken(world.enter('first').lock());
  await pass(world, 12_500);
  const locked = await world.enter('second', { timeoutMs: 0 }).lock();

  expect(locked).toMatchObject({ kind: 'held', holder: { heldMs: 12_000 } });
});

test('a run waits no longer than it is told to', async () => {
  const world = openWorld();
  await taken(world.enter('first').lock());
  const before = world.clock.now();

  expect(await world.enter('second', { timeoutMs: 5000 }).lock()).toMatchObject({
    kind: 'held',
    holder: { engine: alpha, owner: { run: 'first' } },
  });
  expect(world.clock.now() - before).toBeGreaterThanOrEqual(5000);
  expect(world.clock.now() - before).toBeLessThan(5500);
});

test('the lock of a process that is known to be gone is taken over at once', async () => {
  const world = openWorld();
  const { engine, locking } = world.enter('dead');
  await engine.createLock('app', locking.settings.owner, new AbortController().signal);
  const heir = world.enter('heir', { isGone: ({ run }) => run === 'dead', timeoutMs: 0 });
  await taken(heir.lock());

  expect(world.holder()).toBe('heir');
  expect(world.clock.now()).toBeLessThan(1000);
  expect(heir.events).toMatchObject([{ type: 'lock-taken-over', because: 'gone', holder: { owner: { run: 'dead' } } }]);
});

test('the lock of a holder that is silent for 15 seconds is taken over', async () => {
  const world = openWorld();
  const { engine, locking } = world.enter('dead');
  await engine.createLock('app', locking.settings.owner, new AbortController().signal);
  const heir = world.enter('heir');
  await taken(heir.lock());

  expect(world.clock.now()).toBeGreaterThan(15_000);
  expect(world.clock.now()).toBeLessThan(16_000);
  expect(heir.events.map(({ type }) => type)).toEqual(['lock-waiting', 'lock-taken-over']);
});

test('of several who take over a dead lock one gets it, and the others wait for that one', async () => {
  const world = openWorld();
  const { engine, locking } = world.enter('dead');
  await engine.createLock('app', locking.settings.owner, new AbortController().signal);
  const heirs = ['a', 'b', 'c'].map((run) => world.enter(run, { timeoutMs: 20_000 }));
  const kinds = (await Promise.all(heirs.map((heir) => heir.lock()))).map(({ kind }) => kind);

  expect(kinds.toSorted()).toEqual(['held', 'held', 'locked']);
});

test('an interruption ends the waiting', async () => {
  const world = openWorld();
  await taken(world.enter('first').lock());
  const second = world.enter('second');
  const waiting = second.lock();
  await pass(world, 1000);
  second.stop.abort();

  expect(await waiting).toEqual({ kind: 'interrupted' });
  expect(world.holder()).toBe('first');
});

test('a lock whose answer got lost is found to be our own', async () => {
  const world = openWorld();
  const { engine, lock } = world.enter('first', { timeoutMs: 0 });
  const deaf = alter(engine, {
    createLock: async (...args) => {
      await engine.createLock(...args);
      throw new EngineError('lost', alpha, 'the connection broke');
    },
  });
  await taken(lock([deaf]));

  expect(world.holder()).toBe('first');
});

test('the locks of several engines are taken by name, and none is kept if one cannot be had', async () => {
  const world = openWorld();
  const other = memoryEngine({ clock: world.clock, name: 'beta' });
  const order: string[] = [];
  const contender = world.enter('first', { timeoutMs: 1000 });
  const engines = [other.connect().engine, contender.engine].map((engine) =>
    alter(engine, { createLock: (...args) => (order.push(engine.name), engine.createLock(...args)) }),
  );
  const lock = await taken(contender.lock(engines));
  expect([order, lock.isHeld(alpha), lock.isHeld(beta)]).toEqual([['alpha', 'beta'], true, true]);
  await lock.release();

  const someone = world.enter('second');
  await taken(someone.lock([other.connect().engine]));
  expect(await contender.lock(engines)).toMatchObject({ kind: 'held', holder: { engine: beta } });
  expect(world.holder()).toBeUndefined();
});

test('one engine under two names is noticed, and its lock given back', async () => {
  const world = openWorld();
  const { engine, lock } = world.enter('first');

  expect(await lock([engine, alter(engine, { name: beta })])).toEqual({ kind: 'same-engine', engines: [alpha, beta] });
  expect(world.holder()).toBeUndefined();
});

test('an engine that refuses the lock ends the run, and the locks of others are given back', async () => {
  const world = openWorld();
  const full = memoryEngine({ clock: world.clock, name: 'beta' });
  full.world.isFull = true;
  const { engine, lock } = world.enter('first');

  await expect(lock([engine, full.connect().engine])).rejects.toMatchObject({ code: 'no-space', engine: beta });
  expect(world.holder()).toBeUndefined();
});

test('a question that is long under way does not make a holder look silent', async () => {
  const world = openWorld();
  const { engine, locking } = world.enter('first');
  await engine.createLock('app', locking.settings.owner, new AbortController().signal);
  const [held] = [...world.memory.world.locks.values()];
  for (const atMs of [8800, 11_800, 14_800, 17_800, 20_800]) {
    world.clock.schedule(atMs, () => {
      if (held !== undefined) held.beats += 1;
    });
  }
  let isSlow = true;
  const second = world.enter('second', { timeoutMs: 20_000 });
  const slow = alter(second.engine, {
    readLock: async (...args) => {
      const seen = await second.engine.readLock(...args);
      if (world.clock.now() > 8500 && isSlow) {
        isSlow = false;
        await pass(world, 8400);
      }
      return seen;
    },
  });

  expect(await second.lock([slow])).toMatchObject({ kind: 'held', holder: { owner: { run: 'first' } } });
});
