import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createReporter, isProgressMode, type ProgressMode } from '../../../src/cli/report/report.ts';
import type { Environment } from '../../../src/cli/text/color.ts';
import { operations, planOf, recordRun } from '../../tui/run.ts';

/** A stream that says it is a terminal of the usual size, and keeps what is written. */
function openTerminal(isTTY = true): { readonly output: NodeJS.WriteStream; readonly text: () => string } {
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 80, rows: 24 });
  return { output: output as unknown as NodeJS.WriteStream, text: () => (output.read() as string | null) ?? '' };
}

async function written(
  progress: ProgressMode,
  { isTTY = true, environment = { TERM: 'xterm' } as Environment, run = shortRun() } = {},
): Promise<string> {
  const { output, text } = openTerminal(isTTY);
  const options = { output, hasColor: false, now: () => run.nowMs(), date: () => 0, version: '1', environment };
  const reporter = createReporter({ ...options, progress });
  run.events.forEach(reporter.emit);
  await reporter.end();
  return text();
}

const shortRun = () =>
  recordRun(planOf([operations.network('default')]))
    .start(0)
    .after(100)
    .finish(0)
    .end();
const isLive = (text: string): boolean => text.includes('\u001b[?25l');

test('auto draws on a terminal', async () => {
  expect(isLive(await written('auto'))).toBe(true);
});

test.each([
  ['a pipe', { isTTY: false }],
  ['a dumb terminal', { environment: { TERM: 'dumb' } }],
  ['a terminal of a CI system', { environment: { TERM: 'xterm', CI: 'true' } }],
])('auto prints lines on %s', async (_, options) => {
  expect(await written('auto', options)).toBe(' Network wp_default  Created  0.1s\n✔ up wp: 1 of 1 done in 0.1s\n');
});

test('a run with nothing to do draws no screen', async () => {
  expect(await written('tty', { run: recordRun(planOf([])).after(100).end() })).toBe(
    '✔ up wp: nothing to do in 0.1s\n',
  );
});

test('the live screen leaves failures in full below its last frame', async () => {
  const run = recordRun(planOf([operations.network('default')]))
    .start(0)
    .fail(0, 'pool overlaps', ['with network other_default'])
    .end('failed');
  expect((await written('tty', { run })).split('\n').slice(-4)).toEqual([
    expect.stringMatching(/✘ Network wp_default: pool overlaps$/),
    '    with network other_default',
    '✘ up wp: failed with 0 of 1 done in 0.0s',
    '',
  ]);
});

test('quiet says nothing of what goes well and everything of what fails', async () => {
  expect(await written('quiet')).toBe('');
  const run = recordRun(planOf([operations.network('default')]))
    .start(0)
    .fail(0, 'pool overlaps')
    .end('failed');
  expect(await written('quiet', { run })).toBe('✘ Network wp_default: pool overlaps\n');
});

test('only the words that --progress takes are modes', () => {
  expect(['auto', 'tty', 'plain', 'json', 'quiet', 'rawjson', ''].filter(isProgressMode)).toEqual([
    'auto',
    'tty',
    'plain',
    'json',
    'quiet',
  ]);
});
