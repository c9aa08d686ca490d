import { type Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

import type { Ignore } from '../ignore.ts';

/** One thing that a folder holds, as BuildKit is told of it. */
export interface Entry {
  /** Relative, with `/`. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Permissions, set-id and sticky bits as the file system has them. */
  readonly mode: number;
  readonly size: number;
  readonly modifiedMs: number;
  readonly linkTarget: string;
  /** Where its content is: a path on this machine, or the content itself. */
  readonly content: string | Uint8Array;
}

/**
 * What of a folder is not ignored: parents before what they hold, names in the order of their bytes, as BuildKit wants
 * it. Links as links; sockets, pipes and devices are left out. A folder that is ignored stands where something in it
 * is not.
 */
export async function* walkFolder(root: string, ignore: Ignore, folder = ''): AsyncGenerator<Entry> {
  const names = await readdir(join(root, folder));
  for (const name of names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const stats = await lstat(join(root, path));
    const isIgnored = ignore.isIgnored(path);
    if (isIgnored && !(stats.isDirectory() && ignore.mayReinclude)) continue;
    const entry = await describe(join(root, path), path, stats);
    if (entry === undefined) continue;
    if (!isIgnored) yield entry;
    if (entry.kind === 'folder') yield* walkInside({ root, ignore, entry, isIgnored });
  }
}

interface Inside {
  readonly root: string;
  readonly ignore: Ignore;
  readonly entry: Entry;
  readonly isIgnored: boolean;
}

async function* walkInside({ root, ignore, entry, isIgnored }: Inside): AsyncGenerator<Entry> {
  let isTold = !isIgnored;
  for await (const inner of walkFolder(root, ignore, entry.path)) {
    if (!isTold) yield entry;
    isTold = true;
    yield inner;
  }
}

async function describe(full: string, path: string, stats: Stats): Promise<Entry | undefined> {
  const common = { path, mode: stats.mode & 0o7777, modifiedMs: stats.mtimeMs, linkTarget: '', size: 0, content: full };
  if (stats.isDirectory()) return { ...common, kind: 'folder' };
  if (stats.isSymbolicLink()) return { ...common, kind: 'link', linkTarget: await readlink(full) };
  return stats.isFile() ? { ...common, kind: 'file', size: stats.size } : undefined;
}

/** A file that is nowhere on this machine. */
export const virtualFile = (path: string, text: string): Entry => ({
  path,
  kind: 'file',
  mode: 0o644,
  size: Buffer.byteLength(text),
  modifiedMs: 0,
  linkTarget: '',
  content: Buffer.from(text),
});
