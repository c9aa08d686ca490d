import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const schema = JSON.parse(readFileSync(`${import.meta.dirname}/../../../schemas/stack.schema.json`, 'utf8')) as Part;

interface Part {
  readonly properties?: Readonly<Record<string, Part>>;
  readonly $defs?: Readonly<Record<string, Part>>;
  readonly description?: string;
  readonly title?: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly maxLength?: number;
  readonly uniqueItems?: boolean;
  readonly maxItems?: number;
  readonly $ref?: string;
}

/** Every schema inside the schema, with its path. */
function* parts(part: unknown, path = '#'): Generator<readonly [string, Part]> {
  if (typeof part !== 'object' || part === null) return;
  if (!Array.isArray(part) && !/\/(properties|\$defs|patternProperties)$/.test(path)) yield [path, part];
  for (const [key, value] of Object.entries(part)) yield* parts(value, `${path}/${key}`);
}

const all = [...parts(schema)];

test('every property is explained to the person who edits', () => {
  const properties = all.flatMap(([path, part]) =>
    Object.entries(part.properties ?? {}).map(([name, property]) => [`${path}/${name}`, property] as const),
  );

  expect(properties.length).toBeGreaterThan(250);
  expect(
    properties.filter(([, { description }]) => !/^[A-Z`'"~].{8,}[.]$/.test(description ?? '')).map(([path]) => path),
  ).toEqual([]);
});

test('services have the 93 attributes of the Compose specification', () => {
  expect(Object.keys(schema.$defs?.['service']?.properties ?? {})).toHaveLength(93);
});

test('every pattern and format says in its title what it expects, and bounds the length first', () => {
  const texts = all.filter(([, part]) => part.pattern !== undefined || part.format !== undefined);

  expect(texts.length).toBeGreaterThan(10);
  expect(
    texts.filter(([, part]) => part.title === undefined || part.maxLength === undefined).map(([path]) => path),
  ).toEqual([]);
});

test('no pattern repeats a group that repeats', () => {
  const patterns = all.flatMap(([, { pattern }]) => pattern ?? []);

  expect(patterns.filter((pattern) => /[*+}][^()]*\)([*+]|\{\d+,)/.test(pattern))).toEqual([]);
});

test('lists of unique items are short', () => {
  expect(all.filter(([, part]) => part.uniqueItems === true && part.maxItems === undefined)).toEqual([]);
});

test('every reference leads somewhere', () => {
  const names = new Set(Object.keys(schema.$defs ?? {}));
  const used = new Set(all.flatMap(([, { $ref }]) => $ref?.replace('#/$defs/', '') ?? []));

  expect([...used].filter((name) => !names.has(name))).toEqual([]);
  expect([...names].filter((name) => !used.has(name))).toEqual([]);
});
