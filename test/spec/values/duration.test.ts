import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration } from '../../../src/model/units.ts';
import { parseDuration } from '../../../src/spec/values/duration.ts';

test.each([
  ['0', 0],
  ['0s', 0],
  ['10s', 10_000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['2h32m', 9_120_000],
  ['500ms', 500],
  ['250us', 0.25],
  ['250µs', 0.25],
  ['1ns', 0.000001],
  ['1h5m30s20ms', 3_930_020],
  ['30s1m', 90_000],
  ['+5s', 5_000],
  ['1d', 86_400_000],
  ['2w', 1_209_600_000],
])('%s is %d milliseconds', (text, ms) => {
  expect(parseDuration(text)).toEqual({ ok: true, value: ms });
});

test.each(['', '10', '1x', '-5s', '1h1h', '99999999h', '1 s', 's', '1s ', 'x1s', '1s5', '1.2.3s', '.s', '+', '1S'])(
  '"%s" is refused',
  (text) => {
    expect(parseDuration(text).ok).toBe(false);
  },
);

test('a number without unit is answered with what was probably meant', () => {
  expect(parseDuration('10')).toEqual({
    ok: false,
    error: 'a number needs a unit: "10s" is seconds, "10m" is minutes',
  });
});

test('what is printed is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toEqual({ ok: true, value: ms });
    }),
  );
});

test('any text is answered', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.smhdwnuµ-+ ') }), (text) => {
      const parsed = parseDuration(text);
      if (parsed.ok) expect(parsed.value).toBeGreaterThanOrEqual(0);
    }),
  );
});
