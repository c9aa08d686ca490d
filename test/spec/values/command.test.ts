import { describe, expect, test } from 'vitest';

import { splitCommand } from '../../../src/spec/values/command.ts';

describe('a command in one text', () => {
  test.each([
    ['a b  c', ['a', 'b', 'c']],
    ['a "b c" d', ['a', 'b c', 'd']],
    ["a 'b c'", ['a', 'b c']],
    ['a "b \\" c"', ['a', 'b " c']],
    ["a 'b\\c'", ['a', 'b\\c']],
    ['a\\ b', ['a b']],
    ['a"b"c', ['abc']],
    ["a '' b", ['a', '', 'b']],
    ['', []],
    ['""', ['']],
    ['a # b', ['a', '#', 'b']],
    ['a $(b c) d', ['a', '$(b c)', 'd']],
    ['a `b c`', ['a', '`b c`']],
    ['a "b > c"', ['a', 'b > c']],
  ])('%j is %j', (text, words) => {
    expect(splitCommand(text)).toEqual({ ok: true, value: { words, cutAt: undefined } });
  });

  test.each([
    ['a && b', ['a'], 2],
    ['a|b', ['a'], 1],
    ['a > b', ['a'], 2],
    ['a 2>b', ['a'], 3],
  ])('%j ends where a shell would be needed', (text, words, cutAt) => {
    expect(splitCommand(text)).toEqual({ ok: true, value: { words, cutAt } });
  });

  test.each(['a "b', "a 'b", 'a \\', '(a)', 'a)', 'a `b'])('%j is refused', (text) => {
    expect(splitCommand(text).ok).toBe(false);
  });
});
