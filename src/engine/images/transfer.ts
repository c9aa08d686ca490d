import type { IncomingMessage } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { type Extract, extract, type Pack, pack } from 'tar-stream';

import { imageId } from '../../model/id.ts';
import { type Engine, EngineError, type ImageArchive, type Work } from '../engine.ts';
import { engineError, orAbsent } from '../errors.ts';
import { at, listAt, numberAt, textAt, textsAt } from '../read/answer.ts';
import { mapBounded } from '../read/bounded.ts';
import type { Session } from '../session.ts';
import { readJsonLines } from '../streams/json-lines.ts';
import { throwIfError } from '../streams/progress.ts';
import { writeEntry } from '../streams/tar.ts';
import { chainIds, createLayerFilter } from './layers.ts';
import { parseReference } from './reference.ts';

/** Images that are asked for their layers: those made last, of which an update is the likeliest child. */
const maxAskedImages = 200;
/** Between two reports of progress. */
const reportedBytes = 1024 * 1024;

/** An image as an archive, without the layers whose chain ids the other side knows. */
export async function sendImage(
  session: Session,
  { image, known }: { readonly image: string; readonly known: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<ImageArchive> {
  const what = `export ${image}`;
  return session.call(what, signal, async (docker) => {
    const found = await docker.getImage(image).inspect({ abortSignal: signal });
    const isSpare = createLayerFilter(textsAt(found, 'RootFS', 'Layers'), known);
    const asked = { abortSignal: signal, _query: { names: [image] } };
    const archive = (await docker.getImages(asked)) as IncomingMessage;
    let sizeBytes = numberAt(found, 'Size');
    const leaveOut = (name: string, size: number): boolean => {
      const isLeftOut = isSpare(name);
      if (isLeftOut) sizeBytes = Math.max(0, sizeBytes - size);
      return isLeftOut;
    };
    return {
      imageId: imageId(textAt(found, 'Id')),
      sizeBytes: () => sizeBytes,
      chunks: naming(session, what, filterArchive(archive, leaveOut), signal),
    };
  });
}

/** What breaks while it is read is an error of the engine that it is read from. */
async function* naming(
  session: Session,
  what: string,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (cause) {
    throw engineError(session.target, what, cause, signal);
  }
}

/** The archive without some of its files, read as it is taken. Whoever stops taking ends the reading. */
async function* filterArchive(
  archive: IncomingMessage,
  leaveOut: (name: string, size: number) => boolean,
): AsyncGenerator<Uint8Array> {
  const incoming = extract();
  const outgoing = pack();
  pipeline(archive, incoming, () => undefined);
  const copying = copyEntries(incoming, outgoing, leaveOut);
  copying.catch((cause: unknown) => {
    outgoing.destroy(cause instanceof Error ? cause : undefined);
  });
  try {
    for await (const chunk of outgoing) yield chunk as Uint8Array;
    await copying;
  } finally {
    archive.destroy();
    outgoing.destroy();
  }
}

async function copyEntries(
  incoming: Extract,
  outgoing: Pack,
  leaveOut: (name: string, size: number) => boolean,
): Promise<void> {
  for await (const entry of incoming) {
    const { name, size } = entry.header;
    if (leaveOut(name, size)) entry.resume();
    else await writeEntry(outgoing, entry.header, entry as AsyncIterable<Uint8Array>);
  }
  outgoing.finalize();
}

interface Transfer {
  readonly image: string;
  readonly source: Pick<Engine, 'exportImage'>;
}

/**
 * Takes an image over from another engine. Layers that are here are not sent; an engine that refuses the archive
 * without them is sent all of them.
 */
export async function receiveImage(session: Session, transfer: Transfer, work: Work): Promise<void> {
  const { image } = transfer;
  if (parseReference(image).version.includes(':')) {
    const message = `receive ${image}: an image by digest comes from a registry only, which keeps digests`;
    throw new EngineError('rejected', session.target.name, message, { hint: 'name the image by a tag' });
  }
  const known = await readKnownChains(session, work.signal);
  try {
    await transferImage(session, transfer, known, work);
  } catch (cause) {
    const isRefused = cause instanceof EngineError && cause.engine === session.target.name && refusals.has(cause.code);
    if (!isRefused || known.size === 0) throw cause;
    await transferImage(session, transfer, new Set(), work);
  }
}

const refusals: ReadonlySet<string> = new Set(['rejected', 'not-found']);

/** Chains of layers that this engine has; none where it keeps images in containerd, which wants every file. */
async function readKnownChains(session: Session, signal: AbortSignal): Promise<ReadonlySet<string>> {
  return session.call('list images', signal, async (docker) => {
    const info = await docker.info({ abortSignal: signal });
    if (JSON.stringify(at(info, 'DriverStatus') ?? '').includes('io.containerd.snapshotter')) return new Set<string>();
    const images = listAt({ images: await docker.listImages({ abortSignal: signal }) }, 'images');
    const ids = [...new Set(images.map((image) => textAt(image, 'Id')))].slice(0, maxAskedImages);
    const chains = await mapBounded(ids, async (id) => {
      const answer = await orAbsent(docker.getImage(id).inspect({ abortSignal: signal }));
      return chainIds(textsAt(answer, 'RootFS', 'Layers'));
    });
    return new Set(chains.flat());
  });
}

async function transferImage(
  session: Session,
  { image, source }: Transfer,
  known: ReadonlySet<string>,
  { report, signal }: Work,
): Promise<void> {
  const what = `receive ${image}`;
  const archive = await source.exportImage(image, known, signal);
  let done = 0;
  const tell = (): void => {
    report({ kind: 'bytes', done, total: Math.max(done, archive.sizeBytes()) });
  };
  const body = Readable.from(
    counting(archive.chunks, (size) => {
      const before = Math.floor(done / reportedBytes);
      done += size;
      if (Math.floor(done / reportedBytes) > before) tell();
    }),
    { objectMode: false },
  );
  await session
    .call(what, signal, async (docker) => {
      const answer = (await docker.loadImage(body, { abortSignal: signal })) as IncomingMessage;
      for await (const message of readJsonLines(answer)) {
        throwIfError(session, what, message);
        tell();
      }
    })
    .finally(() => body.destroy());
  report({ kind: 'bytes', done, total: done });
  await settleReference(session, image, archive, { report, signal });
}

async function* counting(chunks: AsyncIterable<Uint8Array>, count: (size: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    count(chunk.length);
    yield chunk;
  }
}

/** Sees to it that the reference is this image here too, and says so where the engine gave it an id of its own. */
async function settleReference(
  session: Session,
  image: string,
  { imageId: sent }: ImageArchive,
  { report, signal }: Work,
): Promise<void> {
  const { name: repo, version: tag } = parseReference(image);
  await session.call(`tag ${image}`, signal, async (docker) => {
    const idOf = async (reference: string): Promise<string> =>
      textAt(await orAbsent(docker.getImage(reference).inspect({ abortSignal: signal })), 'Id');
    const here = await idOf(image);
    if (here === sent) return;
    if ((await idOf(sent)) === sent) await docker.getImage(sent).tag({ abortSignal: signal, _query: { repo, tag } });
    else if (here !== '') report({ kind: 'text', text: `${image} has the id ${here} here, and ${sent} there` });
    else throw new EngineError('rejected', session.target.name, `receive ${image}: it arrived under no name`);
  });
}
