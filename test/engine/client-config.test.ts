import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { type ClientConfig, readClientConfig } from '../../src/engine/client-config.ts';
import { creation, resolve, spec } from './support/creation.ts';
import { failureOf, soon, withFakeEngine } from './support/fake-engine.ts';

const address = 'tcp://10.0.0.1:2375';

/** A folder for `DOCKER_CONFIG` with this `config.json`. */
async function configDirOf(config: object | string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'docker-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return folder;
}

async function read(config: object | string, environment: Record<string, string> = {}): Promise<ClientConfig> {
  return readClientConfig({ configDir: await configDirOf(config), address }, new Map(Object.entries(environment)));
}

test('proxies are variables in upper and lower case', async () => {
  const proxies = { default: { httpProxy: 'http://p:1', noProxy: 'a,b', ftpProxy: '' } };
  expect((await read({ proxies })).proxies).toEqual([
    ['HTTP_PROXY', 'http://p:1'],
    ['http_proxy', 'http://p:1'],
    ['NO_PROXY', 'a,b'],
    ['no_proxy', 'a,b'],
  ]);
});

test('proxies of an engine’s own address count, and none of the default’s beside them', async () => {
  const proxies = { default: { httpProxy: 'http://p:1', allProxy: 'x' }, [address]: { httpProxy: 'http://own:1' } };
  expect((await read({ proxies })).proxies).toEqual([
    ['HTTP_PROXY', 'http://own:1'],
    ['http_proxy', 'http://own:1'],
  ]);
});

test('headers are those of the file, or instead of them those of the variable', async () => {
  const config = { HttpHeaders: { 'X-Meta': 'of the file' } };
  expect((await read(config)).headers).toEqual([['X-Meta', 'of the file']]);
  const DOCKER_CUSTOM_HEADERS = 'A=1,"B=with, comma and ""quotes""",C=a=b';
  expect((await read(config, { DOCKER_CUSTOM_HEADERS })).headers).toEqual([
    ['A', '1'],
    ['B', 'with, comma and "quotes"'],
    ['C', 'a=b'],
  ]);
});

test.each([
  ['a variable that is no list', {}, { DOCKER_CUSTOM_HEADERS: 'nothing' }],
  ['a header that would end the line', { HttpHeaders: { A: 'b\r\nC: hunter2' } }, {}],
])('%s is told, without its value', async (_what, config, environment) => {
  await expect(read(config, environment)).rejects.toMatchObject({
    name: 'LocalError',
    message: expect.not.stringContaining('hunter2'),
  });
});

test.each([
  ['no file', undefined],
  ['a file that is no JSON', '{'],
  ['settings of other types', '{"proxies": [1], "HttpHeaders": "x"}'],
])('%s is no settings', async (_what, text) => {
  const configDir = text === undefined ? undefined : await configDirOf(text);
  const config = await readClientConfig({ configDir, address }, new Map());
  expect(config).toEqual({ headers: [], proxies: [], apiVersion: undefined });
});

test('every request carries the headers, and our own name all the same', async () => {
  const configDir = await configDirOf({ HttpHeaders: { 'X-Meta': 'yes', 'user-agent': 'somebody else' } });
  await withFakeEngine(
    () => [],
    async (engine, { asked }) => {
      await engine.listStacks(soon());
      expect(asked[0]?.headers).toMatchObject({ 'x-meta': 'yes', 'user-agent': 'stack/1.2.3' });
    },
    { configDir },
  );
});

test('DOCKER_API_VERSION is the version that is spoken', async () => {
  await withFakeEngine(
    () => [],
    async (engine, { asked }) => {
      await engine.listStacks(soon());
      expect(asked[0]?.path).toBe('/v1.43/containers/json');
    },
    { environment: new Map([['DOCKER_API_VERSION', 'v1.43']]) },
  );
});

test.each(['1.24', '1.999', 'new'])('DOCKER_API_VERSION=%s is refused before anything is asked', async (version) => {
  await withFakeEngine(
    () => [],
    async (engine, { asked }) => {
      const error = await failureOf(engine.listStacks(soon()));
      expect(error).toMatchObject({ code: 'incompatible', hint: 'unset DOCKER_API_VERSION' });
      expect(asked).toEqual([]);
    },
    { environment: new Map([['DOCKER_API_VERSION', version]]) },
  );
});

test('a container gets the proxies but for names that its service has, and those that it takes away', async () => {
  const configDir = await configDirOf({ proxies: { default: { httpProxy: 'http://p:1', noProxy: 'a' } } });
  const overrides = { environment: [['http_proxy', 'http://mine']] as const, unsetEnvironment: ['NO_PROXY'] };
  await withFakeEngine(
    () => ({ Id: 'a'.repeat(64) }),
    async (engine, { asked }) => {
      await engine.createContainer(creation({ spec: spec(overrides) }), resolve, soon());
      const { Env } = JSON.parse(asked[0]?.body.toString() ?? '') as { readonly Env: readonly string[] };
      expect(Env).toEqual(['http_proxy=http://mine', 'HTTP_PROXY=http://p:1', 'no_proxy=a', 'NO_PROXY']);
    },
    { configDir },
  );
});
