import { describe, expect, test } from 'vitest';

import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { parseDotenv } from '../../src/spec/dotenv/parse.ts';
import { parseRawEnv } from '../../src/spec/dotenv/raw.ts';

function read(text: string, outer: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const variables = parseDotenv(
    { file: '.env', text },
    new Map(),
    (name) => outer[name],
    () => undefined,
  );
  return Object.fromEntries([...variables].map(([name, { value }]) => [name, value]));
}

function problems(text: string): readonly string[] {
  const found: Diagnostic[] = [];
  parseDotenv(
    { file: '.env', text },
    new Map(),
    () => undefined,
    (diagnostic) => found.push(diagnostic),
  );
  return found.map(({ code, span }) => `${span.line}:${span.column} ${code}`);
}

describe('a file of variables', () => {
  test.each([
    ['A=1', '1'],
    ['export A=1', '1'],
    ['A: yaml', 'yaml'],
    ['  A = 1  ', '1'],
    ['A=', ''],
    ['A=a=b', 'a=b'],
    ['A=a # comment', 'a'],
    ['A=a#b', 'a#b'],
    ["A='$B'", '$B'],
    ["A='it\\'s'", "it's"],
    ['A="a\\tb\\nc"', 'a\tb\nc'],
    ['A="a\\"b"', 'a"b'],
    ['A="two\nlines"', 'two\nlines'],
    ['A="\\0101"', 'A'],
    ['A="a\\qb"', 'a\\qb'],
    ['A=$$x', '$x'],
    ['A="\\$x"', '$x'],
    ['A=$(x)', '$(x)'],
    ['A="x" # c\nB=2', 'x'],
    ['# c\n\nA=1', '1'],
    ['A=${B:-d}', 'd'],
    ['B=1\nA="$B-${C-2}"', '1-2'],
    ['A=1\nA=2', '2'],
  ])('%j sets A to %j', (text, value) => {
    expect(read(text)['A']).toBe(value);
  });

  test('variables from outside count more in references', () => {
    expect(read('B=inner\nA=$B', { B: 'outer' })).toEqual({ A: 'outer', B: 'inner' });
  });

  test('a name alone takes the value from outside, or is not set', () => {
    expect(read('A\nB\n', { A: 'x' })).toEqual({ A: 'x' });
  });

  test.each([
    ['A B=1', ['1:2 bad-env-file']],
    ['A=1\nB!=2', ['2:2 bad-env-file']],
    ['=x', ['1:1 bad-env-file']],
    ['A="x\nB=2', ['1:3 bad-env-file']],
    ['A=${', ['1:3 bad-env-file']],
    ['A=${U:?}', ['1:3 required-variable']],
    ['A=$U', ['1:3 unset-variable']],
    ['A=1\nA=2', ['2:1 duplicate-variable']],
  ])('%j is told as %j', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test('values that repeat each other end at 8 MiB', () => {
    const doubling = `A=${'x'.repeat(1000)}\n${'A=$A$A\n'.repeat(50)}`;
    expect(problems(doubling).join()).toContain('value-too-long');
  });
});

test('the raw format takes lines as they are', () => {
  const text = 'A="x"\n# c\nB=$A # b\nC\nD\n';
  const variables = parseRawEnv(
    { file: 'x', text },
    new Map(),
    (name) => (name === 'C' ? 'c' : undefined),
    () => undefined,
  );
  expect([...variables].map(([name, { value }]) => `${name}:${value}`)).toEqual(['A:"x"', 'B:$A # b', 'C:c']);
});
