import fc from 'fast-check';
import { expect, test } from 'vitest';

import { contains, overlaps, parseAddress, parseSubnet } from '../../../src/spec/check/address.ts';

test.each([
  ['0.0.0.0', 32, 0n],
  ['10.0.0.1', 32, 167_772_161n],
  ['::', 128, 0n],
  ['::1', 128, 1n],
  ['1::', 128, 1n << 112n],
  ['::ffff:10.0.0.1', 128, (0xffffn << 32n) + 167_772_161n],
  ['1:2:3:4:5:6:7:8', 128, 0x0001_0002_0003_0004_0005_0006_0007_0008n],
])('%s is an address', (text, bits, value) => {
  expect(parseAddress(text)).toEqual({ bits, value });
});

test.each([
  '',
  '1.2.3',
  '1.2.3.256',
  '01.2.3.4',
  '1.2.3.4.5',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '12345::',
  'g::',
  '::1%eth0',
])('"%s" is none', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test('a subnet reaches from its first to its last address', () => {
  expect(parseSubnet('10.1.2.3/16')).toEqual({
    bits: 32,
    address: 0x0a_01_02_03n,
    first: 0x0a_01_00_00n,
    last: 0x0a_01_ff_ffn,
  });
});

test('two subnets overlap exactly when one contains the other', () => {
  const subnet = fc
    .tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(32))
    .map(([a, b, c, d, length]) => parseSubnet(`${a}.${b}.${c}.${d}/${length}`));
  fc.assert(
    fc.property(subnet, subnet, (one, other) => {
      if (one === undefined || other === undefined) throw new Error('every one of these is a subnet');
      expect(overlaps(one, other)).toBe(contains(one, other) || contains(other, one));
    }),
  );
});
