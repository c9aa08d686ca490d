import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openShop } from '../support/stack.ts';

const file = `
services:
  db: { image: postgres, volumes: [data:/data] }
  web: { image: "nginx:\${TAG:-1}", depends_on: [db], networks: [front] }
  job: { build: ., profiles: [tools], networks: [back] }
networks: { front: {}, back: {} }
volumes: { data: {} }
`;

test('config prints the model as YAML, and as JSON for programs', async () => {
  const { run } = openShop(file);
  expect((await run('config')).out).toMatch(/^name: shop\n/);
  expect(JSON.parse((await run('config --format json')).out)).toMatchObject({
    name: 'shop',
    services: { web: { image: 'nginx:1', depends_on: { db: { condition: 'service_started' } } } },
  });
});

test.each([
  ['config --services', 'db\nweb\n'],
  ['config --services job', 'job\n'],
  ['config --services web', 'db\nweb\n'],
  ['config --volumes', 'data\n'],
  ['config --networks', 'default\nfront\n'],
  ['config --networks job', 'back\n'],
  ['config --profiles', 'tools\n'],
  ['--profile tools config --images', 'postgres\nshop-job\nnginx:1\n'],
  ['config -q', ''],
])('%s', async (line, out) => {
  expect(await openShop(file).run(line)).toMatchObject({ code: 0, out, err: '' });
});

test('config --variables lists what the file refers to', async () => {
  const { out } = await openShop(file).run('config --variables');
  expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE'],
    ['TAG', 'false', '1'],
    [''],
  ]);
});

test('config --no-interpolate leaves variables as they are written', async () => {
  expect((await openShop(file).run('config --no-interpolate')).out).toContain('${TAG:-1}');
});

test('config --hash gives what the label of a container says', async () => {
  const { run } = openShop(file);
  const [name, hash] = (await run('config --hash db')).out.trim().split(' ');
  expect([name, hash]).toEqual(['db', expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect((await run('config --hash *')).out.split('\n').map((line) => line.split(' ')[0])).toEqual(['db', 'web', '']);
});

test('config -o writes to a file', async () => {
  const { run, folder } = openShop(file);
  expect((await run('config -o out.yaml')).out).toBe('');
  expect(readFileSync(join(folder, 'out.yaml'), 'utf8')).toMatch(/^name: shop\n/);
});

test('config says so where it cannot write', async () => {
  const { code, err } = await openShop(file).run('config -o nowhere/out.yaml');
  expect([code, err]).toEqual([1, expect.stringContaining('error: cannot write')]);
});

test('a stack file comes from standard input', async () => {
  const { run } = openShop(file);
  expect((await run('-f - config --services', { stdin: 'services: { only: { image: nginx } }' })).out).toBe('only\n');
});

test('variables of ours count before those of Compose', async () => {
  const { run } = openShop(file);
  const environment = { COMPOSE_PROJECT_NAME: 'theirs', STACK_PROJECT_NAME: 'ours' };
  expect((await run('config', { environment })).out).toMatch(/^name: ours\n/);
});

test('--strict makes errors of warnings', async () => {
  const { run } = openShop('services: { web: { image: "nginx:$UNSET" } }');
  expect((await run('config -q')).code).toBe(0);
  expect((await run('--strict config -q')).code).toBe(2);
});
