import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { makeTemporaryFolder } from '../../src/engine/temporary.ts';

const program = join(import.meta.dirname, '../../src/engine/temporary.ts');

function openParent(): string {
  const parent = mkdtempSync(join(tmpdir(), 'parent-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  return parent;
}

/** A process that makes a folder with something in it and is killed. */
async function leaveBehind(parent: string): Promise<string> {
  const code = `import('${program}').then((made) => console.log(made.makeTemporaryFolder('${parent}')));
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  const folder = text.toString().trim();
  writeFileSync(join(folder, 'secret'), 'x');
  child.kill('SIGKILL');
  await once(child, 'close');
  return folder;
}

test('what a killed process has left is removed by the next one', async () => {
  const parent = openParent();
  const left = await leaveBehind(parent);
  const made = makeTemporaryFolder(parent);

  expect([existsSync(left), existsSync(made)]).toEqual([false, true]);
});

test('what belongs to somebody who lives, or to processes that we cannot know, stays', () => {
  const parent = openParent();
  const own = makeTemporaryFolder(parent);
  const others = ['stack-elsewhere-999999999-', 'stack-999999999-', 'stack-'].map((name) =>
    mkdtempSync(join(parent, name)),
  );
  makeTemporaryFolder(parent);

  expect([own, ...others].filter((folder) => !existsSync(folder))).toEqual([]);
  expect(statSync(own).mode & 0o777).toBe(0o700);
});
