import { expect, test } from 'vitest';
import { openShop } from '../support/stack.ts';

const file = `
services:
  db: { image: postgres, volumes: [data:/data] }
  web: { image: nginx, depends_on: [db] }
volumes: { data: {} }
`;

/** Every change is made under the lock of the stack. */
const locked = (...calls: readonly string[]): readonly string[] => ['create-lock shop', ...calls, 'release-lock'];

test('up -d brings the stack up, and a second one makes no call that changes anything', async () => {
  const shop = openShop(file);
  const first = await shop.run('up -d');
  expect(first.code).toBe(0);
  expect(first.out).toBe('');
  expect(shop.containers().map(({ name, state }) => [name, state])).toEqual([
    ['shop-db-1', 'running'],
    ['shop-web-1', 'running'],
  ]);
  expect((await shop.run('up -d')).calls).toEqual([]);
});

test('plan says what happens to each resource and why, and counts last', async () => {
  const shop = openShop(file);
  expect((await shop.run('plan')).out).toBe(
    [
      '+ network/default  create  does not exist',
      '+ volume/data      create  does not exist',
      '+ service/db/1     create  no container',
      '+ service/web/1    create  no container',
      '',
      '4 to create, 0 to recreate, 0 to remove',
      '',
    ].join('\n'),
  );
});

test('plan names the field that makes a container be recreated', async () => {
  const shop = openShop(file);
  await shop.run('up -d');
  shop.write(file.replace('image: nginx', 'image: nginx, environment: { A: b }'));
  const { out } = await shop.run('plan');
  expect(out).toMatch(/^~ service\/web\/1 {2}recreate {2}environment\.A: /);
  expect(out).toMatch(/\n\n0 to create, 1 to recreate, 0 to remove\n$/);
});

test('plan changes nothing, and neither does --dry-run', async () => {
  const shop = openShop(file);
  const plan = await shop.run('plan');
  const dryRun = await shop.run('--dry-run up -d');
  expect([plan.calls, dryRun.calls]).toEqual([[], []]);
  expect(dryRun.out).toBe(plan.out);
});

test('plan --detailed-exitcode tells by 3 that there is something to do', async () => {
  const shop = openShop(file);
  expect((await shop.run('plan --detailed-exitcode')).code).toBe(3);
  await shop.run('up -d');
  expect((await shop.run('plan --detailed-exitcode')).code).toBe(0);
});

test('an empty plan is the line that counts, and nothing else', async () => {
  const shop = openShop(file);
  await shop.run('up -d');
  expect((await shop.run('plan')).out).toBe('0 to create, 0 to recreate, 0 to remove\n');
});

test('plan --format json is one document for programs', async () => {
  const shop = openShop(file);
  const document: unknown = JSON.parse((await shop.run('plan --format json')).out);
  expect(document).toMatchObject({ stack: 'shop', summary: { create: 4, recreate: 0, remove: 0 } });
});

test('plan --format steps is the canonical text', async () => {
  const shop = openShop(file);
  expect((await shop.run('plan --format steps')).out).toMatch(/^#0 alpha create-network network\/default: /);
});

test('plan down lists what goes, and volumes only when they are asked for', async () => {
  const shop = openShop(file);
  await shop.run('up -d');
  expect((await shop.run('plan down')).out).not.toContain('volume/data');
  expect((await shop.run('plan down -v')).out).toMatch(/- volume\/data +remove/);
});

test('scale sets replicas of the services that are named', async () => {
  const shop = openShop(file);
  await shop.run('up -d');
  expect((await shop.run('scale web=3')).code).toBe(0);
  expect(shop.containers().map(({ name }) => name)).toEqual(['shop-db-1', 'shop-web-1', 'shop-web-2', 'shop-web-3']);
});

test('stop, start and restart leave containers in place', async () => {
  const shop = openShop(file);
  await shop.run('up -d');
  const states = (): readonly string[] => shop.containers().map(({ state }) => state);
  await shop.run('stop');
  expect(states()).toEqual(['exited', 'exited']);
  await shop.run('start');
  expect(states()).toEqual(['running', 'running']);
  expect((await shop.run('restart web')).calls).toEqual(locked('restart-container shop-web-1'));
});

test('restart takes along what asks to be restarted, unless told not to', async () => {
  const shop = openShop(file.replace('[db]', '{ db: { condition: service_started, restart: true } }'));
  await shop.run('up -d');
  expect((await shop.run('restart db')).calls).toEqual(
    locked('restart-container shop-db-1', 'restart-container shop-web-1'),
  );
  expect((await shop.run('restart --no-deps db')).calls).toEqual(locked('restart-container shop-db-1'));
});

test('--quiet-pull tells of a pull when it is done, not while it goes on', async () => {
  const shop = openShop(file, { images: ['nginx'], registry: ['postgres'] });
  const loud = await shop.run('--progress json --dry-run pull');
  expect(loud.out).toContain('pull');
  const { err } = await shop.run('--progress json up -d --quiet-pull');
  expect(err).toContain('"operation":"pull-image"');
  expect(err).not.toContain('step-progress');
});

test('services that the file does not have are told of, unless nobody wants to hear of them', async () => {
  const shop = openShop(file);
  await shop.run('up -d');
  shop.write('services: { web: { image: nginx } }');
  const quiet = { environment: { COMPOSE_IGNORE_ORPHANS: '1' } };
  expect((await shop.run('plan')).err).toContain('shop-db-1');
  expect((await shop.run('plan', quiet)).err).toBe('');
  expect((await shop.run('up -d', quiet)).err).not.toContain('shop-db-1');
  expect((await shop.run('up -d', { environment: { COMPOSE_REMOVE_ORPHANS: '1' } })).code).toBe(0);
  expect(shop.containers().map(({ name }) => name)).toEqual(['shop-web-1']);
});
