import { pack } from 'tar-stream';

import type { FileContent } from '../engine.ts';

/**
 * An uncompressed archive, to be unpacked at a container's root, that puts each file at its place with its owner
 * and mode. Missing parent folders are made by the engine.
 */
export async function packFiles(files: readonly FileContent[]): Promise<Buffer> {
  const archive = pack();
  for (const { file, bytes } of files) {
    const header = {
      name: file.target.replace(/^\/+/, ''),
      uid: file.uid,
      gid: file.gid,
      mode: file.mode,
      mtime: new Date(0),
    };
    archive.entry(header, Buffer.from(bytes));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
