import { PassThrough, Writable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogPrinter, type LogPrinterOptions, type LogSource } from '../../../src/cli/logs/printer.ts';
import type { LogLine } from '../../../src/engine/engine.ts';

type Said = readonly [timestamp: string, text: string, stream?: LogLine['stream']];

const at = (seconds: number, fraction = '000000000'): string =>
  `2026-03-01T12:00:${String(seconds).padStart(2, '0')}.${fraction}Z`;

/** A container that has said these lines. */
function source(name: string, said: readonly Said[]): LogSource {
  async function* lines(): AsyncGenerator<LogLine> {
    for (const [timestamp, text, stream = 'stdout'] of said) yield await Promise.resolve({ timestamp, text, stream });
  }
  return { name, service: name.replace(/-\d+$/, ''), lines: lines() };
}

function open(overrides: Partial<LogPrinterOptions> = {}) {
  const stdout = new PassThrough({ encoding: 'utf8' });
  const stderr = new PassThrough({ encoding: 'utf8' });
  const style = { hasColor: false, timestamps: false, prefix: true, names: [] };
  return {
    printer: createLogPrinter({ stdout, stderr, ...style, ...overrides }),
    stdout: () => (stdout.read() as string | null) ?? '',
    stderr: () => (stderr.read() as string | null) ?? '',
  };
}

test('lines stand behind the name of their container, as wide as the longest name', async () => {
  const { printer, stdout } = open({ names: ['db-1', 'wordpress-1'] });
  await printer.follow(source('db-1', [[at(0), 'ready']]));
  await printer.follow(source('wordpress-1', [[at(0), 'hello']]));
  expect(stdout()).toBe('db-1         | ready\nwordpress-1  | hello\n');
});

test('a longer name that joins widens what comes after it', async () => {
  const { printer, stdout } = open({ names: ['db-1'] });
  for (const name of ['db-1', 'wordpress-1', 'db-1']) await printer.follow(source(name, [[at(0), 'x']]));
  expect(stdout()).toBe('db-1  | x\nwordpress-1  | x\ndb-1         | x\n');
});

test('what a container writes to standard error goes there', async () => {
  const { printer, stdout, stderr } = open();
  await printer.follow(
    source('web-1', [
      [at(0), 'out'],
      [at(1), 'err', 'stderr'],
    ]),
  );
  expect([stdout(), stderr()]).toEqual(['web-1  | out\n', 'web-1  | err\n']);
});

test('timestamps are the engine’s', async () => {
  const { printer, stdout } = open({ timestamps: true });
  await printer.follow(source('web-1', [[at(7, '123456789'), 'x']]));
  expect(stdout()).toBe('web-1  | 2026-03-01T12:00:07.123456789Z x\n');
});

test('without prefixes lines stand alone', async () => {
  const { printer, stdout } = open({ prefix: false });
  await printer.follow(source('web-1', [[at(0), 'x']]));
  expect(stdout()).toBe('x\n');
});

test('logs of several containers come in the order of time, to the nanosecond', async () => {
  const { printer, stdout } = open();
  await printer.merge([
    source('a-1', [
      [at(1), 'one'],
      [at(3, '000000002'), 'four'],
    ]),
    source('b-1', [
      [at(2), 'two'],
      [at(3, '000000001'), 'three'],
    ]),
    source('c-1', []),
  ]);
  expect(stdout().match(/\w+$/gm)).toEqual(['one', 'two', 'three', 'four']);
});

test('times of engines in other zones and with fewer digits are compared as times', async () => {
  const { printer, stdout } = open();
  await printer.merge([
    source('a-1', [['2026-03-01T13:00:02.5+01:00', 'second']]),
    source('b-1', [['2026-03-01T12:00:02.499999999Z', 'first']]),
  ]);
  expect(stdout().match(/\w+$/gm)).toEqual(['first', 'second']);
});

test('merging keeps every line, the order of each container, and the order of time', async () => {
  const times = fc.array(fc.nat(59), { maxLength: 8 }).map((seconds) => seconds.toSorted((a, b) => a - b));
  await fc.assert(
    fc.asyncProperty(fc.array(times, { minLength: 1, maxLength: 5 }), async (containers) => {
      const { printer, stdout } = open({ timestamps: true, prefix: false });
      await printer.merge(
        containers.map((seconds, own) =>
          source(
            `s-${own}`,
            seconds.map((second, index) => [at(second), `${own}.${index}`]),
          ),
        ),
      );
      const lines = stdout().split('\n').slice(0, -1);
      const expected = containers
        .flatMap((seconds, own) => seconds.map((second, index) => ({ second, own, index })))
        .toSorted((a, b) => a.second - b.second || a.own - b.own || a.index - b.index);
      expect(lines).toEqual(expected.map(({ second, own, index }) => `${at(second)} ${own}.${index}`));
    }),
  );
});

test('a service has the same colour in every run, and colours differ between services', async () => {
  const prefixes = await Promise.all(
    ['web-1', 'web-2', 'db-1'].map(async (name) => {
      const { printer, stdout } = open({ hasColor: true });
      await printer.follow(source(name, [[at(0), 'x']]));
      return /^\u001b\[(\d+)m/.exec(stdout())?.[1];
    }),
  );
  expect(prefixes[0]).toBe(prefixes[1]);
  expect(prefixes[0]).not.toBe(prefixes[2]);
});

test('containers keep their colours where there are colours, and lose them where there are none', async () => {
  const said: readonly Said[] = [[at(0), '\u001b[32mok\u001b[0m done']];
  const coloured = open({ hasColor: true, prefix: false });
  const plain = open({ prefix: false });
  await coloured.printer.follow(source('web-1', said));
  await plain.printer.follow(source('web-1', said));
  expect(coloured.stdout()).toBe('\u001b[32mok\u001b[0m done\u001b[0m\n');
  expect(plain.stdout()).toBe('ok done\n');
});

test('a line cannot act on the terminal or pass for another container’s', async () => {
  const { printer, stdout } = open({ hasColor: true, prefix: false });
  await printer.follow(source('web-1', [[at(0), '\u001b[2J\u001b]52;c;eA\u0007\rdb-1  | fake\ndb-1  | fake\u202e']]));
  expect(stdout()).toBe('␛[2J␛]52;c;eA␇␍db-1  | fake␊db-1  | fake�\n');
});

test('a reader that is slow holds back the containers', async () => {
  let taken = 0;
  async function* endless(): AsyncGenerator<LogLine> {
    for (; ; taken += 1) yield await Promise.resolve({ stream: 'stdout', timestamp: at(0), text: 'x'.repeat(100) });
  }
  const stuck = new Writable({ highWaterMark: 1_000, write: () => undefined });
  const { printer } = open({ stdout: stuck });
  const follows = [1, 2, 3].map((slot) => printer.follow({ name: `w-${slot}`, service: 'w', lines: endless() }));
  for (let turn = 0; turn < 1_000; turn += 1) await Promise.resolve();
  expect(taken).toBeLessThan(15);
  stuck.destroy();
  await Promise.all(follows);
});

test('following goes on when the reader catches up', async () => {
  const stdout = new PassThrough({ encoding: 'utf8', highWaterMark: 10 });
  const { printer } = open({ stdout });
  let text = '';
  stdout.on('data', (chunk: string) => (text += chunk));
  const said = Array.from({ length: 50 }, (_, index): Said => [at(0), `line ${index}`]);
  await Promise.all([printer.follow(source('a-1', said)), printer.follow(source('b-1', said))]);
  expect(text.match(/a-1/g)).toHaveLength(50);
  expect(text.match(/b-1/g)).toHaveLength(50);
});

test('following ends when the reader has gone, and lets go of the container', async () => {
  let isReleased = false;
  async function* endless(): AsyncGenerator<LogLine> {
    try {
      for (;;) yield await Promise.resolve({ stream: 'stdout', timestamp: at(0), text: 'x' });
    } finally {
      isReleased = true;
    }
  }
  const stdout = new PassThrough();
  const { printer } = open({ stdout });
  stdout.destroy();
  await printer.merge([{ name: 'a-1', service: 'a', lines: endless() }]);
  expect(isReleased).toBe(true);
});

test('the error of one container reaches the caller and ends the others', async () => {
  let isReleased = false;
  async function* fine(): AsyncGenerator<LogLine> {
    try {
      for (;;) yield await Promise.resolve({ stream: 'stdout', timestamp: at(5), text: 'x' });
    } finally {
      isReleased = true;
    }
  }
  async function* broken(): AsyncGenerator<LogLine> {
    yield await Promise.resolve({ stream: 'stdout', timestamp: at(1), text: 'last words' });
    throw new Error('connection lost');
  }
  const { printer, stdout } = open();
  const sources = [fine(), broken()].map((lines, slot) => ({ name: `w-${slot}`, service: 'w', lines }));
  await expect(printer.merge(sources)).rejects.toThrow('connection lost');
  expect(stdout()).toContain('last words');
  expect(isReleased).toBe(true);
});

test('a notice names its container', async () => {
  const { printer, stdout } = open({ names: ['web-1'] });
  await printer.notice('web-1', 'web', 'exited with code 0');
  expect(stdout()).toBe('web-1 exited with code 0\n');
});
