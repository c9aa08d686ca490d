import { expect, test } from 'vitest';

import { findings, load, stackWith } from './support/model.ts';

test('no number of warnings hides an error', () => {
  const labels = Array.from({ length: 700 }, (_, index) => `  - a${index}=$U${index}`).join('\n');
  const loaded = load(stackWith(`labels:\n${labels}\nimgae: x`));
  expect(loaded.ok ? [] : loaded.diagnostics.map(({ code }) => code)).toContain('unknown-key');
});

test('of a value whose variable is missing nothing else is said', () => {
  expect(findings(stackWith('ports: ["${A:?}:80", "${B:?}x${C:?}"]'))).toEqual([
    '4:14 required-variable',
    '4:27 required-variable',
    '4:34 required-variable',
  ]);
});

test('a file that is read twice is complained of once', () => {
  const files = {
    'stack.yaml': 'services: {a: {extends: {file: b.yaml, service: b}}, c: {extends: {file: b.yaml, service: b}}}\n',
    'b.yaml': 'services:\n  b: {image: "$U"}\n',
  };
  expect(findings(files).filter((finding) => finding.includes('unset'))).toEqual(['b.yaml:2:15 unset-variable']);
});
