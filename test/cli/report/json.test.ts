import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { jsonReporter } from '../../../src/cli/report/json.ts';
import type { Event } from '../../../src/model/event.ts';
import { engineName } from '../../../src/model/id.ts';
import { lockHolder } from '../../support/locks.ts';
import { operations, planOf, type Recorder, recordRun } from '../../tui/run.ts';

const holder = lockHolder({ stack: 'wp' });
const { create, network, pull, remove, start, stop } = operations;
const schemaFile = new URL('../../../schemas/progress.schema.json', import.meta.url);

/** The published schema, closed: a field that it does not describe is an error here. */
const closedSchema: unknown = JSON.parse(readFileSync(schemaFile, 'utf8'), (_, value: unknown) =>
  typeof value === 'object' && value !== null && 'properties' in value
    ? { ...value, additionalProperties: false }
    : value,
);
const validate = new Ajv({ strict: true, strictRequired: false, formats: { 'date-time': isoTime } }).compile(
  closedSchema as object,
);

function isoTime(text: string): boolean {
  return !Number.isNaN(Date.parse(text)) && text.endsWith('Z');
}

async function lines({ events }: Pick<Recorder, 'events'>): Promise<readonly string[]> {
  const output = new PassThrough({ encoding: 'utf8' });
  const reporter = jsonReporter({ output, date: () => 1_764_000_000_000, version: '1.2.3' });
  events.forEach(reporter.emit);
  await reporter.end();
  return (output.read() as string).split('\n').slice(0, -1);
}

async function told(run: Pick<Recorder, 'events'>): Promise<readonly Record<string, unknown>[]> {
  return (await lines(run)).map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A run in which every type of event comes up. */
function fullRun(): Recorder {
  const notice = { code: 'orphan', address: 'service/old' as const, message: 'orphan', hint: 'remove it' };
  const reasons = ['environment.DB_HOST: "a" → "b"'];
  const plan = planOf(
    [pull('mysql:9'), [create('web', 1, { reasons }), 0], stop('web'), [remove('web'), 2], [start('web', 1, 1), 1]],
    [notice, { ...notice, address: undefined, hint: undefined }],
  );
  return recordRun(plan)
    .start(0)
    .bytes(0, 10, 20)
    .says(0, 'extracting')
    .after(1_500.4)
    .finish(0)
    .start(1)
    .fail(1, 'no\u001b[2J', ['detail'], 'log in')
    .skip(4, 1)
    .add({ type: 'notice', notice })
    .add({ type: 'engine-state', engine: engineName('default'), state: 'lost', message: 'gone' })
    .add({ type: 'lock-waiting', holder })
    .add({ type: 'lock-taken-over', holder, because: 'silent' })
    .add({ type: 'lock-lost', stack: 'wp', engine: engineName('default') })
    .add({ type: 'interrupted', inFlight: 2 })
    .skip(2)
    .end('failed');
}

test('every line of every type is as the published schema says', async () => {
  const events = await told(fullRun());
  const types = new Set(events.map(({ type }) => type));
  expect(types).toEqual(
    new Set<Event['type'] | 'version'>([
      'version',
      'run-started',
      'round-started',
      'step-started',
      'step-progress',
      'step-done',
      'step-failed',
      'step-skipped',
      'notice',
      'engine-state',
      'lock-waiting',
      'lock-taken-over',
      'lock-lost',
      'interrupted',
      'run-ended',
    ]),
  );
  for (const event of events) {
    validate(event);
    expect([event, validate.errors]).toEqual([event, null]);
  }
});

test('the first line tells the version of the format and of the program', async () => {
  expect((await lines(recordRun(planOf([]))))[0]).toBe(
    '{"v":1,"ts":"2025-11-24T16:00:00.000Z","type":"version","program":"stack","version":"1.2.3"}',
  );
});

test('a step that is done tells resource, time and reason', async () => {
  const event = (await told(fullRun())).find(({ type }) => type === 'step-done');
  expect(event).toEqual({
    v: 1,
    ts: '2025-11-24T16:00:00.000Z',
    type: 'step-done',
    step: 0,
    operation: 'pull-image',
    resource: { kind: 'image', name: 'mysql:9', engine: 'default' },
    status: 'Pulled',
    durationMs: 1500,
    reasons: [],
  });
});

test('a plan is told with its reasons and its order, without the contents of containers', async () => {
  const round = (await told(fullRun())).find(({ type }) => type === 'round-started');
  expect((round?.['steps'] as readonly unknown[])[1]).toEqual({
    step: 1,
    operation: 'create-container',
    resource: { kind: 'container', name: 'wp-web-1', service: 'web', engine: 'default' },
    after: [0],
    reasons: ['environment.DB_HOST: "a" → "b"'],
  });
});

test('a skipped step names the step that failed', async () => {
  const skipped = (await told(fullRun())).filter(({ type }) => type === 'step-skipped');
  expect(skipped.map(({ because, failedStep }) => [because, failedStep])).toEqual([
    ['dependency', 1],
    ['interrupted', undefined],
  ]);
});

test('hostile text is escaped, so that a terminal can show the lines', async () => {
  const text = (await lines(fullRun())).join('');
  expect(text).toContain('no\\u001b[2J');
  expect(text).not.toMatch(/\p{Cc}/u);
});

test('a line is complete JSON even when a name holds a line end', async () => {
  const run = recordRun(planOf([network('a\nb')])).start(0);
  expect((await told(run)).at(-1)).toMatchObject({ resource: { name: 'wp_a\nb' } });
});

test('the end of a failed run names each failure once, with what the container said', async () => {
  const plan = planOf([create('web'), [start('web', 1, 0), 0]]);
  const run = recordRun(plan)
    .start(0)
    .finish(0)
    .start(1)
    .fail(1, 'exited with code 3', ['fatal: no such table'], 'look at it')
    .round(2, planOf([create('web')]))
    .end('failed');
  expect(JSON.parse((await lines(run)).at(-1) ?? '')).toMatchObject({
    type: 'run-ended',
    failures: [
      {
        operation: 'start-container',
        resource: { kind: 'container', name: 'wp-web-1', service: 'web' },
        error: { message: 'exited with code 3', hint: 'look at it', details: ['fatal: no such table'] },
      },
    ],
  });
});
