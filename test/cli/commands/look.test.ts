import { expect, test } from 'vitest';
import { memoryEngine } from '../../support/memory-engine.ts';
import { openShop } from '../support/stack.ts';

const file = `
services:
  db: { image: postgres }
  web: { image: nginx, ports: ["8080:80"] }
`;

test('ps shows what runs in the columns of Compose', async () => {
  const { run } = openShop(file);
  await run('up -d');
  expect((await run('ps')).out.split('\n')[0]).toMatch(/^NAME +IMAGE +COMMAND +SERVICE +CREATED +STATUS +PORTS$/);
});

test('ps hides what does not run, -a shows it', async () => {
  const { run } = openShop(file);
  await run('up -d');
  await run('stop db');
  expect((await run('ps --services')).out).toBe('web\n');
  expect((await run('ps -a --services')).out).toBe('db\nweb\n');
});

test('ps filters by state, by either flag', async () => {
  const { run } = openShop(file);
  await run('up -d');
  await run('stop db');
  expect((await run('ps --status exited --services')).out).toBe('db\n');
  expect((await run('ps --filter status=exited --services')).out).toBe('db\n');
});

test('ps refuses a state that there is not, before it asks an engine', async () => {
  const { run } = openShop(file);
  const { code, err } = await run('ps --status sleeping', { engines: [] });
  expect([code, err.split('\n')[0]]).toEqual([2, 'error: unknown container state sleeping']);
});

test('ps prints fields by a template, and JSON a line each', async () => {
  const { run } = openShop(file);
  await run('up -d');
  expect((await run('ps --format {{.Name}}={{.State}}')).out).toBe('shop-db-1=running\nshop-web-1=running\n');
  const rows = (await run('ps --format json')).out.trim().split('\n');
  expect(rows.map((row) => JSON.parse(row) as unknown)).toMatchObject([
    { Name: 'shop-db-1', Service: 'db', State: 'running', Project: 'shop' },
    { Name: 'shop-web-1', Publishers: [{ TargetPort: 80, PublishedPort: 8080 }] },
  ]);
});

test('ps refuses a template with an unknown field', async () => {
  const { run } = openShop(file);
  await run('up -d');
  expect((await run('ps --format {{.Nmae}}')).code).toBe(2);
});

test('ps names the service that was probably meant', async () => {
  const { run } = openShop(file);
  const { code, err } = await run('ps wbe');
  expect([code, err]).toEqual([2, 'error: no such service: wbe\nhint: did you mean web?\n']);
});

test('ps -q prints whole ids', async () => {
  const { run, containers } = openShop(file);
  await run('up -d');
  expect((await run('ps -q')).out).toBe(
    containers()
      .map(({ id }) => `${id}\n`)
      .join(''),
  );
});

test('ps has a column for engines where there are several', async () => {
  const shop = openShop(file);
  await shop.run('up -d');
  const engines = [shop.engine.connect().engine, memoryEngine({ name: 'beta' }).connect().engine];
  const { out } = await shop.run('ps', { engines });
  expect(
    out
      .split('\n')
      .slice(0, 2)
      .map((line) => line.split(/ +/).slice(0, 2)),
  ).toEqual([
    ['ENGINE', 'NAME'],
    ['alpha', 'shop-db-1'],
  ]);
});

test('ps --no-orphans leaves out services that the file does not have', async () => {
  const shop = openShop(file);
  await shop.run('up -d');
  shop.write('services: { web: { image: nginx } }');
  expect((await shop.run('ps --services')).out).toBe('db\nweb\n');
  expect((await shop.run('ps --no-orphans --services')).out).toBe('web\n');
});

test('ls shows running stacks, and with -a every one', async () => {
  const { run, folder } = openShop(file);
  await run('up -d');
  expect((await run('ls')).out).toBe(
    `${'NAME'.padEnd(10)}${'STATUS'.padEnd(13)}CONFIG FILES\n${'shop'.padEnd(10)}${'running(2)'.padEnd(13)}${folder}/stack.yaml\n`,
  );
  await run('stop');
  expect((await run('ls -q')).out).toBe('');
  expect((await run('ls -a --format json')).out).toBe(
    `[{"Name":"shop","Status":"exited(2)","ConfigFiles":"${folder}/stack.yaml"}]\n`,
  );
  expect((await run('ls -aq --filter name=^sh')).out).toBe('shop\n');
  expect((await run('ls -aq --filter name=nope')).out).toBe('');
});

test('logs prints what containers wrote, each line with its name', async () => {
  const { run } = openShop(file, { behave: ({ image }) => ({ output: [`hello from ${image}`] }) });
  await run('up -d');
  expect((await run('logs web')).out).toBe('web-1  | hello from nginx\n');
  expect((await run('logs --no-log-prefix db')).out).toBe('hello from postgres\n');
  expect((await run('logs')).out.split('\n').toSorted()).toEqual(
    ['', 'db-1   | hello from postgres', 'web-1  | hello from nginx'].toSorted(),
  );
});

test('logs of a stack that is not there fail', async () => {
  const { run } = openShop(file);
  expect((await run('logs')).code).toBe(1);
});

test('logs refuse a time that is none', async () => {
  const { run } = openShop(file);
  expect((await run('logs --since yesterday')).code).toBe(2);
});

test('ps --format json says what is wrong with the file as data', async () => {
  const { run, write } = openShop(file);
  write('services: { web: { imgae: nginx } }');
  const { code, err } = await run('ps --format json');
  expect(code).toBe(2);
  expect(JSON.parse(err)).toMatchObject({ errors: 1, diagnostics: [{ code: 'unknown-key' }] });
});

test('ps --services lets nothing act on the terminal', async () => {
  const { run, engine } = openShop('services: { web: { image: nginx } }');
  await run('up -d');
  const { containers } = engine.world;
  for (const [id, { creation, ...rest }] of containers) {
    containers.set(id, { ...rest, creation: { ...creation, service: 'we\u001b]0;x\u0007b' } });
  }
  expect((await run('ps --services')).out).toBe('we␛]0;x␇b\n');
});
