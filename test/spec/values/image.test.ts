import { expect, test } from 'vitest';

import { imageFault } from '../../../src/spec/values/image.ts';

test.each([
  'nginx',
  'nginx:1.27-alpine',
  'library/nginx',
  'localhost/app',
  'localhost:5000/team/app:Latest_1.0',
  'Registry.Example.com/app',
  '[fd00::1]:5000/app',
  `app@sha256:${'a'.repeat(64)}`,
  `app:1@sha256:${'a'.repeat(64)}`,
  'a_b/c__d/e-f/g---h/i.j',
  'f'.repeat(64),
])('%s is an image reference', (text) => {
  expect(imageFault(text)).toBeUndefined();
});

test.each([
  ['Nginx', 'small letters'],
  ['a//b', 'slashes'],
  ['/a', 'slashes'],
  ['a/', 'slashes'],
  [':tag', 'no name'],
  ['nginx:', 'tag'],
  ['nginx:a b', 'space'],
  ['nginx:-a', 'tag'],
  ['x@sha256:12', 'digest'],
  ['a@b@c', 'two digests'],
  ['a'.repeat(300), '255'],
  ['-a', 'wrong place'],
  ['a.', 'wrong place'],
  ['a..b', 'wrong place'],
  ['a___b', 'wrong place'],
  ['$(id)', 'signs'],
  ['a\n', 'line end'],
])('%j is none', (text, reason) => {
  expect(imageFault(text)).toContain(reason);
});
