import { expect, test } from 'vitest';
import { containerId } from '../../../src/model/id.ts';
import { lockOwner } from '../../support/locks.ts';
import { openShop, type Shop } from '../support/stack.ts';

const file = 'services: { web: { image: nginx } }';
const whom = 'project shop is being changed by anna@ci-7 pid 4121 (up, 12s ago)';
const id = containerId('3f2a9c0d11e4'.padEnd(64, '0'));

/** Somebody else changes the stack: four beats ago, which is 12 seconds. */
function lockedShop(options: Parameters<typeof openShop>[1] = {}): Shop {
  const shop = openShop(file, options);
  const owner = lockOwner({ run: 'other' });
  shop.engine.world.locks.set(id, { id, stack: 'shop', name: 'stack-lock-shop', owner, beats: 4 });
  return shop;
}

test.each([
  ['--lock-timeout 0 up -d', {}],
  ['up -d --lock-timeout 0s', {}],
  ['up -d', { STACK_LOCK_TIMEOUT: '0' }],
])('%s ends with 4, names who has the lock, and changes nothing', async (line, environment) => {
  const shop = lockedShop();
  const { code, err } = await shop.run(line, { environment });
  expect(code).toBe(4);
  expect(err).toBe(
    `error: ${whom}\nhint: wait longer with --lock-timeout; if you know that run to be dead, take its lock away with \`stack -p shop unlock 3f2a9c0d11e4\`\n`,
  );
  expect(shop.containers()).toEqual([]);
});

test.each(['down', 'stop', 'start', 'restart', 'scale web=2'])('%s waits for the lock too', async (line) => {
  const shop = openShop(file);
  await shop.run(line === 'start' ? 'up --no-start' : 'up -d');
  const owner = lockOwner({ run: 'other' });
  shop.engine.world.locks.set(id, { id, stack: 'shop', name: 'stack-lock-shop', owner, beats: 4 });
  expect((await shop.run(`--lock-timeout 0 ${line}`)).code).toBe(4);
});

test('up waits, says for whom, and goes on when the lock is free', async () => {
  const shop = lockedShop();
  const running = shop.start('up -d');
  await expect.poll(() => running.context.errors(), { interval: 5 }).toBe(`Waiting: ${whom}\n`);
  expect(shop.containers()).toEqual([]);
  shop.engine.world.locks.clear();
  expect((await running.ended).code).toBe(0);
  expect(shop.containers()).toHaveLength(1);
  expect(shop.engine.world.locks.size).toBe(0);
});

test('what another run did while this one waited is not done again', async () => {
  const shop = lockedShop();
  const waiting = shop.start('up -d');
  await expect.poll(() => waiting.context.errors(), { interval: 5 }).toContain('Waiting');
  shop.engine.world.locks.clear();
  const other = shop.start('up -d');
  const ended = [await waiting.ended, await other.ended];
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  expect(ended.flatMap(({ calls }) => calls).filter((call) => call.startsWith('create-container'))).toHaveLength(1);
});

test('a signal ends the waiting with its own exit code', async () => {
  const running = lockedShop().start('up -d');
  await expect.poll(() => running.context.errors(), { interval: 5 }).toContain('Waiting');
  running.context.raise('SIGINT');
  expect((await running.ended).code).toBe(130);
});

test('a run that a bug is about to end gives its lock back', async () => {
  const shop = openShop(
    'services: { web: { image: nginx, healthcheck: { test: x } }, b: { image: nginx, depends_on: { web: { condition: service_healthy } } } }',
    {
      behave: () => ({ healthyAfterMs: 'never' }),
    },
  );
  const running = shop.start('up -d');
  await expect.poll(() => shop.containers().map(({ state }) => state), { interval: 5 }).toContain('running');
  expect(shop.engine.world.locks.size).toBe(1);
  running.context.crash();
  await running.ended;
  expect(shop.engine.world.locks.size).toBe(0);
});

test('where there is nothing to do nobody waits', async () => {
  const shop = openShop(file);
  await shop.run('up -d');
  const owner = lockOwner({ run: 'other' });
  shop.engine.world.locks.set(id, { id, stack: 'shop', name: 'stack-lock-shop', owner, beats: 4 });
  expect(await shop.run('up -d')).toMatchObject({ code: 0, calls: [] });
});

test('images are pulled and built, and stacks are looked at, without the lock', async () => {
  const shop = lockedShop({ images: [], registry: ['nginx'] });
  for (const line of ['pull', 'ps', 'ls -a', 'config -q'])
    expect([line, (await shop.run(line)).code]).toEqual([line, 0]);
  expect((await shop.run('ls -a')).out).not.toContain('lock');
});

test('plan tells that somebody changes the stack', async () => {
  const { code, err } = await lockedShop().run('plan');
  expect([code, err]).toEqual([0, expect.stringContaining(`! ${whom}\n`)]);
});

test('plan tells programs too who changes the stack', async () => {
  const { out, err } = await lockedShop().run('plan --format json');
  expect(JSON.parse(out)).toMatchObject({ locks: [{ engine: 'alpha', id: '3f2a9c0d11e4', command: 'up' }] });
  expect(err).toBe('');
});

test('unlock takes away the lock that is named, and no other', async () => {
  const shop = lockedShop();
  const wrong = await shop.run('unlock 000000000000');
  expect([wrong.code, wrong.err]).toEqual([1, `error: ${whom}, with the lock 3f2a9c0d11e4\n`]);
  expect((await shop.run('unlock 3f2a9c0d11e4')).code).toBe(0);
  expect(shop.engine.world.locks.size).toBe(0);
  expect((await shop.run('unlock 3f2a9c0d11e4')).err).toBe('error: project shop is not locked\n');
  expect((await shop.run('unlock')).code).toBe(2);
});

test('a timeout that is none is refused before anything is asked', async () => {
  expect((await lockedShop().run('--lock-timeout soon up')).code).toBe(2);
});
