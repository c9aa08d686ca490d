import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  bytesOf,
  field,
  MalformedMessage,
  message,
  messagesOf,
  numberOf,
  readFields,
  textMap,
  textOf,
} from '../../../../src/engine/build/buildkit/protobuf.ts';

test('a field’s bytes are those of the format', () => {
  expect(Buffer.from(field(1, 150)).toString('hex')).toBe('089601');
  expect(Buffer.from(field(2, 'testing')).toString('hex')).toBe('120774657374696e67');
  expect(Buffer.from(message(3, field(1, 150))).toString('hex')).toBe('1a03089601');
  expect(Buffer.from(field(1, -1)).toString('hex')).toBe('08ffffffffffffffffff01');
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.string({ unit: 'grapheme' }), fc.uint8Array(), (number, text, bytes) => {
      const fields = readFields(Buffer.concat([field(1, number), field(2, text), field(300, bytes)]));
      expect(numberOf(fields, 1)).toBe(number);
      expect(textOf(fields, 2)).toBe(text);
      expect(Buffer.from(bytesOf(fields, 300))).toEqual(Buffer.from(bytes));
    }),
  );
});

test('a map is an entry for each pair, in order', () => {
  const fields = readFields(
    textMap(7, [
      ['a', '1'],
      ['b', ''],
    ]),
  );
  expect(messagesOf(fields, 7).map((entry) => [textOf(entry, 1), textOf(entry, 2)])).toEqual([
    ['a', '1'],
    ['b', ''],
  ]);
});

test('fields of a fixed width are passed over', () => {
  const bytes = Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4, 0x18, 5]);
  expect(numberOf(readFields(bytes), 3)).toBe(5);
});

test('any bytes are a message or malformed, and nothing else happens', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        readFields(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessage);
      }
    }),
  );
});
