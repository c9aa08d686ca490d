import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { LogLine } from '../../../src/engine/engine.ts';
import { readMultiplexed, readTerminal } from '../../../src/engine/streams/logs.ts';
import { containerId } from '../../../src/model/id.ts';
import { failureOf, frame, soon, withFakeEngine } from '../support/fake-engine.ts';

const time = '2026-11-21T09:30:00.123456789Z';
const all = { follow: false, tail: undefined, since: undefined, until: undefined };

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function collect(lines: AsyncIterable<LogLine>): Promise<readonly LogLine[]> {
  const collected: LogLine[] = [];
  for await (const line of lines) collected.push(line);
  return collected;
}

const read = (bytes: Buffer, size = bytes.length): Promise<readonly LogLine[]> =>
  collect(readMultiplexed(inPieces(bytes, Math.max(1, size))));

test('a line comes with its stream and its time', async () => {
  const bytes = Buffer.concat([frame(1, `${time} hello\n`), frame(2, `${time} oh no\n`), frame(1, `${time} \n`)]);
  expect(await read(bytes)).toEqual([
    { stream: 'stdout', timestamp: time, text: 'hello' },
    { stream: 'stderr', timestamp: time, text: 'oh no' },
    { stream: 'stdout', timestamp: time, text: '' },
  ]);
});

test('what the engine says in place of output is an error in its words', async () => {
  const bytes = Buffer.concat([frame(1, `${time} hello\n`), frame(3, 'Error grabbing logs: node is not available\n')]);
  await expect(read(bytes)).rejects.toThrow('Error grabbing logs: node is not available');
});

test('the last line may lack its end', async () => {
  expect(await read(frame(1, `${time} hello`))).toEqual([{ stream: 'stdout', timestamp: time, text: 'hello' }]);
});

test('a long line that comes in several messages is one line with one time', async () => {
  const bytes = Buffer.concat([frame(1, `${time} aaa`), frame(2, `${time} x\n`), frame(1, `${time} bbb\n`)]);
  expect((await read(bytes)).map(({ text }) => text)).toEqual(['x', 'aaabbb']);
});

test('a character that is split between messages stays whole', async () => {
  const snowman = Buffer.from('☃');
  const first = Buffer.concat([Buffer.from(`${time} a`), snowman.subarray(0, 1)]);
  const second = Buffer.concat([Buffer.from(`${time} `), snowman.subarray(1), Buffer.from('b\n')]);
  expect((await read(Buffer.concat([frame(1, first), frame(1, second)]))).map(({ text }) => text)).toEqual(['a☃b']);
});

test('invalid UTF-8 is replaced', async () => {
  const bytes = Buffer.concat([Buffer.from(`${time} a`), Buffer.from([0xff]), Buffer.from('b\n')]);
  expect((await read(frame(1, bytes)))[0]?.text).toBe('a\uFFFDb');
});

test('a line of a hundred megabytes is cut at 64 KiB and does not pile up', async () => {
  const piece = Buffer.alloc(64 * 1024, 'x');
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for (let count = 0; count < 1600; count++) yield frame(1, piece);
    yield frame(1, `\n${time} next\n`);
  };
  const before = process.memoryUsage().heapUsed;
  const lines = await collect(readMultiplexed(chunks()));
  expect(lines.map(({ text }) => text.length)).toEqual([64 * 1024, 4]);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(50 * 1024 * 1024);
});

test('a frame that claims four gigabytes is read as it comes', async () => {
  const header = Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const bytes = Buffer.concat([header, Buffer.alloc(200_000, 'y')]);
  expect((await read(bytes, 10_000))[0]?.text.length).toBe(64 * 1024);
});

test('a chunk full of tiny frames is read in linear time and no stack', async () => {
  const bytes = Buffer.concat(Array.from({ length: 30_000 }, () => frame(1, 'z')));
  const start = process.cpuUsage();
  const lines = await read(bytes);
  expect(lines.map(({ text }) => text.length)).toEqual([30_000]);
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000);
});

test('a header that is none ends the stream instead of showing garbage', async () => {
  await expect(read(Buffer.from('hello, this is no frame'))).rejects.toThrow('corrupt');
});

test('lines are the same however the bytes are cut', { timeout: 30_000 }, async () => {
  const message = fc.record({ stream: fc.constantFrom(1 as const, 2 as const), text: fc.string({ unit: 'binary' }) });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 6 }), fc.integer({ min: 1, max: 50 }), async (messages, size) => {
      const bytes = Buffer.concat(messages.map(({ stream, text }) => frame(stream, `${time} ${text}\n`)));
      expect(await read(bytes, size)).toEqual(await read(bytes));
    }),
    { numRuns: 40 },
  );
});

test('a terminal has one stream and no frames', async () => {
  const bytes = Buffer.from(`${time} one\r\n${time} two\r\n`);
  expect(await collect(readTerminal(inPieces(bytes, 7)))).toEqual([
    { stream: 'stdout', timestamp: time, text: 'one' },
    { stream: 'stdout', timestamp: time, text: 'two' },
  ]);
});

test('a container with a terminal is read as one', async () => {
  await withFakeEngine(
    ({ path }, response) =>
      path.endsWith('/json') ? { Config: { Tty: true } } : response.writeHead(200).end(`${time} plain\r\n`),
    async (engine) => {
      const lines = await collect(engine.logs(containerId('c0ffee'), all, soon()));
      expect(lines).toEqual([{ stream: 'stdout', timestamp: time, text: 'plain' }]);
    },
  );
});

test('whoever takes lines slowly holds the engine back', async () => {
  let sent = 0;
  await withFakeEngine(
    ({ path }, response) => {
      if (path.endsWith('/json')) return {};
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && sent < 200_000_000) {
          const bytes = frame(1, `${time} ${'x'.repeat(10_000)}\n`);
          sent += bytes.length;
          if (!response.write(bytes)) return;
        }
        response.end();
      };
      response.on('drain', more);
      more();
      return response;
    },
    async (engine) => {
      for await (const _line of engine.logs(containerId('c0ffee'), all, soon())) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        break;
      }
      expect(sent).toBeLessThan(20_000_000);
    },
  );
});

test('what is asked for reaches the engine', async () => {
  await withFakeEngine(
    ({ path }, response) => (path.endsWith('/json') ? {} : response.writeHead(200).end()),
    async (engine, { asked }) => {
      await collect(engine.logs(containerId('c0ffee'), { follow: true, tail: 5, since: '10', until: '20' }, soon()));
      expect(Object.fromEntries(asked[1]?.query ?? [])).toEqual({
        stdout: '1',
        stderr: '1',
        timestamps: '1',
        follow: '1',
        tail: '5',
        since: '10',
        until: '20',
      });
    },
  );
});

test('aborting ends a follower', async () => {
  await withFakeEngine(
    ({ path }, response) => {
      if (path.endsWith('/json')) return {};
      response.writeHead(200).flushHeaders();
      return response;
    },
    async (engine) => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 50);
      const following = collect(engine.logs(containerId('c0ffee'), { ...all, follow: true }, stop.signal));
      expect(await failureOf(following)).toMatchObject({ code: 'aborted' });
    },
  );
});
