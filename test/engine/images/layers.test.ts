import { expect, test } from 'vitest';

import { chainIds, createLayerFilter } from '../../../src/engine/images/layers.ts';

/** Layers of an image on both versions, and what Docker 20.10 calls the folders of the lower two. */
const layers = [
  'sha256:50ae63b9006dcb0b79654ac45b76eebe894ccf9b75a3fef52276ae54ae3e3801',
  'sha256:fa035563bdf9afd02ba2d1dc4e24211b03a6184c49d0f58f81e49a41cdc8930b',
  'sha256:1cdb9a349bedfc3ba300e0cb750e8021f1a59e8253b34afad6e137e34794c3ed',
];
const folders = [
  '6660c7082adbd6824d72d2a590d4be37ba9b989ab6a12090f4337aec8a657870',
  'e6b6b4b37522e5fcf6b2c3eb5ab256397ed8a9bb1439e3453978e2c8b88ef805',
];
const top = '28641521763e9142ff04330b5ef9a1a9e11e3711d14d0b5ead082f66c82bb29d';

const blob = (diffId: string): string => `blobs/${diffId.replace(':', '/')}`;
const files = [...layers.map(blob), ...[...folders, top].map((folder) => `${folder}/layer.tar`)];
const leftOut = (known: readonly string[], of = layers): readonly string[] =>
  files.filter(createLayerFilter(of, new Set(known)));

test('the lowest layer’s chain is the layer itself', () => {
  expect(chainIds(layers)[0]).toBe(layers[0]);
  expect(new Set(chainIds(layers)).size).toBe(3);
});

test('where nothing is known, nothing is left out', () => {
  expect(leftOut([])).toEqual([]);
});

test('known layers are left out of the archives of old and new engines', () => {
  const known = chainIds(layers).slice(0, 2);
  expect(leftOut(known)).toEqual([
    blob(layers[0] ?? ''),
    blob(layers[1] ?? ''),
    ...folders.map((it) => `${it}/layer.tar`),
  ]);
});

test('where all is known, no layer is sent', () => {
  expect(leftOut(chainIds(layers))).toEqual(files);
});

test('a layer that is known on top of others only is sent', () => {
  expect(leftOut([chainIds(layers)[1] ?? ''])).toEqual([]);
});

test('a known layer that occurs again on unknown ones is sent', () => {
  const [first = '', second = ''] = layers;
  expect(leftOut([first], [first, second, first])).toEqual([]);
});

test('what is no layer is always sent', () => {
  const isSpare = createLayerFilter(layers, new Set(chainIds(layers)));
  expect(['manifest.json', `${top}/json`, `${top}.json`, 'blobs/sha256/0'].filter(isSpare)).toEqual([]);
});
