import { pack } from 'tar-stream';

import type { FileContent } from '../engine.ts';

/**
 * An uncompressed archive, to be unpacked at a container's root, that puts each file at its place with its owner
 * and mode. Missing parent folders are made by the engine.
 */
export const packFiles = (files: readonly FileContent[]): Promise<Buffer> =>
  packEntries(
    files.map(({ file, bytes }) => ({
      path: file.target,
      uid: file.uid,
      gid: file.gid,
      mode: file.mode,
      content: Buffer.from(bytes),
    })),
  );

/** A file to put somewhere, or a folder, which has no content. */
export interface Entry {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  readonly content: Buffer | undefined;
}

/** The same for any files, and for folders that must not be as the engine would make them. */
export async function packEntries(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { path, uid, gid, mode, content } of entries) {
    const header = { name: path.replace(/^\/+/, ''), uid, gid, mode, mtime: new Date(0) };
    if (content === undefined) archive.entry({ ...header, type: 'directory' });
    else archive.entry(header, content);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
