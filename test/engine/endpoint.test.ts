import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type EndpointRequest, type EndpointWorld, resolveEndpoint } from '../../src/engine/endpoint.ts';

const hash = (name: string): string => createHash('sha256').update(name).digest('hex');
const meta = (name: string): string => `/home/u/.docker/contexts/meta/${hash(name)}/meta.json`;
const tlsFile = (name: string, file: string): string => `/home/u/.docker/contexts/tls/${hash(name)}/docker/${file}`;
const dockerAt = (host: string, rest: object = {}): string =>
  JSON.stringify({ Endpoints: { docker: { Host: host, ...rest } } });

function world(environment: Record<string, string> = {}, files: Record<string, string> = {}): EndpointWorld {
  const found = new Map(Object.entries(files));
  return { environment: new Map(Object.entries(environment)), homeDir: '/home/u', readFile: (path) => found.get(path) };
}

const nothing: EndpointRequest = { host: undefined, context: undefined };

function resolve(request: Partial<EndpointRequest>, ...of: Parameters<typeof world>): unknown {
  const result = resolveEndpoint({ ...nothing, ...request }, world(...of));
  return result.ok ? result.value : result.error;
}

const files = {
  '/home/u/.docker/config.json': JSON.stringify({ currentContext: 'current' }),
  [meta('current')]: dockerAt('tcp://current:1'),
  [meta('variable')]: dockerAt('tcp://variable:1'),
  [meta('flag')]: dockerAt('tcp://flag:1'),
};

test.each([
  ['the socket of this machine', {}, {}, {}, 'default', 'unix:///var/run/docker.sock'],
  ['the current context', {}, {}, files, 'current', 'tcp://current:1'],
  ['DOCKER_CONTEXT before it', {}, { DOCKER_CONTEXT: 'variable' }, files, 'variable', 'tcp://variable:1'],
  [
    'DOCKER_HOST before that',
    {},
    { DOCKER_CONTEXT: 'variable', DOCKER_HOST: 'tcp://host:1' },
    files,
    'default',
    'tcp://host:1',
  ],
  ['--host before that', { host: 'tcp://h:1' }, { DOCKER_HOST: 'tcp://host:1' }, files, 'default', 'tcp://h:1'],
  ['--context before that', { context: 'flag' }, { DOCKER_HOST: 'tcp://host:1' }, files, 'flag', 'tcp://flag:1'],
  ['empty variables count as unset', {}, { DOCKER_HOST: '', DOCKER_CONTEXT: '' }, files, 'current', 'tcp://current:1'],
  [
    '--context default, which is DOCKER_HOST',
    { context: 'default' },
    { DOCKER_HOST: 'tcp://host:1' },
    files,
    'default',
    'tcp://host:1',
  ],
])('which engine is meant: %s', (_what, request, environment, present, name, address) => {
  expect(resolve(request, environment, present)).toMatchObject({ name, address });
});

test('DOCKER_CONFIG is where contexts are looked up', () => {
  const environment = { DOCKER_CONFIG: '/cfg' };
  const present = {
    '/cfg/config.json': JSON.stringify({ currentContext: 'c' }),
    [`/cfg/contexts/meta/${hash('c')}/meta.json`]: dockerAt('unix:///c.sock'),
  };
  expect(resolve({}, environment, present)).toMatchObject({ name: 'c', configDir: '/cfg' });
});

test('--host and --context together are refused, as docker has it', () => {
  expect(resolve({ host: 'unix:///x', context: 'flag' })).toMatchObject({ code: 'host-and-context' });
});

test('a context that is not there is refused by name', () => {
  expect(resolve({ context: 'nope' })).toMatchObject({ code: 'context-unknown', message: 'context "nope" not found' });
});

test.each([
  ['{}', 'context-invalid'],
  ['{"Endpoints":', 'context-invalid'],
  [dockerAt('fd://'), 'host-invalid'],
])('a context that says %s is refused', (text, code) => {
  expect(resolve({ context: 'flag' }, {}, { [meta('flag')]: text })).toMatchObject({ code });
});

test('a configuration that is no JSON counts as empty', () => {
  expect(resolve({}, {}, { '/home/u/.docker/config.json': '{' })).toMatchObject({ name: 'default' });
});

test.each([
  ['unix:///run/x.sock', { kind: 'unix', path: '/run/x.sock' }],
  ['unix://', { kind: 'unix', path: '/var/run/docker.sock' }],
  ['tcp://h', { kind: 'tcp', host: 'h', port: 2375, tls: undefined }],
  ['h:99', { kind: 'tcp', host: 'h', port: 99, tls: undefined }],
  ['tcp://[::1]:99', { kind: 'tcp', host: '::1', port: 99, tls: undefined }],
  ['http://10.0.0.1:80/', { kind: 'tcp', host: '10.0.0.1', port: 80, tls: undefined }],
  [
    'https://h',
    { kind: 'tcp', host: 'h', port: 2376, tls: { verify: true, ca: undefined, cert: undefined, key: undefined } },
  ],
  ['ssh://h', { kind: 'ssh', user: undefined, host: 'h', port: undefined, path: undefined }],
  ['ssh://anna@h-1.example:22', { kind: 'ssh', user: 'anna', host: 'h-1.example', port: 22, path: undefined }],
  [
    'ssh://anna@[fe80::1]/run/docker.sock',
    { kind: 'ssh', user: 'anna', host: 'fe80::1', port: undefined, path: '/run/docker.sock' },
  ],
])('the address %s', (host, endpoint) => {
  expect(resolve({ host })).toMatchObject({ endpoint });
});

test.each([
  'fd://3',
  'npipe:////./pipe/docker_engine',
  'http+unix://x',
  'unix://relative.sock',
  'tcp://',
  'tcp://h:99999',
  'tcp://h:0',
  'tcp://h:22:33',
  'tcp://h/path',
  'tcp://u@h',
  'ssh://',
  'ssh://-oProxyCommand=x',
  'ssh://-x@h',
  'ssh://h;id',
  'ssh://$(id)@h',
  'ssh://h%0a',
  'ssh://h\nx',
  'ssh://`id`',
  'ssh://h /x',
  "ssh://h/path';id",
  'ssh://h/$HOME/x',
  'ssh://h:abc',
])('the address %s is refused', (host) => {
  expect(resolve({ host })).toMatchObject({ code: 'host-invalid' });
});

test('a password in an address is refused and not repeated', () => {
  const error = resolve({}, { DOCKER_HOST: 'ssh://anna:s3cret@h' });
  expect(error).toMatchObject({ code: 'host-invalid', message: expect.stringContaining('password') });
  expect(JSON.stringify(error)).not.toContain('s3cret');
});

test('no address makes ssh see an option, a space or a character of the shell', () => {
  const part = fc.string({
    unit: fc.constantFrom('-', 'o', '@', ':', '/', '$', ';', ' ', "'", 'a', '1', '[', ']', '.', '\n'),
  });
  fc.assert(
    fc.property(part, (rest) => {
      const result = resolveEndpoint({ ...nothing, host: `ssh://${rest}` }, world());
      if (!result.ok || result.value.endpoint.kind !== 'ssh') return;
      const { user, host, path } = result.value.endpoint;
      for (const text of [user ?? 'x', host]) expect(text).toMatch(/^[A-Za-z0-9_:][\w.:%-]*$/);
      expect(path ?? '/x').toMatch(/^\/[\w.+@/-]+$/);
    }),
  );
});

const pem = { '/c/ca.pem': 'CA', '/c/cert.pem': 'CERT', '/c/key.pem': 'KEY' };

test('DOCKER_TLS_VERIFY verifies with the files of DOCKER_CERT_PATH', () => {
  const environment = { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' };
  expect(resolve({}, environment, pem)).toMatchObject({
    endpoint: { port: 2376, tls: { verify: true, ca: 'CA', cert: 'CERT', key: 'KEY' } },
  });
});

test('DOCKER_TLS alone does not verify', () => {
  const environment = { DOCKER_HOST: 'tcp://h:1', DOCKER_TLS: '1', DOCKER_CERT_PATH: '/c' };
  expect(resolve({}, environment, pem)).toMatchObject({ endpoint: { tls: { verify: false, ca: undefined } } });
});

test.each([
  ['a missing ca.pem', {}],
  ['a certificate without its key', { '/c/ca.pem': 'CA', '/c/cert.pem': 'CERT' }],
])('%s is a problem of its own', (_what, present) => {
  const environment = { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' };
  expect(resolve({}, environment, present)).toMatchObject({ code: 'tls-files' });
});

test('TLS variables mean nothing to a socket', () => {
  expect(resolve({}, { DOCKER_TLS_VERIFY: '1' })).toMatchObject({ endpoint: { kind: 'unix' } });
});

test('a context brings its own certificates', () => {
  const present = {
    [meta('flag')]: dockerAt('tcp://h:2376'),
    [tlsFile('flag', 'ca.pem')]: 'CA',
    [tlsFile('flag', 'cert.pem')]: 'CERT',
    [tlsFile('flag', 'key.pem')]: 'KEY',
  };
  expect(resolve({ context: 'flag' }, {}, present)).toMatchObject({
    endpoint: { tls: { verify: true, ca: 'CA', cert: 'CERT', key: 'KEY' } },
  });
});

test('a context that skips verification speaks TLS unverified', () => {
  const present = { [meta('flag')]: dockerAt('tcp://h:2376', { SkipTLSVerify: true }) };
  expect(resolve({ context: 'flag' }, {}, present)).toMatchObject({ endpoint: { tls: { verify: false } } });
});

test('TLS variables mean nothing to a context', () => {
  const environment = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' };
  expect(resolve({ context: 'flag' }, environment, { ...files, ...pem })).toMatchObject({
    endpoint: { tls: undefined },
  });
});
