import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { type Pack, pack } from 'tar-stream';

import type { BuildSpec } from '../../model/desired.ts';
import { LocalError } from '../errors.ts';
import { writeEntry } from '../streams/tar.ts';
import { type Ignore, parseIgnore } from './ignore.ts';

/** A Dockerfile and where the builder finds it. */
export interface Dockerfile {
  readonly text: string;
  /** Its path inside of the context; one of ours where it lies outside, or is written in the stack file. */
  readonly path: string;
  readonly isInContext: boolean;
}

/** Whether the builder fetches the context itself: a git repository or an archive by URL. */
export const isRemoteContext = (context: string): boolean => !isAbsolute(context);

/** Reads the Dockerfile of a build whose context is a folder. */
export async function readDockerfile(build: BuildSpec): Promise<Dockerfile> {
  if (build.dockerfileInline !== undefined) return foreign(build.dockerfileInline);
  const path = isAbsolute(build.dockerfile) ? build.dockerfile : join(build.context, build.dockerfile);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new LocalError(`cannot read the Dockerfile ${path}: ${messageOf(cause)}`, { cause });
  });
  const inside = relative(build.context, path);
  return inside.startsWith('../') || isAbsolute(inside) ? foreign(text) : { text, path: inside, isInContext: true };
}

/**
 * The context as a tar stream, read as it is sent: what `.dockerignore` leaves, owned by root, links as links;
 * sockets, pipes and devices are left out.
 */
export async function packContext(build: BuildSpec, dockerfile: Dockerfile): Promise<Readable> {
  await requireFolder(build.context);
  const ignoreText = await readIgnoreFile(build, dockerfile);
  const archive = pack();
  const packing = { root: build.context, dockerfile, ignoreText, ignore: parseIgnore(ignoreText ?? '') };
  const filling = fill(archive, packing).catch((cause: unknown) => {
    archive.destroy();
    return cause;
  });
  return Readable.from(readArchive(archive, filling, build.context));
}

/** Refuses a context on this machine that is not there. */
export async function requireFolder(context: string): Promise<void> {
  const root = await stat(context).catch(() => undefined);
  if (root?.isDirectory() !== true) throw new LocalError(`the build context ${context} is no folder`);
}

/** What breaks while the archive is filled ends it with the name of the file. */
async function* readArchive(archive: Pack, filling: Promise<unknown>, context: string): AsyncGenerator<Buffer> {
  let cut: unknown;
  try {
    for await (const chunk of archive) yield Buffer.from(chunk as Uint8Array);
  } catch (cause) {
    cut = cause;
  }
  const cause = (await filling) ?? cut;
  if (cause !== undefined) {
    throw new LocalError(`cannot read the build context ${context}: ${messageOf(cause)}`, { cause });
  }
}

function foreign(text: string): Dockerfile {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { text, path: `.dockerfile.${hash}`, isInContext: false };
}

/** A Dockerfile's own ignore file counts before the context's, as BuildKit has it. */
export async function readIgnoreFile(build: BuildSpec, dockerfile: Dockerfile): Promise<string | undefined> {
  const read = (name: string): Promise<string | undefined> =>
    readFile(join(build.context, name), 'utf8').catch(() => undefined);
  const own = dockerfile.isInContext ? await read(`${dockerfile.path}.dockerignore`) : undefined;
  return own ?? read('.dockerignore');
}

interface Packing {
  readonly root: string;
  readonly dockerfile: Dockerfile;
  readonly ignoreText: string | undefined;
  readonly ignore: Ignore;
}

async function fill(archive: Pack, packing: Packing): Promise<void> {
  await addFolder(archive, packing, '');
  const { dockerfile, ignoreText } = packing;
  if (!dockerfile.isInContext) {
    archive.entry({ name: dockerfile.path, mode: 0o600 }, dockerfile.text);
    // So that the builder drops our files before `COPY . .` can see them.
    archive.entry({ name: '.dockerignore', mode: 0o600 }, `${ignoreText ?? '.dockerignore'}\n${dockerfile.path}\n`);
  }
  archive.finalize();
}

async function addFolder(archive: Pack, packing: Packing, folder: string): Promise<void> {
  const names = await readdir(join(packing.root, folder));
  for (const name of names.toSorted()) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (path === '.dockerignore' && !packing.dockerfile.isInContext) continue;
    const stats = await lstat(join(packing.root, path));
    const isSent = !isLeftOut(packing, path);
    if (isSent) await addEntry(archive, packing.root, path, stats);
    if (stats.isDirectory() && (isSent || packing.ignore.mayReinclude)) await addFolder(archive, packing, path);
  }
}

/** The builder needs the Dockerfile and the ignore file, which it then removes itself. */
function isLeftOut({ dockerfile, ignore }: Packing, path: string): boolean {
  return path !== '.dockerignore' && path !== dockerfile.path && ignore.isIgnored(path);
}

async function addEntry(archive: Pack, root: string, path: string, stats: Stats): Promise<void> {
  const full = join(root, path);
  const header = { name: path, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0 };
  if (stats.isDirectory()) await writeEntry(archive, { ...header, type: 'directory' }, []);
  else if (stats.isSymbolicLink()) {
    await writeEntry(archive, { ...header, type: 'symlink', linkname: await readlink(full) }, []);
  } else if (stats.isFile()) {
    // As many bytes as there were when it was looked at: a file that grows meanwhile does not spoil the archive.
    const content = stats.size === 0 ? [] : createReadStream(full, { end: stats.size - 1 });
    await writeEntry(archive, { ...header, type: 'file', size: stats.size }, content).catch((cause: unknown) => {
      throw new Error(`${path}: ${messageOf(cause)}`, { cause });
    });
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
