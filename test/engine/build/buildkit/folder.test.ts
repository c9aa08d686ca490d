import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { walkFolder } from '../../../../src/engine/build/buildkit/folder.ts';
import { parseIgnore } from '../../../../src/engine/build/ignore.ts';

async function walk(files: readonly string[], ignored: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'walk-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
  await symlink('nowhere', join(folder, 'link'));
  const paths: string[] = [];
  for await (const { path } of walkFolder(folder, parseIgnore(ignored))) paths.push(path);
  return paths;
}

test('a folder comes before what it holds, and that before names that only begin like it', async () => {
  expect(await walk(['a/b', 'a-b', 'a.b', 'B'], '')).toEqual(['B', 'a', 'a/b', 'a-b', 'a.b', 'link']);
});

test('names are in the order of their bytes, whatever the language', async () => {
  expect(await walk(['\u{1F600}', '\uFFFD', 'é', 'z'], 'link')).toEqual(['z', 'é', '\uFFFD', '\u{1F600}']);
});

test('a folder that is ignored stands where something in it is not, and nowhere else', async () => {
  const files = ['logs/keep/a', 'logs/drop', 'other/drop', 'src/a'];
  expect(await walk(files, 'logs\nother\n!logs/keep\nlink')).toEqual([
    'logs',
    'logs/keep',
    'logs/keep/a',
    'src',
    'src/a',
  ]);
});
