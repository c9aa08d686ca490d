import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { connectEngine } from '../../src/engine/connect.ts';
import { EngineError } from '../../src/engine/engine.ts';
import { engineError } from '../../src/engine/errors.ts';
import type { Endpoint } from '../../src/engine/target.ts';
import { containerId, engineName, networkId } from '../../src/model/id.ts';
import { volumeMount } from '../support/builders.ts';
import { creation, network, project, resolve, spec, volume } from './support/creation.ts';
import { failureOf, refuse, soon, withFakeEngine } from './support/fake-engine.ts';

const id = containerId('c0ffee');
const target = (endpoint: Endpoint) => ({
  name: engineName('fake'),
  endpoint,
  address: 'unix:///x',
  configDir: undefined,
});
const connect = (endpoint: Endpoint) => connectEngine(target(endpoint), { version: '1', environment: new Map() });

const codeOf = async (refused: Promise<unknown>): Promise<unknown> => (await failureOf(refused)).code;

async function withServer(server: Server, run: (endpoint: Endpoint) => Promise<void>): Promise<void> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    await run({ kind: 'tcp', host: '127.0.0.1', port: address.port, tls: undefined });
  } finally {
    server.close();
  }
}

test('a socket that is not there is unreachable, with advice', async () => {
  const error = await failureOf(connect({ kind: 'unix', path: '/nowhere/docker.sock' }).info(soon()));
  expect(error).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('start Docker') });
});

test('a socket that we may not open is unreachable, with the group to join', () => {
  const denied = Object.assign(new Error('connect EACCES'), { code: 'EACCES' });
  const error = engineError(target({ kind: 'unix', path: '/x' }), 'connect', denied, soon());
  expect(error).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('group docker') });
});

test.each(['read', 'write'])('a connection that times out while it is used to %s is lost', (syscall) => {
  const broken = Object.assign(new Error(`${syscall} ETIMEDOUT`), { code: 'ETIMEDOUT', syscall });
  expect(engineError(target({ kind: 'unix', path: '/x' }), 'x', broken, soon())).toMatchObject({ code: 'lost' });
});

test('a bug of our own is no failure of the engine', async () => {
  await withFakeEngine(
    () => ({}),
    async (engine, { asked }) => {
      const volumes = [volumeMount('unknown-key')];
      const created = engine.createContainer(creation({ spec: spec({ volumes }) }), resolve, soon());
      const bug = await created.catch((cause: unknown) => cause);
      expect(bug).toBeInstanceOf(Error);
      expect(bug).not.toBeInstanceOf(EngineError);
      expect(asked).toEqual([]);
    },
  );
});

test('a port where nobody listens is unreachable', async () => {
  let closed: Endpoint | undefined;
  await withServer(createServer(), async (endpoint) => {
    closed = endpoint;
  });
  if (closed === undefined) throw new Error('no endpoint');
  expect(await failureOf(connect(closed).info(soon()))).toMatchObject({ code: 'unreachable' });
});

test('asking for TLS where there is none is unreachable, with the variables to unset', async () => {
  const plain = createServer((socket) =>
    socket.on('error', () => undefined).once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  );
  await withServer(plain, async (endpoint) => {
    if (endpoint.kind !== 'tcp') throw new Error('not tcp');
    const tls = { verify: true, ca: undefined, cert: undefined, key: undefined };
    const error = await failureOf(connect({ ...endpoint, tls }).info(soon()));
    expect(error).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('DOCKER_TLS_VERIFY') });
  });
});

test('asking without TLS where it is spoken is unreachable, with the variables to set', async () => {
  const text = 'Client sent an HTTP request to an HTTPS server.\n';
  const tls = createServer((socket) =>
    socket.once('data', () => socket.end(`HTTP/1.0 400 Bad Request\r\n\r\n${text}`)),
  );
  await withServer(tls, async (endpoint) => {
    const error = await failureOf(connect(endpoint).info(soon()));
    expect(error).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('DOCKER_CERT_PATH') });
  });
});

test('a web server that is no engine is incompatible', async () => {
  const web = createServer((socket) =>
    socket.on('error', () => undefined).once('data', () => socket.end('HTTP/1.1 404 Not Found\r\n\r\nnothing here')),
  );
  await withServer(web, async (endpoint) => {
    const error = await failureOf(connect(endpoint).info(soon()));
    expect(error).toMatchObject({ code: 'incompatible', message: expect.stringContaining('no Docker engine') });
  });
});

test('what speaks no HTTP is incompatible', async () => {
  const banner = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9.2\r\n'));
  await withServer(banner, async (endpoint) => {
    expect(await failureOf(connect(endpoint).info(soon()))).toMatchObject({ code: 'incompatible' });
  });
});

test('an engine that hangs runs into the deadline', async () => {
  await withFakeEngine(
    (_asked, response) => response,
    async (engine) => {
      expect(await failureOf(engine.stopContainer(id, 0, AbortSignal.timeout(50)))).toMatchObject({ code: 'timeout' });
    },
  );
});

test('aborting gives up at once', async () => {
  await withFakeEngine(
    (_asked, response) => response,
    async (engine) => {
      const stop = new AbortController();
      const started = engine.startContainer(id, stop.signal);
      setTimeout(() => stop.abort(), 20);
      expect(await failureOf(started)).toMatchObject({ code: 'aborted' });
    },
  );
});

test('a signal that is aborted already asks nothing', async () => {
  await withFakeEngine(
    () => ({}),
    async (engine, { asked }) => {
      expect(await failureOf(engine.startContainer(id, AbortSignal.abort()))).toMatchObject({ code: 'aborted' });
      expect(asked).toEqual([]);
    },
  );
});

test('a change whose connection breaks is lost, and not tried again', async () => {
  await withFakeEngine(
    (_asked, response) => response.destroy(),
    async (engine, { asked }) => {
      const error = await failureOf(engine.createVolume(project, volume('data'), soon()));
      expect(error).toMatchObject({ code: 'lost' });
      expect(asked).toHaveLength(1);
    },
  );
});

test('a question whose connection breaks is asked once more', async () => {
  let broken = 0;
  await withFakeEngine(
    (_asked, response) => {
      if (broken++ === 0) return response.destroy();
      return { ServerVersion: '26' };
    },
    async (engine) => {
      expect(await engine.info(soon())).toMatchObject({ version: '26' });
    },
  );
});

test('an answer that is cut off is asked for again, and lost when that is cut off too', async () => {
  await withFakeEngine(
    (_asked, response) => {
      response.writeHead(200, { 'Content-Length': 1000 }).write('{"ServerVersion":');
      setTimeout(() => response.destroy(), 10);
      return response;
    },
    async (engine, { asked }) => {
      expect(await failureOf(engine.info(soon()))).toMatchObject({ code: 'lost' });
      expect(asked).toHaveLength(2);
    },
  );
});

test.each([
  [404, 'No such container: c0ffee', 'not-found'],
  [409, 'Conflict. The container name "/web" is already in use', 'conflict'],
  [403, 'network shop_default has active endpoints', 'conflict'],
  [403, 'Pool overlaps with other one on this address space', 'rejected'],
  [500, 'mkdir /var/lib/docker/x: no space left on device', 'no-space'],
  [500, 'rpc error: code = Unknown desc = update out of sequence', 'conflict'],
  [
    500,
    'driver failed programming external connectivity: Bind for 0.0.0.0:80 failed: port is already allocated',
    'rejected',
  ],
  [400, 'executable file not found in $PATH', 'rejected'],
])('status %i "%s" is %s, in the words of the engine', async (status, message, code) => {
  await withFakeEngine(
    (_asked, response) => refuse(response, status, message),
    async (engine) => {
      const error = await failureOf(engine.startContainer(id, soon()));
      expect(error).toBeInstanceOf(EngineError);
      expect(error.code).toBe(code);
      expect(error.message).toContain(message);
    },
  );
});

test.each([
  ['Bind for 0.0.0.0:80 failed: port is already allocated', 'docker ps'],
  ['Pool overlaps with other one on this address space', 'subnet'],
  ['all predefined address pools have been fully subnetted', 'docker network ls'],
  ['invalid mount config for type "bind": bind source path does not exist: /nope', 'create_host_path'],
  ['container rootfs is marked read-only', 'file'],
])('"%s" comes with advice', async (message, advice) => {
  await withFakeEngine(
    (_asked, response) => refuse(response, 500, message),
    async (engine) => {
      expect((await failureOf(engine.startContainer(id, soon()))).hint).toContain(advice);
    },
  );
});

test.each(['', 'null', '{}', '[]', '7', '{"Id":5}'])(
  'an engine that answers a creation with "%s" is incompatible',
  async (text) => {
    await withFakeEngine(
      (_asked, response) => response.writeHead(201).end(text),
      async (engine) => {
        expect(await codeOf(engine.createContainer(creation(), resolve, soon()))).toBe('incompatible');
        expect(await codeOf(engine.createNetwork(project, network('default'), soon()))).toBe('incompatible');
      },
    );
  },
);

test.each([
  ['starting what runs', 304, (engine: ReturnType<typeof connect>) => engine.startContainer(id, soon())],
  ['stopping what is stopped', 304, (engine: ReturnType<typeof connect>) => engine.stopContainer(id, 1, soon())],
  [
    'removing a container that is gone',
    404,
    (engine: ReturnType<typeof connect>) => engine.removeContainer(id, false, soon()),
  ],
  [
    'removing a network that is gone',
    404,
    (engine: ReturnType<typeof connect>) => engine.removeNetwork(networkId('n'), soon()),
  ],
  ['removing a volume that is gone', 404, (engine: ReturnType<typeof connect>) => engine.removeVolume('v', soon())],
])('%s is success', async (_what, status, run) => {
  await withFakeEngine(
    (_asked, response) => response.writeHead(status).end(),
    async (engine) => {
      await run(engine);
    },
  );
});

test('an error page of a proxy is shown as it is, and cut', async () => {
  await withFakeEngine(
    (_asked, response) => response.writeHead(502).end(`<html>${'x'.repeat(1_000_000)}`),
    async (engine) => {
      const error = await failureOf(engine.createContainer(creation(), resolve, soon()));
      expect(error.message).toContain('<html>');
      expect(error.message.length).toBeLessThan(70_000);
    },
  );
});

test('a file where a socket should be is unreachable', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stale-'));
  const path = join(folder, 'docker.sock');
  await writeFile(path, '');
  try {
    expect(await failureOf(connect({ kind: 'unix', path }).info(soon()))).toMatchObject({ code: 'unreachable' });
  } finally {
    await rm(folder, { recursive: true });
  }
});
