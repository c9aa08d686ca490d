import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { plainReporter } from '../../../src/cli/report/plain.ts';
import type { Reporter } from '../../../src/cli/report/reporter.ts';
import { engineName } from '../../../src/model/id.ts';
import { operations, planOf, type Recorder, recordRun } from '../../tui/run.ts';

const { awaitHealthy, build, create, network, pull, remove, start, stop } = operations;

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => vi.useRealTimers());

function openReporter(
  now = (): number => 0,
  hasColor = false,
): { readonly reporter: Reporter; readonly text: () => string } {
  const output = new PassThrough({ encoding: 'utf8' });
  return {
    reporter: plainReporter({ output, hasColor, now }),
    text: () => (output.read() as string | null) ?? '',
  };
}

/** What the reporter prints for a whole run. */
async function printed({ events }: Recorder): Promise<readonly string[]> {
  const { reporter, text } = openReporter();
  events.forEach(reporter.emit);
  await reporter.end();
  return text().split('\n').slice(0, -1);
}

test('each thing done is a line with its time, and a summary comes last', async () => {
  const plan = planOf([network('default'), [create('db'), 0], [start('db', 1, 1), 1]]);
  const run = recordRun(plan)
    .start(0)
    .after(80)
    .finish(0)
    .start(1)
    .after(820)
    .finish(1)
    .start(2)
    .after(100)
    .finish(2)
    .end();
  expect(await printed(run)).toEqual([
    ' Network wp_default  Created  0.1s',
    ' Container wp-db-1  Created  0.8s',
    ' Container wp-db-1  Started  0.1s',
    '✔ up wp: 2 of 2 done in 1.0s',
  ]);
});

test('a replacement is one line with the reason, without the end of the container before it', async () => {
  const reasons = ['environment.DB_HOST: "a" → "b"'];
  const plan = planOf([create('web', 1, { reasons }), stop('web'), remove('web'), start('web', 1, 0)]);
  const run = recordRun(plan)
    .start(0)
    .after(800)
    .finish(0)
    .start(1)
    .finish(1)
    .start(2)
    .finish(2)
    .start(3)
    .finish(3)
    .end();
  expect(await printed(run)).toEqual([
    ' Container wp-web-1  Recreated  0.8s  (environment.DB_HOST: "a" → "b")',
    ' Container wp-web-1  Started  0.0s',
    '✔ up wp: 1 of 1 done in 0.8s',
  ]);
});

test('what takes longer than two seconds is told while it runs, then ever less often', () => {
  let nowMs = 0;
  const { reporter, text } = openReporter(() => nowMs);
  const run = recordRun(planOf([create('db'), [awaitHealthy('db', 1, 0), 0]]))
    .start(0)
    .finish(0)
    .start(1);
  run.events.forEach(reporter.emit);
  text();
  const told: string[] = [];
  for (nowMs = 0; nowMs <= 130_000; nowMs += 500) {
    vi.advanceTimersByTime(500);
    told.push(...text().split('\n').filter(Boolean));
  }
  expect(told).toEqual(
    ['2.0s', '10.0s', '30.0s', '1m00s', '2m00s'].map((time) => ` Container wp-db-1  Waiting  ${time}  (until healthy)`),
  );
});

test('a pull that takes long says how many bytes it has', () => {
  let nowMs = 0;
  const { reporter, text } = openReporter(() => nowMs);
  const run = recordRun(planOf([pull('mysql:9')]))
    .start(0)
    .bytes(0, 120e6, 300e6);
  run.events.forEach(reporter.emit);
  nowMs = 2_400;
  vi.advanceTimersByTime(500);
  expect(text()).toBe(' Image mysql:9  Pulling  2.4s  (120MB of 300MB)\n');
});

test('nothing is told of a step that has ended', () => {
  let nowMs = 0;
  const { reporter, text } = openReporter(() => nowMs);
  recordRun(planOf([network('default')]))
    .start(0)
    .finish(0)
    .events.forEach(reporter.emit);
  text();
  nowMs = 5_000;
  vi.advanceTimersByTime(5_000);
  expect(text()).toBe('');
});

test('a failure is told at once, and at the end with everything that the engine said', async () => {
  const plan = planOf([create('db'), [start('db', 1, 0), 0], [create('web'), 1], [start('web', 1, 2), 2]]);
  const run = recordRun(plan)
    .start(0)
    .finish(0)
    .start(1)
    .after(300)
    .fail(1, 'port is already allocated', ['0.0.0.0:80 is held by other-1'], 'stop it or publish another')
    .skip(2, 1)
    .skip(3, 1)
    .end('failed');
  expect(await printed(run)).toEqual([
    ' Container wp-db-1  Created  0.0s',
    ' Container wp-db-1  Failed  0.3s  (port is already allocated)',
    ' Container wp-web-1  Skipped  (Container wp-db-1 failed)',
    '✘ Container wp-db-1: port is already allocated',
    '    0.0.0.0:80 is held by other-1',
    '  hint: stop it or publish another',
    '- Not done: wp-web-1',
    '✘ up wp: failed with 0 of 2 done in 0.3s',
  ]);
});

test('a failure is told at the end although a later round put the old container back', async () => {
  const plan = planOf([create('web'), [start('web', 1, 0), 0]]);
  const run = recordRun(plan)
    .start(0)
    .finish(0)
    .start(1)
    .fail(1, 'wp-web-1 exited with code 3', ['fatal: no such table'])
    .round(2, planOf([remove('web')]))
    .start(0)
    .finish(0)
    .end('failed');
  expect((await printed(run)).slice(-3)).toEqual([
    '✘ Container wp-web-1: wp-web-1 exited with code 3',
    '    fatal: no such table',
    '✘ up wp: failed with 0 of 1 done in 0.0s',
  ]);
});

test('a failure that a later round made good is not told at the end', async () => {
  const run = recordRun(planOf([network('default')]))
    .start(0)
    .fail(0, 'timeout')
    .round(2, planOf([network('default')]))
    .start(0)
    .finish(0)
    .end();
  expect((await printed(run)).filter((line) => line.startsWith('✘'))).toEqual([]);
});

test('an interruption says what goes on and what to do next', async () => {
  const run = recordRun(planOf([create('db'), [create('web'), 0]]))
    .start(0)
    .add({ type: 'interrupted', inFlight: 1 })
    .finish(0)
    .skip(1)
    .end('interrupted');
  expect(await printed(run)).toEqual([
    'Interrupted: finishing 1 call in flight, starting nothing new (Ctrl-C again to quit now)',
    ' Container wp-db-1  Created  0.0s',
    ' Container wp-web-1  Skipped  (interrupted)',
    '- Not done: wp-web-1',
    '! up wp: interrupted with 1 of 2 done in 0.0s; run it again to go on',
  ]);
});

test('nothing is told of a wait that an interruption cut short', () => {
  let nowMs = 0;
  const { reporter, text } = openReporter(() => nowMs);
  const run = recordRun(planOf([create('db'), [awaitHealthy('db', 1, 0), 0]]))
    .start(0)
    .finish(0)
    .start(1)
    .skip(1);
  run.events.forEach(reporter.emit);
  text();
  nowMs = 5_000;
  vi.advanceTimersByTime(5_000);
  expect(text()).toBe('');
});

test('a notice is told once, whatever the number of rounds', async () => {
  const notice = {
    code: 'orphan',
    address: undefined,
    message: 'wp-old-1 is in no file',
    hint: 'use --remove-orphans',
  };
  const run = recordRun(planOf([network('default')], [notice]))
    .start(0)
    .finish(0)
    .round(2, planOf([], [{ ...notice }]))
    .end();
  expect((await printed(run)).slice(0, 2)).toEqual(['! wp-old-1 is in no file', '  hint: use --remove-orphans']);
  expect((await printed(run)).filter((line) => line.includes('wp-old-1'))).toHaveLength(1);
});

test('with several engines every line names its engine', async () => {
  const engines = [engineName('h1'), engineName('h2')] as const;
  const run = recordRun(planOf([create('web', 1, { engine: engines[1] })]), { engines })
    .start(0)
    .finish(0)
    .add({ type: 'engine-state', engine: engines[0], state: 'lost', message: 'connection lost, waiting (30 s)' })
    .end();
  expect(await printed(run)).toEqual([
    ' Container wp-web-1 on h2  Created  0.0s',
    ' Engine h1  Lost  (connection lost, waiting (30 s))',
    '✔ up wp: 1 of 1 done in 0.0s',
  ]);
});

test('a run without anything to do says so', async () => {
  expect(await printed(recordRun(planOf([])).after(100).end())).toEqual(['✔ up wp: nothing to do in 0.1s']);
});

test('a run that breaks off has no summary', async () => {
  expect(
    await printed(
      recordRun(planOf([create('db')]))
        .start(0)
        .finish(0),
    ),
  ).toEqual([' Container wp-db-1  Created  0.0s']);
});

test('hostile words of an engine cannot act on the terminal or forge a line', async () => {
  const run = recordRun(planOf([create('db')]))
    .start(0)
    .fail(0, 'no\u001b[2J\u0007', ['a\n Container wp-db-1  Started', '\u009b1A'])
    .end('failed');
  expect(await printed(run)).toEqual([
    ' Container wp-db-1  Failed  0.0s  (no␛[2J␇)',
    '✘ Container wp-db-1: no␛[2J␇',
    '    a',
    '     Container wp-db-1  Started',
    '    �1A',
    '✘ up wp: failed with 0 of 1 done in 0.0s',
  ]);
});

test('what a builder says is told line by line, clean, and with the image that it is about', async () => {
  const plan = planOf([build('web'), build('db')]);
  const run = recordRun(plan)
    .start(0)
    .start(1)
    .says(0, '#1 [1/2] RUN make')
    .says(1, '#1 [1/1] FROM x')
    .says(0, '#1 \u001B[2Jhalf done')
    .after(100)
    .finish(0)
    .finish(1)
    .end();
  expect(await printed(run)).toEqual([
    ' Image wp-web  #1 [1/2] RUN make',
    ' Image wp-db  #1 [1/1] FROM x',
    ' Image wp-web  #1 ␛[2Jhalf done',
    ' Image wp-web  Built  0.1s',
    ' Image wp-db  Built  0.1s',
    expect.stringMatching(/^✔ up wp: 2 of 2 done/),
  ]);
});
