import { expect, test } from 'vitest';
import { engineTime } from '../../src/engine/streams/logs.ts';

test.each([
  ['2026-11-21T21:53:26.489802364Z', '1795298006.489802364'],
  ['2026-11-21T21:53:26Z', '1795298006.000000000'],
  ['2026-11-21T22:53:26.5+01:00', '1795298006.500000000'],
  ['1795298006.25', '1795298006.25'],
])('the time %s of a container is asked for as %s, to the nanosecond', (time, asked) => {
  expect(engineTime(time)).toBe(asked);
});
