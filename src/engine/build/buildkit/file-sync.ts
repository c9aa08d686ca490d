import { open } from 'node:fs/promises';
import type { ServerHttp2Stream } from 'node:http2';

import { LocalError } from '../../errors.ts';
import type { Entry } from './folder.ts';
import { GrpcError, grpcStatus, type Incoming, write } from './grpc.ts';
import { field, message, numberOf, readFields } from './protobuf.ts';

/** Folders that a build may read, by the name that it asks for. Each is walked anew whenever it is asked. */
export type Folders = ReadonlyMap<string, () => AsyncIterable<Entry>>;

/** Kinds of packets. */
const packet = { stat: 0, request: 1, data: 2, end: 3 } as const;
const chunkBytes = 32 * 1024;
/** Bits of a mode as Go has them; permissions are the same. */
const goMode = { folder: 1 << 31, link: 1 << 27, setUid: 1 << 23, setGid: 1 << 22, sticky: 1 << 20 } as const;

/**
 * Shows BuildKit a folder and sends those files of it that it does not know from before.
 *
 * We list everything and end the list; it asks for contents by position, while we still list or after; it says when it
 * has all, and we answer that. All belongs to root, as in contexts of any builder.
 */
export async function sendFolder(folders: Folders, { headers, stream, messages }: Incoming): Promise<void> {
  const asked = headers['dir-name'];
  const name = typeof asked === 'string' ? asked : 'context';
  const folder = folders.get(name);
  if (folder === undefined) throw new GrpcError(grpcStatus.notFound, `the build has no folder ${name}`);
  const listed: Entry[] = [];
  // What breaks while we list ends the call, whatever else is asked for meanwhile.
  await Promise.all([listEntries(stream, folder(), listed), answerRequests(stream, messages, listed)]);
  await write(stream, field(1, packet.end));
}

async function answerRequests(
  stream: ServerHttp2Stream,
  messages: Incoming['messages'],
  listed: readonly Entry[],
): Promise<void> {
  for await (const bytes of messages) {
    const fields = readFields(bytes);
    const kind = numberOf(fields, 1);
    if (kind === packet.end) return;
    if (kind !== packet.request) continue;
    const id = numberOf(fields, 3);
    const entry = listed[id];
    if (entry === undefined) throw new GrpcError(grpcStatus.internal, `there is no file ${id}`);
    await sendContent(stream, id, entry);
  }
}

async function listEntries(stream: ServerHttp2Stream, entries: AsyncIterable<Entry>, listed: Entry[]): Promise<void> {
  for await (const entry of entries) {
    listed.push(entry);
    await write(stream, message(2, ...statOf(entry)));
  }
  await write(stream, new Uint8Array());
}

function statOf({ path, kind, mode, size, modifiedMs, linkTarget }: Entry): readonly Uint8Array[] {
  return [
    field(1, path),
    field(2, goModeOf(kind, mode)),
    field(5, size),
    field(6, BigInt(Math.round(modifiedMs * 1e6))),
    field(7, linkTarget),
  ];
}

function goModeOf(kind: Entry['kind'], mode: number): number {
  const bits = [
    mode & 0o777,
    kind === 'folder' ? goMode.folder : 0,
    kind === 'link' ? goMode.link : 0,
    mode & 0o4000 ? goMode.setUid : 0,
    mode & 0o2000 ? goMode.setGid : 0,
    mode & 0o1000 ? goMode.sticky : 0,
  ];
  return bits.reduce((sum, bit) => sum | bit, 0) >>> 0;
}

async function sendContent(stream: ServerHttp2Stream, id: number, { content, path, size }: Entry): Promise<void> {
  const send = (data: Uint8Array): Promise<void> => write(stream, dataPacket(id, data));
  if (typeof content !== 'string') await send(content);
  else if (size > 0) await sendFile(content, path, send);
  await write(stream, dataPacket(id, new Uint8Array()));
}

async function sendFile(full: string, path: string, send: (data: Uint8Array) => Promise<void>): Promise<void> {
  const file = await open(full).catch((cause: unknown) => {
    throw new LocalError(`cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  try {
    for await (const chunk of file.createReadStream({ highWaterMark: chunkBytes, autoClose: false })) {
      await send(chunk as Uint8Array);
    }
  } finally {
    await file.close();
  }
}

function dataPacket(id: number, data: Uint8Array): Uint8Array {
  return Buffer.concat([field(1, packet.data), field(3, id), field(4, data.length === 0 ? undefined : data)]);
}
