import { expect, test } from 'vitest';

import { containerId } from '../../src/model/id.ts';
import { failureOf, soon, withFakeEngine } from './support/fake-engine.ts';

const query = {
  stack: 'shop',
  networks: ['shop_default'],
  volumes: ['shop_data'],
  images: ['nginx'],
  containerNames: ['shop-web-1'],
};

test('a gigabyte of JSON is given up', async () => {
  await withFakeEngine(
    (_asked, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const megabyte = Buffer.alloc(1024 * 1024, ' ');
      let left = 1024;
      const more = (): void => {
        while (left-- > 0) if (!response.write(megabyte)) return;
        response.end('{}');
      };
      response.on('drain', more);
      more();
      return response;
    },
    async (engine) => {
      const before = process.memoryUsage.rss();
      expect(await failureOf(engine.info(AbortSignal.timeout(20_000)))).toMatchObject({ code: 'incompatible' });
      expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 1024 * 1024);
    },
  );
}, 30_000);

test('a redirect is not followed', async () => {
  await withFakeEngine(
    ({ path }, response) => {
      if (path === '/elsewhere') return {};
      return response.writeHead(307, { Location: '/elsewhere' }).end();
    },
    async (engine, { asked }) => {
      expect(await failureOf(engine.info(soon()))).toMatchObject({ code: 'incompatible' });
      expect(asked).toHaveLength(1);
    },
  );
});

test('headers without end are given up', async () => {
  await withFakeEngine(
    (_asked, response) => {
      response.socket?.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`);
      return response;
    },
    async (engine) => {
      expect(await failureOf(engine.info(soon()))).toMatchObject({ code: 'incompatible' });
    },
  );
});

test('an answer that is no JSON is incompatible', async () => {
  await withFakeEngine(
    (_asked, response) => response.writeHead(200).end('<html>hello</html>'),
    async (engine) => {
      expect(await failureOf(engine.info(soon()))).toMatchObject({ code: 'incompatible' });
    },
  );
});

test.each([
  ['null', null],
  ['a number', 7],
  ['a list of nothing', [null, 1, 'x', [], {}]],
  ['an empty object', {}],
  [
    'fields of other types',
    { Id: 5, Name: {}, State: 'running', Config: [], Volumes: { a: 1 }, NetworkSettings: null },
  ],
  ['a volume list that is text', { Volumes: 'x' }],
])('observing survives answers that are %s', async (_what, answer) => {
  await withFakeEngine(
    (_asked, response) => response.writeHead(200).end(JSON.stringify(answer)),
    async (engine) => {
      const observed = await engine.observe(query, soon());
      expect(observed.foreignContainerNames).toEqual([]);
    },
  );
});

test('a label called __proto__ stays a label', async () => {
  await withFakeEngine(
    (_asked, response) =>
      response.writeHead(200).end('{"Id":"c0ffee","Config":{"Labels":{"__proto__":"x","constructor":"y"}}}'),
    async (engine) => {
      const { labels } = await engine.inspectContainer(containerId('c0ffee'), soon());
      expect(labels).toEqual([
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ]);
      expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    },
  );
});

test('an event stream without line ends is given up', async () => {
  await withFakeEngine(
    (_asked, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(256 * 1024, 'x');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
      return response;
    },
    async (engine) => {
      const events = engine.events('shop', soon())[Symbol.asyncIterator]();
      expect(await failureOf(events.next())).toMatchObject({ code: 'incompatible' });
    },
  );
});

test('an event stream that ends is lost', async () => {
  await withFakeEngine(
    (_asked, response) => response.writeHead(200).end(),
    async (engine) => {
      const events = engine.events('shop', soon())[Symbol.asyncIterator]();
      expect(await failureOf(events.next())).toMatchObject({ code: 'lost' });
    },
  );
});

test('a name cannot reach another path', async () => {
  await withFakeEngine(
    (_asked, response) => response.writeHead(204).end(),
    async (engine, { asked }) => {
      await engine.removeVolume('../containers/x?force=1', soon());
      expect(asked[0]?.url).toBe('/v1.45/volumes/..%2Fcontainers%2Fx%3Fforce%3D1');
    },
  );
});
