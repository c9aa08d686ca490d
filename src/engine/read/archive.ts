import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { extract } from 'tar-stream';

/** The content of the first file of an archive as text; empty if it has none, or one of more bytes. */
export async function firstFile(archive: Readable, maxBytes: number): Promise<string> {
  const entries = extract();
  archive.on('error', (cause) => entries.destroy(cause)).pipe(entries);
  try {
    for await (const entry of entries) return entry.header.size > maxBytes ? '' : await text(entry);
    return '';
  } finally {
    archive.destroy();
  }
}
