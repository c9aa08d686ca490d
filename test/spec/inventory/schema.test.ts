import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { grammars } from '../../../src/spec/formats.ts';

const text = readFileSync(`${import.meta.dirname}/../../../schemas/engines.schema.json`, 'utf8');

/** Every mapping inside the schema. */
function* mappings(part: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof part !== 'object' || part === null) return;
  if (!Array.isArray(part)) yield part as Readonly<Record<string, unknown>>;
  for (const inner of Object.values(part)) yield* mappings(inner);
}

const all = [...mappings(JSON.parse(text))];

test('every property is explained to the person who edits', () => {
  const properties = all.flatMap(({ properties: found }) => Object.entries((found ?? {}) as object)) as [
    string,
    { readonly description?: string },
  ][];
  expect(properties.length).toBeGreaterThan(15);
  expect(properties.filter(([, { description }]) => !/^[A-Z].{8,}[.]$/.test(description ?? ''))).toEqual([]);
});

test('every format is a grammar of ours', () => {
  const formats = all.flatMap(({ format }) => (typeof format === 'string' ? [format] : []));
  expect(formats.filter((format) => !(format in grammars))).toEqual([]);
});

test('every grammar says what it wants', () => {
  expect(all.filter(({ pattern, title }) => typeof pattern === 'string' && title === undefined)).toEqual([]);
});
