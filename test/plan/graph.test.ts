import { expect, test } from 'vitest';

import { closure, type Needs, orderByNeed } from '../../src/plan/graph.ts';

const needs = (entries: Readonly<Record<string, readonly string[]>>): Needs => new Map(Object.entries(entries));

test('what is needed comes first, names in order otherwise', () => {
  expect(orderByNeed(needs({ web: ['db', 'api'], db: [], api: ['db'], aside: [] }))).toEqual({
    names: ['db', 'api', 'aside', 'web'],
    cycles: [],
  });
});

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('a service may be called %s', (name) => {
  expect(
    orderByNeed(
      new Map([
        [name, ['db']],
        ['db', []],
      ]),
    ).names,
  ).toEqual(['db', name]);
});

test('a loop is reported as a closed path, and the rest is ordered all the same', () => {
  expect(orderByNeed(needs({ a: ['b'], b: ['c'], c: ['b'], d: ['a'] }))).toEqual({
    names: ['c', 'b', 'a', 'd'],
    cycles: [['b', 'c', 'b']],
  });
});

test('a service that needs itself is a loop', () => {
  expect(orderByNeed(needs({ a: ['a'] })).cycles).toEqual([['a', 'a']]);
});

test('a chain of twenty thousand services is ordered', () => {
  const count = 20_000;
  const chain: Needs = new Map(Array.from({ length: count }, (_, index) => [`s${index}`, [`s${index + 1}`]]));

  expect(orderByNeed(chain).names.at(-1)).toBe('s0');
});

test('the closure of a name is everything that it needs, loops included', () => {
  expect([...closure(needs({ a: ['b'], b: ['c'], c: ['a'], d: [] }), ['a'])]).toEqual(['a', 'b', 'c']);
});
