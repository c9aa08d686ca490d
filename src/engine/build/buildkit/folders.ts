import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BuildSpec } from '../../../model/desired.ts';
import { type Dockerfile, isRemoteContext, readIgnoreFile, requireFolder } from '../context.ts';
import { parseIgnore } from '../ignore.ts';
import type { Folders } from './file-sync.ts';
import { type Entry, virtualFile, walkFolder } from './folder.ts';
import { dockerfileFolder, dockerfileName, namedContexts } from './options.ts';

/**
 * What a build reads of this machine: the Dockerfile alone, the context, and further folders, each without what its
 * `.dockerignore` names. Refuses a folder that is not there.
 */
export async function openFolders(build: BuildSpec, dockerfile: Dockerfile | undefined): Promise<Folders> {
  const folders = new Map<string, () => AsyncIterable<Entry>>();
  if (dockerfile !== undefined) {
    const entry = virtualFile(dockerfileName, dockerfile.text);
    folders.set(dockerfileFolder, async function* only() {
      yield await Promise.resolve(entry);
    });
  }
  if (dockerfile !== undefined && !isRemoteContext(build.context)) {
    await requireFolder(build.context);
    const ignore = parseIgnore((await readIgnoreFile(build, dockerfile)) ?? '');
    folders.set('context', () => walkFolder(build.context, ignore));
  }
  for (const { local } of namedContexts(build)) {
    if (local === undefined) continue;
    await requireFolder(local.folder);
    const text = await readFile(join(local.folder, '.dockerignore'), 'utf8').catch(() => '');
    folders.set(local.name, () => walkFolder(local.folder, parseIgnore(text)));
  }
  return folders;
}
