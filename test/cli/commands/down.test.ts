import { expect, test } from 'vitest';
import { openShop } from '../support/stack.ts';

const file = `
services:
  db: { image: postgres, volumes: [data:/data] }
  web: { image: nginx, depends_on: [db] }
volumes: { data: {} }
`;

test('down removes containers and networks and keeps volumes', async () => {
  const { engine, run } = openShop(file);
  await run('up -d');
  expect((await run('down')).code).toBe(0);
  expect([engine.world.containers.size, engine.world.networks.size, [...engine.world.volumes.keys()]]).toEqual([
    0,
    0,
    ['shop_data'],
  ]);
});

test('down -v names the volumes and asks; no keeps everything', async () => {
  const { engine, run } = openShop(file);
  await run('up -d');
  const { code, err, questions } = await run('down -v', { answers: ['n'] });
  expect(code).toBe(1);
  expect(questions).toEqual(['Remove them? [y/N] ']);
  expect(err).toContain('  shop_data\n');
  expect([engine.world.containers.size, engine.world.volumes.size]).toEqual([2, 1]);
});

test('an empty answer is no', async () => {
  const { engine, run } = openShop(file);
  await run('up -d');
  await run('down -v', { answers: [''] });
  expect(engine.world.volumes.size).toBe(1);
});

test.each([
  ['a yes', 'down -v', { answers: ['y'] }, 1],
  ['--yes, without a question', 'down -v -y', { answers: ['n'] }, 0],
  ['no terminal, where -v is word enough', 'down -v', {}, 0],
])('down -v removes data after %s', async (_, line, world, asked) => {
  const { engine, run } = openShop(file);
  await run('up -d');
  const { code, questions } = await run(line, world);
  expect([code, questions.length, engine.world.volumes.size]).toEqual([0, asked, 0]);
});

test('without volumes to remove nobody is asked', async () => {
  const { run } = openShop('services: { web: { image: nginx } }');
  await run('up -d');
  expect((await run('down -v', { answers: [] })).questions).toEqual([]);
});

test('by its name a stack goes without its file', async () => {
  const { engine, run } = openShop(file);
  await run('up -d');
  expect((await run('-p shop down', { workingDir: '/' })).code).toBe(0);
  expect(engine.world.containers.size).toBe(0);
});

test('an up that would remove most of what runs asks on a terminal', async () => {
  const { engine, run, write } = openShop(file);
  await run('up -d');
  write('services: { web: { image: nginx } }');
  const line = 'up -d --remove-orphans --scale web=0';
  const { code, questions, err } = await run(line, { answers: ['n'] });
  expect([code, questions]).toEqual([1, ['Go on? [y/N] ']]);
  expect(err).toContain('2 of 2 running containers would be removed');
  expect(engine.world.containers.size).toBe(2);
  expect((await run(`${line} -y`, { answers: [] })).code).toBe(0);
  expect(engine.world.containers.size).toBe(0);
});

test('Ctrl-C at the question keeps everything', async () => {
  const { engine, run, start } = openShop(file);
  await run('up -d');
  const { context, ended } = start('down -v', { answers: [] });
  await expect.poll(() => context.questions.length, { interval: 5 }).toBe(1);
  context.raise('SIGINT');
  expect((await ended).code).toBe(130);
  expect([engine.world.containers.size, engine.world.volumes.size]).toEqual([2, 1]);
});

test('down finds a stack by a name in the environment where there is no file', async () => {
  for (const name of ['COMPOSE_PROJECT_NAME', 'STACK_PROJECT_NAME']) {
    const { run, containers } = openShop(file);
    await run('up -d');
    const { code } = await run('down', { workingDir: '/', environment: { [name]: 'shop' } });
    expect([code, containers().length]).toEqual([0, 0]);
  }
});

test('a name in the environment does not stand for a file that is named or needed', async () => {
  const { run } = openShop(file);
  const environment = { COMPOSE_PROJECT_NAME: 'shop' };
  expect((await run('-f /no/such.yaml down', { workingDir: '/', environment })).code).toBe(2);
  expect((await run('up -d', { workingDir: '/', environment })).code).toBe(2);
});
