import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { containerBody } from '../../src/engine/write/container-body.ts';
import { canary, findLeaks } from '../support/canary.ts';
import { openShop, type Shop } from './support/stack.ts';

const inFile = canary('file');
const inVariable = canary('variable');
const inEnvFile = canary('env-file');
const inConfig = canary('config');
const changed = canary('changed');
const secrets = [inFile, inVariable, inEnvFile, changed];

const file = `
services:
  db:
    image: postgres
    secrets: [from_file, { source: from_variable, mode: 0400 }, from_env_file]
    configs: [inline]
  web: { image: nginx, depends_on: [db], secrets: [{ source: from_file, uid: "33" }] }
  other: { image: nginx }
secrets:
  from_file: { file: ./password }
  from_variable: { environment: PASSWORD }
  from_env_file: { environment: FROM_ENV_FILE }
configs:
  inline: { content: "password=\${CONFIGURED}" }
`;

const environment = {
  PASSWORD: inVariable.value,
  CONFIGURED: inConfig.value,
  DEBUG: '*',
  DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'registry.example': { auth: 'dXNlcjpjYW5hcnktZmlsZQ==' } } }),
};

function openSecretShop(refuses = false): Shop {
  const shop = openShop(file, {
    behave: ({ image }) => (refuses && image === 'nginx' ? { refusesToStart: 'no such program' } : {}),
  });
  writeFileSync(join(shop.folder, 'password'), inFile.value);
  writeFileSync(join(shop.folder, '.env'), `FROM_ENV_FILE='${inEnvFile.value}'\n`);
  return shop;
}

/** What each command says, and everything that the engine would show to whoever may inspect. */
async function runAll({ run, containers, engine }: Shop, lines: readonly string[]): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [index, line] of lines.entries()) {
    const { code, out, err, calls } = await run(line, { environment });
    texts[`${index + 1}: ${line} (${code})`] = [out, err, ...calls].join('\n');
    const { locks, networks, volumes } = engine.world;
    const bodies = containers().map(({ name, creation }) => [
      name,
      containerBody({
        creation,
        resolve: { container: (ref) => JSON.stringify(ref) as never, network: (ref) => JSON.stringify(ref) as never },
        apiVersion: '1.45',
      }),
    ]);
    texts[`${index + 1}: the engine`] = JSON.stringify([bodies, ...[locks, networks, volumes].map((it) => [...it])]);
  }
  return texts;
}

const kinds = ['auto', 'tty', 'plain', 'json', 'quiet'];

test('no command says what a secret is, and no engine is told where others can read it', async () => {
  const shop = openSecretShop();
  const texts = await runAll(shop, [
    'config --hash *',
    'config --variables',
    'config --no-interpolate',
    'plan',
    'plan --format json',
    ...kinds.flatMap((kind) => [`--progress ${kind} up -d`, `--progress ${kind} down`]),
    'up -d',
    'ps -a --no-trunc',
    'ps --format json',
    'ls --format json',
    'logs',
    'scale web=2',
    'restart',
    'stop',
    'plan down',
  ]);
  expect(findLeaks([...secrets, inConfig], texts)).toEqual([]);
  // The check itself: the secrets were there to be seen.
  const files = shop.containers().flatMap(({ files }) => [...files.values()]);
  for (const { isIn } of [inVariable, inEnvFile, inFile, inConfig]) expect(files.some(isIn)).toBe(true);
  expect(findLeaks(secrets, { down: JSON.stringify(await runAll(shop, ['down'])) })).toEqual([]);
}, 60_000);

test('config shows the content of a config, which is no secret, and where secrets come from', async () => {
  const shop = openSecretShop();
  const texts = await runAll(shop, ['config', 'config --format json']);
  expect(findLeaks(secrets, texts)).toEqual([]);
  expect(findLeaks([inConfig], texts)).toEqual(['1: config (0)', '2: config --format json (0)']);
});

test('that a secret has changed is told without either value', async () => {
  const shop = openSecretShop();
  await runAll(shop, ['up -d']);
  writeFileSync(join(shop.folder, 'password'), changed.value);
  const texts = await runAll(shop, ['plan', 'plan --format json', '--progress json up -d']);
  expect(texts['1: plan (0)']).toMatch(/from_file.*changed/);
  expect(findLeaks(secrets, texts)).toEqual([]);
}, 60_000);

test('what a build may read is in nothing that is said of the build, planned or asked of engines', async () => {
  const shop = openSecretShop();
  mkdirSync(join(shop.folder, 'app'));
  writeFileSync(join(shop.folder, 'app', 'Dockerfile'), 'FROM scratch\n');
  shop.write(`
services:
  app:
    image: shop/app
    build: { context: ./app, secrets: [from_file, { source: from_variable, target: token }] }
    secrets: [from_file]
secrets: { from_file: { file: ./password }, from_variable: { environment: PASSWORD } }
`);
  const lines = [
    'config',
    'plan',
    'plan --format json',
    ...kinds.map((kind) => `--progress ${kind} build`),
    'up -d --build',
  ];
  const texts = await runAll(shop, lines);
  expect(Object.keys(texts).filter((line) => /\((?!0\))\d+\)$/.test(line))).toEqual([]);
  expect(findLeaks(secrets, texts)).toEqual([]);
}, 60_000);

test('a run that fails says why without the secrets', async () => {
  for (const kind of kinds) {
    const texts = await runAll(openSecretShop(true), [`--progress ${kind} up -d`]);
    expect(Object.keys(texts)).toContain(`1: --progress ${kind} up -d (1)`);
    expect(findLeaks([...secrets, inConfig], texts)).toEqual([]);
  }
}, 60_000);

test.each([
  ['an open quote', `FROM_ENV_FILE='${inEnvFile.value}\n`],
  ['a name that is none', `FROM ENV=${inEnvFile.value}\n`],
  ['a line of a value that lost its quotes', `A=1\n${inEnvFile.value} and more\n`],
  ['a name that is set twice', `A=${inEnvFile.value}\nA=${inEnvFile.value}\n`],
  ['an open brace', `A="\${${inEnvFile.value}"\n`],
])('%s in a file of variables is reported without its values', async (_, text) => {
  const shop = openSecretShop();
  writeFileSync(join(shop.folder, '.env'), text);
  const texts = await runAll(shop, ['config -q', 'up -d']);
  expect(texts['1: config -q (2)'] ?? texts['1: config -q (0)']).toMatch(/\.env:\d+:\d+: /);
  expect(findLeaks(secrets, texts)).toEqual([]);
});

test('a secret that is written into the stack file is refused, and not repeated', async () => {
  const shop = openSecretShop();
  shop.write(`services: { web: { image: nginx } }\nsecrets:\n  s:\n    content: ${inFile.value}\n`);
  const texts = await runAll(shop, ['config -q', 'up -d']);
  expect(findLeaks(secrets, texts)).toEqual([]);
});
