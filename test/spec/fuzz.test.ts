import fc from 'fast-check';
import { expect, test } from 'vitest';

import { loadTexts } from './support/load.ts';

const seeds = [
  'services:\n  web:\n    image: a\n    ports: ["80:80", {target: 90, published: "9000-9010"}]\n    environment: {A: 010, B: ${X:-y}}\n',
  'x-a: &a {image: a, labels: [a=b]}\nservices:\n  web: {<<: *a, volumes: ["./a:/a:ro", data:/b], command: "a \'b c\'"}\nvolumes: {data: }\n',
  'include: [other.yaml]\nservices:\n  web: {extends: {service: b}, image: a}\n  b: {image: b, depends_on: [c], deploy: {replicas: 2}}\n  c: {image: c}\n',
  'name: ${N}\nservices:\n  web:\n    build: {context: ., args: [A, B=1], secrets: [s]}\n    healthcheck: {test: [CMD, x], interval: 1m30s}\n---\nservices: {web: {ports: !reset []}}\n',
];

/** Pieces that mean something to YAML, to Compose or to neither. */
const pieces = fc.constantFrom(
  ...[
    'services:',
    '\n',
    '\n  ',
    '\n    ',
    ' ',
    ':',
    ': ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '|',
    '>',
    '#',
  ],
  ...[
    '&a ',
    '*a',
    '<<: ',
    '!reset ',
    '!override ',
    '!!str ',
    '!x ',
    '---\n',
    '%YAML 1.1\n',
    '\t',
    '${',
    '}',
    '$A',
    ':-',
  ],
  ...[
    'image',
    'ports',
    'volumes',
    'networks',
    'extends',
    'include',
    'environment',
    'deploy',
    '0',
    '-1',
    '1e9',
    '~',
    'null',
  ],
  ...[
    'x-',
    '__proto__',
    'constructor',
    '../',
    '/a:/b',
    '80-90:80',
    '999999999999999999999',
    'true',
    '\u202e',
    '\u0000',
    '😀',
    '\r\n',
  ],
);

const text = fc.oneof(
  fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
  fc
    .record({
      seed: fc.constantFrom(...seeds),
      cuts: fc.array(fc.tuple(fc.nat(400), fc.nat(12), pieces), { maxLength: 6 }),
    })
    .map(({ seed, cuts }) =>
      cuts.reduce((whole, [at, length, piece]) => whole.slice(0, at) + piece + whole.slice(at + length), seed),
    ),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

const count = 10_000;

test(`none of ${count} files crashes or stalls loading, or says something else the second time`, {
  timeout: 300_000,
}, () => {
  const before = process.resourceUsage().maxRSS;
  let runs = 0;
  fc.assert(
    fc.property(text, text, fc.string({ maxLength: 40 }), (main, other, env) => {
      runs += 1;
      const files = { 'stack.yaml': main, 'other.yaml': other, '.env': env };
      const start = process.threadCpuUsage();
      const loaded = loadTexts(files);
      const { user, system } = process.threadCpuUsage(start);
      if (user + system > 1_000_000) throw new Error('it takes longer than a second');
      if (!loaded.ok && loaded.diagnostics.length === 0) throw new Error('it is refused without a word');
      // Of what is refused, a tenth is enough.
      if (loaded.ok || runs % 10 === 0) expect(loadTexts(files)).toEqual(loaded);
    }),
    { numRuns: count },
  );
  expect(runs).toBe(count);
  // In kB, the garbage of all files with it, which V8 collects when it likes: what one file may take is held elsewhere.
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(500_000);
});
