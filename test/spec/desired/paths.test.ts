import { expect, test } from 'vitest';

import { loadStack } from '../../../src/spec/load.ts';
import { memorySources, request } from '../support/load.ts';

type Texts = Readonly<Record<string, string>>;

/** `file:line:column code` of what loading says, where some paths are links. */
function findings(texts: Texts, links: Texts = {}): readonly string[] {
  const sources = memorySources(texts);
  const resolve = (path: string): string | undefined => links[path] ?? sources.resolve(path);
  const loaded = loadStack(request, { ...sources, resolve });
  const diagnostics = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return diagnostics.map(({ code, severity, span }) => `${span.file}:${span.line} ${severity} ${code}`);
}

const withSecret = (file: string): string =>
  `services:\n  web:\n    image: a\n    secrets: [token]\nsecrets:\n  token:\n    file: ${file}\n`;

test('the main file may read where it likes', () => {
  expect(findings({ 'stack.yaml': withSecret('../etc/token'), '../etc/token': 'x' })).toEqual([]);
});

test('a link that leads out of the project is told of', () => {
  expect(findings({ 'stack.yaml': withSecret('./token'), token: 'x' }, { '/app/token': '/etc/shadow' })).toEqual([
    'stack.yaml:7 warning outside-folder',
  ]);
});

test('an included file reads beside and below itself', () => {
  const texts = {
    'stack.yaml': 'include: [part/stack.yaml]\n',
    'part/stack.yaml': withSecret('./keys/token'),
    'part/keys/token': 'x',
  };

  expect(findings(texts)).toEqual([]);
});

test.each([
  ['above itself', '../token', {}],
  ['through a link', './token', { '/app/part/token': '/etc/shadow' }],
])('an included file may not read %s', (_, file, links) => {
  const texts = {
    'stack.yaml': 'include: [part/stack.yaml]\n',
    'part/stack.yaml': withSecret(file),
    token: 'x',
    'part/token': 'x',
  };

  expect(findings(texts, links)).toEqual(['part/stack.yaml:7 error outside-folder']);
});

test('a folder with a name that begins like the project is not in it', () => {
  const texts = {
    'stack.yaml': 'include: [part/stack.yaml]\n',
    'part/stack.yaml': withSecret('../part-two/token'),
    'part-two/token': 'x',
  };

  expect(findings(texts)).toEqual(['part/stack.yaml:7 error outside-folder']);
});
