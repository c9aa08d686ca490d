import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { registryHeader } from '../../../src/engine/images/auth.ts';
import { parseReference } from '../../../src/engine/images/reference.ts';
import type { Progress } from '../../../src/model/event.ts';
import { type Answer, failureOf, refuse, soon, withFakeEngine } from '../support/fake-engine.ts';

const lines =
  (...messages: readonly object[]): Answer =>
  (_asked, response) =>
    response.writeHead(200).end(messages.map((message) => `${JSON.stringify(message)}\r\n`).join(''));

const downloading = (id: string, current: number, total: number): object => ({
  id,
  status: 'Downloading',
  progressDetail: { current, total },
});

async function inFolder(files: Record<string, string>, run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'config-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const decode = (header: { readonly base64: string } | undefined): unknown =>
  header && JSON.parse(Buffer.from(header.base64, 'base64url').toString('utf8'));

const basic = (text: string): string => Buffer.from(text).toString('base64');

test('progress sums bytes over all layers', async () => {
  const reports: Progress[] = [];
  const stream = lines(
    { status: 'Pulling from library/nginx', id: 'latest' },
    downloading('a', 10, 100),
    downloading('b', 5, 50),
    downloading('a', 60, 100),
    { id: 'b', status: 'Download complete' },
    { id: 'b', status: 'Extracting', progressDetail: { current: 1, total: 50 } },
    { id: 'a', status: 'Pull complete' },
  );
  await withFakeEngine(stream, async (engine) => {
    await engine.pullImage('nginx', undefined, { report: (progress) => reports.push(progress), signal: soon() });
  });
  expect(reports).toEqual([
    { kind: 'bytes', done: 10, total: 100 },
    { kind: 'bytes', done: 15, total: 150 },
    { kind: 'bytes', done: 65, total: 150 },
    { kind: 'bytes', done: 110, total: 150 },
    { kind: 'bytes', done: 150, total: 150 },
  ]);
});

test('name, tag and platform are asked for apart', async () => {
  await withFakeEngine(lines(), async (engine, { asked }) => {
    await engine.pullImage('reg.example:5000/a/b:1.2', 'linux/arm64', { report: () => undefined, signal: soon() });
    expect(Object.fromEntries(asked[0]?.query ?? [])).toEqual({
      fromImage: 'reg.example:5000/a/b',
      tag: '1.2',
      platform: 'linux/arm64',
    });
  });
});

test.each([
  ['nginx', 'docker.io', 'nginx', 'latest'],
  ['bitnami/redis:7', 'docker.io', 'bitnami/redis', '7'],
  ['localhost/x', 'localhost', 'localhost/x', 'latest'],
  ['reg.example:5000/x', 'reg.example:5000', 'reg.example:5000/x', 'latest'],
  ['x:1@sha256:abc', 'docker.io', 'x', 'sha256:abc'],
])('the reference %s is read as registries read it', (text, registry, name, version) => {
  expect(parseReference(text)).toEqual({ registry, name, version });
});

test.each([
  ['unauthorized: authentication required', 'unauthorized', 'docker login docker.io'],
  ['pull access denied for x, repository does not exist or may require docker login', 'unauthorized', 'docker login'],
  ['manifest for x:9 not found: manifest unknown: manifest unknown', 'not-found', 'tag'],
  ['no matching manifest for linux/arm64/v8 in the manifest list entries', 'rejected', 'platform'],
  ['toomanyrequests: You have reached your pull rate limit', 'rejected', 'docker login'],
  ['write /var/lib/docker/tmp/x: no space left on device', 'no-space', 'free space'],
  ['Get "https://registry-1.docker.io/v2/": dial tcp: no such host', 'rejected', 'network'],
])('a failure inside of a stream that began well: %s', async (message, code, advice) => {
  await withFakeEngine(lines({ status: 'Pulling' }, { error: message, errorDetail: { message } }), async (engine) => {
    const pulled = engine.pullImage('x', undefined, { report: () => undefined, signal: soon() });
    expect(await failureOf(pulled)).toMatchObject({ code, hint: expect.stringContaining(advice) });
  });
});

test('a refusal before the stream is explained the same way', async () => {
  const refusing: Answer = (_asked, response) => refuse(response, 500, 'Head "https://r/v2/x": unauthorized');
  await withFakeEngine(refusing, async (engine) => {
    const pulled = engine.pullImage('r.example/x', undefined, { report: () => undefined, signal: soon() });
    expect(await failureOf(pulled)).toMatchObject({
      code: 'unauthorized',
      hint: expect.stringContaining('docker login r.example'),
    });
  });
});

test('a pull without progress is given up', async () => {
  await withFakeEngine(
    (_asked, response) => {
      response.writeHead(200).write(`${JSON.stringify(downloading('a', 1, 100))}\n`);
      return response;
    },
    async (engine) => {
      const pulled = engine.pullImage('x', undefined, { report: () => undefined, signal: soon() });
      const error = await failureOf(pulled);
      expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining('no progress') });
    },
    { pullStallMs: 50 },
  );
});

test('a pull that goes on slowly is not given up', async () => {
  await withFakeEngine(
    (_asked, response) => {
      response.writeHead(200);
      let sent = 0;
      const timer = setInterval(() => {
        response.write(`${JSON.stringify(downloading('a', ++sent, 8))}\n`);
        if (sent === 8) response.end(() => clearInterval(timer));
      }, 60);
      return response;
    },
    async (engine) => {
      await engine.pullImage('x', undefined, { report: () => undefined, signal: soon() });
    },
    { pullStallMs: 200 },
  );
});

test('the password goes into the header, and nowhere else', async () => {
  const config = JSON.stringify({ auths: { 'https://index.docker.io/v1/': { auth: basic('anna:s3cret:x') } } });
  await inFolder({ 'config.json': config }, async (configDir) => {
    await withFakeEngine(
      lines(),
      async (engine, { asked }) => {
        await engine.pullImage('nginx', undefined, { report: () => undefined, signal: soon() });
        const [pull] = asked;
        expect(decode({ base64: String(pull?.headers['x-registry-auth']) })).toEqual({
          username: 'anna',
          password: 's3cret:x',
          serveraddress: 'https://index.docker.io/v1/',
        });
        expect(`${pull?.url}${pull?.body.toString()}`).not.toContain('s3cret');
      },
      { configDir },
    );
  });
});

test.each(['p', 'pa', 'pas', '\u00ff\u00fe?>~'])(
  'the header is padded, in the alphabet of URLs: %s',
  async (password) => {
    const environment = new Map([
      ['DOCKER_AUTH_CONFIG', JSON.stringify({ auths: { r: { auth: basic(`u:${password}`) } } })],
    ]);
    const header = await registryHeader('r', { configDir: undefined, environment }, soon());
    expect(header?.base64).toMatch(/^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?$/);
    expect(decode(header)).toMatchObject({ password });
  },
);

test('DOCKER_AUTH_CONFIG counts before the file', async () => {
  const auths = (password: string): string =>
    JSON.stringify({ auths: { 'r.example': { auth: basic(`u:${password}`) } } });
  await inFolder({ 'config.json': auths('file') }, async (configDir) => {
    const environment = new Map([['DOCKER_AUTH_CONFIG', auths('variable')]]);
    const header = await registryHeader('r.example', { configDir, environment }, soon());
    expect(decode(header)).toMatchObject({ password: 'variable' });
  });
});

test('a registry without an entry is asked anonymously', async () => {
  const config = JSON.stringify({ auths: { 'other.example': { auth: basic('u:p') } } });
  await inFolder({ 'config.json': config }, async (configDir) => {
    expect(await registryHeader('r.example', { configDir, environment: new Map() }, soon())).toBeUndefined();
  });
});

test('a configuration that is no JSON is asked anonymously', async () => {
  await inFolder({ 'config.json': '{"auths":' }, async (configDir) => {
    expect(await registryHeader('r.example', { configDir, environment: new Map() }, soon())).toBeUndefined();
  });
});

async function withHelper(script: string, run: (configDir: string) => Promise<void>): Promise<void> {
  const config = JSON.stringify({ credHelpers: { 'r.example': 'test' } });
  await inFolder({ 'config.json': config, 'docker-credential-test': `#!/bin/sh\n${script}\n` }, async (folder) => {
    await chmod(join(folder, 'docker-credential-test'), 0o755);
    const path = process.env['PATH'];
    process.env['PATH'] = `${folder}:${path}`;
    try {
      await run(folder);
    } finally {
      process.env['PATH'] = path;
    }
  });
}

test('a credential helper is asked on its standard input', async () => {
  const script = `read server; echo "{\\"Username\\":\\"bob\\",\\"Secret\\":\\"for $server by $1\\"}"`;
  await withHelper(script, async (configDir) => {
    const header = await registryHeader('r.example', { configDir, environment: new Map() }, soon());
    expect(decode(header)).toMatchObject({ username: 'bob', password: 'for r.example by get' });
  });
});

test('a helper that gives a token gives an identity token', async () => {
  await withHelper(`cat >/dev/null; echo '{"Username":"<token>","Secret":"t0ken"}'`, async (configDir) => {
    const header = await registryHeader('r.example', { configDir, environment: new Map() }, soon());
    expect(decode(header)).toEqual({ identitytoken: 't0ken', serveraddress: 'r.example' });
  });
});

test.each(['exit 1', 'echo junk', 'echo "credentials not found"; exit 1', 'exec 0<&-; echo {}'])(
  'a helper that fails means no password: %s',
  async (script) => {
    await withHelper(script, async (configDir) => {
      expect(await registryHeader('r.example', { configDir, environment: new Map() }, soon())).toBeUndefined();
    });
  },
);

test('a helper that is not installed means no password', async () => {
  const config = JSON.stringify({ credsStore: 'not-there-at-all' });
  await inFolder({ 'config.json': config }, async (configDir) => {
    expect(await registryHeader('r.example', { configDir, environment: new Map() }, soon())).toBeUndefined();
  });
});

test.each(['a', 'ab', 'abc'])(
  'the header for user %s is padded: engines take one that is not for no password',
  async (user) => {
    await inFolder(
      { 'config.json': JSON.stringify({ auths: { r: { auth: basic(`${user}:?>`) } } }) },
      async (configDir) => {
        const header = await registryHeader('r', { configDir, environment: new Map() }, soon());
        expect(header?.base64).toMatch(/^[\w-]+=*$/);
        expect((header?.base64.length ?? 1) % 4).toBe(0);
      },
    );
  },
);
