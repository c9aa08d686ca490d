import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { decodeStatus, type Status, type Vertex } from '../../../../src/engine/build/buildkit/control.ts';
import { createBuildLog } from '../../../../src/engine/build/buildkit/progress.ts';

/** Reports of Docker 26.1 on a build of three steps, of which the last fails. */
const recorded = readFileSync(join(import.meta.dirname, 'recorded-status.txt'), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => decodeStatus(Buffer.from(line, 'base64')));

const none: Status = { vertices: [], parts: [], logs: [], warnings: [] };

const vertex = (overrides: Partial<Vertex>): Vertex => ({
  digest: 'a',
  name: 'RUN make',
  isCached: false,
  startedMs: 1000,
  completedMs: undefined,
  error: '',
  ...overrides,
});

const output = (text: string | Uint8Array): Status => ({ ...none, logs: [{ vertex: 'a', bytes: Buffer.from(text) }] });

test('a recorded build reads as its steps, their output and how they ended', () => {
  const log = createBuildLog();
  const lines = recorded.flatMap(log.note).map((line) => line.replace(/\d+\.\ds$/, '0.0s'));
  expect(lines.slice(-9)).toMatchInlineSnapshot(`
    [
      "#4 [1/3] FROM docker.io/stack-test/busybox:1",
      "#4 DONE 0.0s",
      "#5 [2/3] RUN printf 'one\\ntw\\303\\244lf\\n'",
      "#5 one",
      "#5 twälf",
      "#5 DONE 0.0s",
      "#6 [3/3] RUN echo bad; exit 3",
      "#6 bad",
      "#6 ERROR: process "/bin/sh -c echo bad; exit 3" did not complete successfully: exit code: 3",
    ]
  `);
});

test('the step that failed is known, with its error and its output', () => {
  const log = createBuildLog();
  recorded.forEach(log.note);
  expect(log.failed()).toEqual({
    name: '[3/3] RUN echo bad; exit 3',
    error: 'process "/bin/sh -c echo bad; exit 3" did not complete successfully: exit code: 3',
    lines: ['bad'],
  });
});

test('a character and a line that come in pieces are put together', () => {
  const log = createBuildLog();
  log.note({ ...none, vertices: [vertex({})] });
  const bytes = Buffer.from('zwölf\n');
  expect(log.note(output(bytes.subarray(0, 3)))).toEqual([]);
  expect(log.note(output(bytes.subarray(3)))).toEqual(['#1 zwölf']);
});

test('the last line needs no line end', () => {
  const log = createBuildLog();
  log.note({ ...none, vertices: [vertex({})] });
  log.note(output('no end'));
  expect(log.note({ ...none, vertices: [vertex({ completedMs: 2500 })] })).toEqual(['#1 no end', '#1 DONE 1.5s']);
});

test('of a line that is drawn again and again the last drawing is told', () => {
  const log = createBuildLog();
  log.note({ ...none, vertices: [vertex({})] });
  expect(log.note(output('10%\r50%\r100%\r\n'))).toEqual(['#1 100%']);
});

test('output without a line end is bounded', () => {
  const log = createBuildLog();
  log.note({ ...none, vertices: [vertex({})] });
  for (let index = 0; index < 100; index += 1) log.note(output('x'.repeat(10_000)));
  const [line = ''] = log.note(output('\n'));
  expect(line.length).toBeLessThan(5000);
});

test('a step is told once, and ends once', () => {
  const log = createBuildLog();
  const report = { ...none, vertices: [vertex({ completedMs: 1000, isCached: true })] };
  expect(log.note(report)).toEqual(['#1 RUN make', '#1 CACHED']);
  expect(log.note(report)).toEqual([]);
});

test('a step that another one’s failure ended is not the one that failed', () => {
  const log = createBuildLog();
  const canceled = vertex({ digest: 'b', name: 'RUN other', completedMs: 2000, error: 'context canceled: gone' });
  const lines = log.note({ ...none, vertices: [canceled, vertex({ completedMs: 2000, error: 'exit code: 3' })] });
  expect(lines).toEqual(['#1 RUN other', '#1 CANCELED', '#2 RUN make', '#2 ERROR: exit code: 3']);
  expect(log.failed()?.name).toBe('RUN make');
});

test('no more than the last twenty lines of a step are kept', () => {
  const log = createBuildLog();
  log.note({ ...none, vertices: [vertex({})] });
  log.note(output(Array.from({ length: 30 }, (_, index) => `${index}\n`).join('')));
  log.note({ ...none, vertices: [vertex({ completedMs: 2000, error: 'exit code: 1' })] });
  expect(log.failed()?.lines).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 10)));
});
