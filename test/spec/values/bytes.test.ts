import { expect, test } from 'vitest';

import { parseBytes } from '../../../src/spec/values/bytes.ts';

test.each([
  ['0', 0],
  ['1024', 1024],
  ['2b', 2],
  ['64k', 65_536],
  ['64kb', 65_536],
  ['64KiB', 65_536],
  ['512m', 536_870_912],
  ['512MB', 536_870_912],
  ['1.5g', 1_610_612_736],
  ['1gb', 1_073_741_824],
  ['2T', 2_199_023_255_552],
  ['1tb', 1_099_511_627_776],
  ['1 gb', 1_073_741_824],
  ['1e3', 1000],
  ['1.0001k', 1024],
])('%s is %d bytes', (text, bytes) => {
  expect(parseBytes(text)).toEqual({ ok: true, value: bytes });
});

test.each([
  '',
  'k',
  '10zb',
  '-1',
  '-1m',
  '1e30g',
  '1  gb',
  '1mm',
  '1bb',
  '1 .5g',
  '0x10',
  '1_000',
  'NaN',
  '9007199254740992',
])('"%s" is refused', (text) => {
  expect(parseBytes(text).ok).toBe(false);
});
