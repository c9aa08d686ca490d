import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openShop, type Shop } from '../support/stack.ts';

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

test('config --variables lists them without a look at their values, as data too', async () => {
  const { run } = openShop('services: { web: { image: "${IMAGE:?which}", command: "$A ${B:+b}" } }');
  expect(JSON.parse((await run('config --variables --format json')).out)).toEqual({
    A: { Name: 'A', DefaultValue: '', PresenceValue: '', Required: false },
    B: { Name: 'B', DefaultValue: '', PresenceValue: 'b', Required: false },
    IMAGE: { Name: 'IMAGE', DefaultValue: '', PresenceValue: '', Required: true },
  });
});

test('what config --no-interpolate prints is the same file, with every service and resource', async () => {
  const { run, write } = openShop(`${file}secrets: { spare: { file: "./$NAME" } }`);
  const { out } = await run('config --no-interpolate');
  expect(out).toContain('image: nginx:${TAG:-1}');
  expect(out).toMatch(/^ {2}spare:$[^]*^ {2}job:$/m);

  write(out.replace('name: shop\n', ''));
  expect((await run('config --no-interpolate')).out).toBe(out);
});

describe('images', () => {
  const images = 'services: { web: { image: nginx }, db: { image: "postgres@sha256:DIGEST" }, job: { build: . } }';
  const pinned = /^docker\.io\/library\/nginx:latest@sha256:[0-9a-f]{64}$/;
  const shop = (): Shop => openShop(images.replace('DIGEST', 'b2'.repeat(32)), { registry: ['nginx'] });

  test('are pinned to what their registries say', async () => {
    const { services } = JSON.parse((await shop().run('config --resolve-image-digests --format json')).out) as {
      services: Record<string, { image?: string }>;
    };
    expect(services['web']?.image).toMatch(pinned);
    expect(services['db']?.image).toBe(`docker.io/library/postgres@sha256:${'b2'.repeat(32)}`);
    expect(services['job']?.image).toBeUndefined();
  });

  test('are pinned by an override file that holds nothing else', async () => {
    const { out } = await shop().run('config --lock-image-digests --format json');
    expect(JSON.parse(out)).toEqual({
      services: {
        web: { image: expect.stringMatching(pinned) as string },
        db: { image: expect.any(String) as string },
      },
    });
  });

  test('that no registry has are a failure', async () => {
    const { code, out, err } = await openShop(file).run('config --resolve-image-digests');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('manifest unknown');
  });
});

test.each(['config', 'plan'])('%s --format json tells what is wrong as data', async (command) => {
  const { code, out, err } = await openShop('services:\n  web: { imgae: nginx }\n').run(`${command} --format json`);
  expect([code, out]).toEqual([2, '']);
  expect(JSON.parse(err)).toMatchObject({
    errors: 1,
    diagnostics: [
      { code: 'unknown-key', file: 'stack.yaml', line: 3, column: 10, length: 5, hint: 'did you mean "image"?' },
    ],
  });
});

test('config --hash gives what the label of a container says', async () => {
  const { run } = openShop(file);
  const [name, hash] = (await run('config --hash db')).out.trim().split(' ');
  expect([name, hash]).toEqual(['db', expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect((await run('config --hash job')).err).toContain('service job is switched off by its profiles');
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
