import { expect, test } from 'vitest';

import { failureOf, soon, withFakeEngine } from './support/fake-engine.ts';

const info = { ServerVersion: '26.1.5', OSType: 'linux', Architecture: 'x86_64', NCPU: 2, Name: 'host1' };

test('every path carries the negotiated API version', async () => {
  await withFakeEngine(
    () => info,
    async (engine, { asked }) => {
      expect((await engine.info(soon())).apiVersion).toBe('1.45');
      await engine.listStacks(soon());
      expect(asked.map(({ path }) => path)).toEqual(['/v1.45/info', '/v1.45/containers/json']);
    },
  );
});

test('an engine that is newer than us is spoken to in our newest API', async () => {
  await withFakeEngine(
    () => info,
    async (engine, { asked }) => {
      await engine.info(soon());
      expect(asked[0]?.path).toBe('/v1.51/info');
    },
    { pingHeaders: { 'Api-Version': '1.99' } },
  );
});

test('an engine below API 1.41 is refused, and told by name and version', async () => {
  await withFakeEngine(
    () => info,
    async (engine, { asked }) => {
      const { code, message } = await failureOf(engine.info(soon()));
      expect(code).toBe('incompatible');
      expect(message).toContain('engine fake');
      expect(message).toContain('Docker 19.03.9');
      expect(message).toContain('1.41');
      expect(asked).toEqual([]);
    },
    { pingHeaders: { 'Api-Version': '1.40', Server: 'Docker/19.03.9 (linux)' } },
  );
});

test('what names no API version is no Docker engine', async () => {
  await withFakeEngine(
    () => info,
    async (engine) => {
      expect(await failureOf(engine.info(soon()))).toMatchObject({ code: 'incompatible' });
    },
    { pingHeaders: {} },
  );
});

test('an engine that finds our API too old is incompatible', async () => {
  await withFakeEngine(
    (_asked, response) =>
      response
        .writeHead(400)
        .end('{"message":"client version 1.51 is too old. Minimum supported API version is 1.60"}'),
    async (engine) => {
      expect(await failureOf(engine.info(soon()))).toMatchObject({ code: 'incompatible' });
    },
  );
});

test('we say who we are', async () => {
  await withFakeEngine(
    () => info,
    async (engine, { asked }) => {
      await engine.info(soon());
      expect(asked[0]?.headers['user-agent']).toBe('stack/1.2.3');
    },
  );
});

test('the engine is described in our words', async () => {
  await withFakeEngine(
    () => ({ ...info, MemTotal: 1024, Labels: ['zone=a', 'odd', 'eq=a=b'] }),
    async (engine) => {
      expect(await engine.info(soon())).toEqual({
        version: '26.1.5',
        apiVersion: '1.45',
        os: 'linux',
        arch: 'amd64',
        cpus: 2,
        memoryBytes: 1024,
        labels: [
          ['zone', 'a'],
          ['odd', ''],
          ['eq', 'a=b'],
        ],
        hostname: 'host1',
        isLocal: true,
        createsWithManyNetworks: true,
      });
    },
  );
});

test('follow streams, however many, leave calls their sockets', async () => {
  await withFakeEngine(
    ({ path }, response) => {
      if (!path.endsWith('/events')) return info;
      response.writeHead(200).flushHeaders();
      return response;
    },
    async (engine) => {
      await engine.info(soon());
      const stop = new AbortController();
      const followers = Array.from({ length: 40 }, () =>
        failureOf(engine.events('shop', stop.signal)[Symbol.asyncIterator]().next()),
      );
      await engine.info(soon());
      stop.abort();
      for (const { code } of await Promise.all(followers)) expect(code).toBe('aborted');
    },
  );
});

test('a call costs little processor time however many sockets are warm', async () => {
  await withFakeEngine(
    () => info,
    async (engine) => {
      const burst = (): Promise<unknown> => Promise.all(Array.from({ length: 64 }, () => engine.info(soon())));
      await burst();
      await burst();
      const before = process.cpuUsage();
      await burst();
      const { user, system } = process.cpuUsage(before);
      // Both ends of the socket run in this process.
      expect((user + system) / 64 / 1000).toBeLessThan(4);
    },
  );
});
