import type { Header, Pack } from 'tar-stream';

/** Writes one entry as fast as the archive is read. */
export async function writeEntry(
  archive: Pack,
  header: Partial<Header> & Pick<Header, 'name'>,
  content: AsyncIterable<Uint8Array> | readonly Uint8Array[],
): Promise<void> {
  const { promise: written, resolve, reject } = Promise.withResolvers<undefined>();
  // Where the content breaks first, nobody waits for this.
  written.catch(() => undefined);
  const entry = archive.entry(header, (error) => {
    if (error) reject(error);
    else resolve(undefined);
  });
  entry.on('error', reject);
  for await (const chunk of content) {
    if (!entry.write(chunk)) await Promise.race([drained(entry), written]);
  }
  entry.end(undefined);
  await written;
}

const drained = (entry: ReturnType<Pack['entry']>): Promise<void> =>
  new Promise((resolve) => {
    entry.once('drain', () => {
      resolve();
    });
  });
