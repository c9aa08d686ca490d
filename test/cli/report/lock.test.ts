import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createReporter } from '../../../src/cli/report/report.ts';
import type { Event } from '../../../src/model/event.ts';
import { engineName } from '../../../src/model/id.ts';
import { lockHolder, lockOwner } from '../../support/locks.ts';
import { operations, planOf, recordRun } from '../../tui/run.ts';

const holder = lockHolder({ stack: 'wp', owner: lockOwner({ user: 'an\u001b[2Jna' }) });
const before: readonly Event[] = [
  { type: 'lock-waiting', holder, atMs: 0 },
  { type: 'lock-taken-over', holder, because: 'gone', atMs: 1 },
  { type: 'lock-taken-over', holder, because: 'silent', atMs: 2 },
];
const told = [
  'Waiting: project wp is being changed by an␛[2Jna@ci-7 pid 4121 (up, 12s ago)',
  'Took the lock of project wp over from an␛[2Jna@ci-7 pid 4121: its process is gone',
  'Took the lock of project wp over from an␛[2Jna@ci-7 pid 4121: it gave no sign of life',
];

function written(progress: 'plain' | 'tty' | 'quiet', events: readonly Event[]): readonly string[] {
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns: 80, rows: 24 });
  const stream = output as unknown as NodeJS.WriteStream;
  const options = { hasColor: false, now: () => 0, date: () => 0, version: '1', environment: {} };
  const reporter = createReporter({ ...options, output: stream, progress });
  events.forEach(reporter.emit);
  return ((output.read() as string | null) ?? '').split('\n').slice(0, -1);
}

test.each(['plain', 'tty'] as const)(
  '%s: whom a run waits for, and whose lock it took, is told at once',
  (progress) => {
    expect(written(progress, before)).toEqual(told);
  },
);

test('quiet says nothing of locks', () => {
  expect(written('quiet', before)).toEqual([]);
});

test('a lock that is lost is told when it happens', () => {
  const run = recordRun(planOf([operations.network('default')]))
    .start(0)
    .add({ type: 'lock-lost', stack: 'wp', engine: engineName('default') });
  expect(written('plain', run.events)).toEqual([
    'The lock of project wp is lost: finishing what is in flight, starting nothing new',
  ]);
});
