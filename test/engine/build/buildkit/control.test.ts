import { expect, test } from 'vitest';

import { encodeSolve } from '../../../../src/engine/build/buildkit/control.ts';
import { messagesOf, readFields, textOf } from '../../../../src/engine/build/buildkit/protobuf.ts';

test('a request to build says what, by which session, under which names and with which caches', () => {
  const fields = readFields(
    encodeSolve(
      {
        ref: 'ref',
        options: [['filename', 'Dockerfile']],
        names: ['a:1', 'b:2'],
        entitlements: ['network.host'],
        cacheImports: [{ type: 'registry', attributes: [['ref', 'a:1']] }],
        cacheExports: [{ type: 'inline', attributes: [] }],
      },
      'session',
    ),
  );
  const pairs = (number: number) => messagesOf(fields, number).map((it) => [textOf(it, 1), textOf(it, 2)]);
  expect([textOf(fields, 1), textOf(fields, 3), textOf(fields, 5), textOf(fields, 6)]).toEqual([
    'ref',
    'moby',
    'session',
    'dockerfile.v0',
  ]);
  expect(pairs(4)).toEqual([['name', 'a:1,b:2']]);
  expect(pairs(7)).toEqual([['filename', 'Dockerfile']]);
  expect(textOf(fields, 9)).toBe('network.host');
  const [caches = []] = messagesOf(fields, 8);
  expect(messagesOf(caches, 4).map((it) => textOf(it, 1))).toEqual(['inline']);
  expect(messagesOf(caches, 5).map((it) => textOf(it, 1))).toEqual(['registry']);
});
