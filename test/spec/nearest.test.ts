import { expect, test } from 'vitest';

import { nearest } from '../../src/spec/nearest.ts';

const words = ['image', 'init', 'ports', 'pid', 'environment', 'env_file'];

test.each([
  ['imgae', 'image'],
  ['iamge', 'image'],
  ['port', 'ports'],
  ['enviroment', 'environment'],
  ['Image', 'image'],
  ['pdi', 'pid'],
])('%s is taken for %s', (word, candidate) => {
  expect(nearest(word, words)).toBe(candidate);
});

test.each(['volume', 'x', '', 'gid_pids', 'image'])('nothing else is near "%s"', (word) => {
  expect(nearest(word, words)).toBeUndefined();
});

test('the nearest of several wins', () => {
  expect(nearest('dns_opts', ['dns', 'dns_op', 'dns_opt'])).toBe('dns_opt');
});
