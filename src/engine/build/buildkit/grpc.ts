import type { ClientHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Readable, Writable } from 'node:stream';

import { bytesOf, messagesOf, readFields, textOf } from './protobuf.ts';

/** A call that ended with another status than 0. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly status: number;
  /** What the other side added, by the name of its type. */
  readonly details: ReadonlyMap<string, Uint8Array>;

  constructor(status: number, text: string, details: ReadonlyMap<string, Uint8Array> = new Map()) {
    super(text);
    this.status = status;
    this.details = details;
  }
}

/** The statuses that matter here. */
export const grpcStatus = { unknown: 2, notFound: 5, unimplemented: 12, internal: 13 } as const;

/** No message of these services is longer. */
const maxMessageBytes = 32 * 1024 * 1024;

/** A message in its frame. */
export function frame(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** The messages of a stream; none is ever compressed, because we never say that we could read that. */
export async function* readFrames(stream: Readable): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  // Whoever stops reading may still have something to write.
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 5) {
      const size = rest.readUInt32BE(1);
      if (size > maxMessageBytes || rest[0] !== 0) throw new GrpcError(grpcStatus.internal, 'a message is malformed');
      if (rest.length < 5 + size) break;
      yield rest.subarray(5, 5 + size);
      rest = rest.subarray(5 + size);
    }
  }
}

/** Writes as fast as the other side reads. */
export async function write(stream: Writable, bytes: Uint8Array): Promise<void> {
  if (stream.destroyed) throw new GrpcError(grpcStatus.unknown, 'the stream is closed');
  if (stream.write(frame(bytes))) return;
  await new Promise<void>((resolve) => {
    const wake = (): void => {
      stream.off('drain', wake);
      stream.off('close', wake);
      resolve();
    };
    stream.on('drain', wake);
    stream.on('close', wake);
  });
}

/** Calls a method with one message, and gives the messages that it answers; ends in a {@link GrpcError} if it fails. */
export async function* callMethod(
  client: ClientHttp2Session,
  method: string,
  request: Uint8Array,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const stream = client.request(
    { ':method': 'POST', ':path': `/${method}`, 'content-type': 'application/grpc', te: 'trailers' },
    { signal },
  );
  let outcome: Readonly<Record<string, unknown>> = {};
  const note = (headers: Readonly<Record<string, unknown>>): void => {
    outcome = { ...outcome, ...headers };
  };
  stream.on('response', note);
  stream.on('trailers', note);
  stream.end(frame(request));
  try {
    yield* readFrames(stream);
  } finally {
    stream.close();
  }
  const status = outcome['grpc-status'];
  if (status === undefined) throw Object.assign(new Error('it ended without a status'), { code: 'ECONNRESET' });
  if (status !== '0') throw failure(Number(status), outcome);
}

function failure(status: number, outcome: Readonly<Record<string, unknown>>): GrpcError {
  const text = percentDecoded(textHeader(outcome['grpc-message'])) || `the call ended with gRPC status ${status}`;
  const encoded = textHeader(outcome['grpc-status-details-bin']);
  return new GrpcError(status, text, encoded === '' ? new Map() : readDetails(Buffer.from(encoded, 'base64')));
}

const textHeader = (value: unknown): string => (typeof value === 'string' ? value : '');

function percentDecoded(text: string): string {
  const bytes = text.replace(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** `google.rpc.Status`: its details are messages of any type, which they name by a URL. */
function readDetails(status: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const details = messagesOf(readFields(status), 3).map((fields) => {
    const type = textOf(fields, 1);
    return [type.slice(type.lastIndexOf('/') + 1), bytesOf(fields, 2)] as const;
  });
  return new Map(details);
}

/** A call that the other side makes to us. */
export interface Incoming {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly stream: ServerHttp2Stream;
  readonly messages: AsyncGenerator<Uint8Array>;
}

/** Answers calls, each by its path. What a method throws becomes the status of its call. */
export type Methods = ReadonlyMap<string, (incoming: Incoming) => Promise<void>>;

/** Answers one call; one that no method is for is unimplemented, which the other side reckons with. */
export async function answerCall(
  methods: Methods,
  stream: ServerHttp2Stream,
  headers: Readonly<Record<string, unknown>>,
): Promise<void> {
  let status: { readonly code: number; readonly text: string } = { code: 0, text: '' };
  stream.on('error', () => undefined);
  stream.on('wantTrailers', () => {
    stream.sendTrailers({
      'grpc-status': String(status.code),
      ...(status.text === '' ? {} : { 'grpc-message': encodeURIComponent(status.text) }),
    });
  });
  try {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    const method = methods.get(String(headers[':path']));
    if (method === undefined)
      throw new GrpcError(grpcStatus.unimplemented, `unknown method ${String(headers[':path'])}`);
    await method({ headers, stream, messages: readFrames(stream) });
  } catch (cause) {
    const code = cause instanceof GrpcError ? cause.status : grpcStatus.unknown;
    status = { code, text: cause instanceof Error ? cause.message : String(cause) };
  }
  if (!stream.destroyed) stream.end();
}
