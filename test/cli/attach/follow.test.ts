import { expect, test } from 'vitest';
import { lastRun } from '../../../src/cli/attach/follow.ts';

const startedAt = '2026-01-01T00:00:10.5Z';

test.each([
  ['its first run', { startedAt, finishedAt: '' }, undefined],
  ['its first run, as engines write never', { startedAt, finishedAt: '0001-01-01T00:00:00Z' }, undefined],
  [
    'a later run, from the end of the one before',
    { startedAt, finishedAt: '2026-01-01T00:00:09.25Z' },
    '2026-01-01T00:00:09.25Z',
  ],
  [
    'a run that has ended, from a moment before its start',
    { startedAt, finishedAt: '2026-01-01T00:00:11Z' },
    '2026-01-01T00:00:10.300Z',
  ],
])('the output of a run is all of it: %s', (_, times, since) => {
  expect(lastRun(times).since).toBe(since);
});
