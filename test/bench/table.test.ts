import { expect, test } from 'vitest';
import { median, type Pair, renderTable } from './table.ts';

const pair = (stack: number, compose: number): Pair => ({
  stack: { milliseconds: stack, peakBytes: 64 * 1024 ** 2 },
  compose: { milliseconds: compose, peakBytes: 32 * 1024 ** 2 },
});

test('ratios are taken round by round, so that a slow moment of the machine counts for both', () => {
  const pairs = [pair(100, 200), pair(3000, 1000), pair(100, 100)];
  expect(
    renderTable([{ title: 'up -d', pairs }], 'text')
      .split('\n')
      .at(1)
      ?.split(/ {2,}/),
  ).toEqual(['up -d', '3', '100', '200', '1.00', '0.50', '3.00', '64', '32']);
});

test('as Markdown, every row has as many cells as the heading', () => {
  const table = renderTable([{ title: 'version', pairs: [pair(1, 2)] }], 'markdown');
  const counts = table
    .trimEnd()
    .split('\n')
    .map((line) => line.split('|').length);
  expect(new Set(counts).size).toBe(1);
  expect(counts).toHaveLength(3);
});

test('of an even number of values, the median lies between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([10, 2, 9])).toBe(9);
});
