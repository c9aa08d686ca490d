import { callMethod } from './grpc.ts';
import {
  bytesOf,
  type Field,
  field,
  hasField,
  message,
  messagesOf,
  numberOf,
  readFields,
  textMap,
  textOf,
} from './protobuf.ts';
import type { BuildKit } from './session.ts';

/** What BuildKit is to build. */
export interface Solve {
  /** Names the build for {@link readStatus}. */
  readonly ref: string;
  /** Options of the Dockerfile frontend. */
  readonly options: readonly (readonly [string, string])[];
  /** Names of the image. */
  readonly names: readonly string[];
  readonly entitlements: readonly string[];
  readonly cacheImports: readonly CacheEntry[];
  readonly cacheExports: readonly CacheEntry[];
}

/** Where a cache comes from or goes to: `type` and the attributes of that type. */
export interface CacheEntry {
  readonly type: string;
  readonly attributes: readonly (readonly [string, string])[];
}

/** One node of a build: a step of a Dockerfile, or work of BuildKit's own. */
export interface Vertex {
  readonly digest: string;
  readonly name: string;
  readonly isCached: boolean;
  readonly startedMs: number | undefined;
  readonly completedMs: number | undefined;
  readonly error: string;
}

/** What happened since the last report. */
export interface Status {
  readonly vertices: readonly Vertex[];
  /** Parts of a step: downloads, transfers. */
  readonly parts: readonly { readonly vertex: string; readonly id: string; readonly isDone: boolean }[];
  readonly logs: readonly { readonly vertex: string; readonly bytes: Uint8Array }[];
  readonly warnings: readonly string[];
}

/** Builds, and exports the image into the engine's own store; resolves when that is done. */
export async function solve({ client, sessionId }: BuildKit, wanted: Solve, signal: AbortSignal): Promise<void> {
  const answers = callMethod(client, 'moby.buildkit.v1.Control/Solve', encodeSolve(wanted, sessionId), signal);
  // It has one answer, of which nothing is needed but that it came.
  for await (const answer of answers) readFields(answer);
}

/** What happens in a build, from its beginning to its end. */
export async function* readStatus({ client }: BuildKit, ref: string, signal: AbortSignal): AsyncGenerator<Status> {
  for await (const bytes of callMethod(client, 'moby.buildkit.v1.Control/Status', field(1, ref), signal)) {
    yield decodeStatus(bytes);
  }
}

/** A solve request: the Dockerfile frontend, and the exporter that gives the image to the engine. */
export function encodeSolve(wanted: Solve, sessionId: string): Uint8Array {
  return Buffer.concat([
    field(1, wanted.ref),
    field(3, 'moby'),
    textMap(4, [['name', wanted.names.join(',')]]),
    field(5, sessionId),
    field(6, 'dockerfile.v0'),
    textMap(7, wanted.options),
    message(8, ...wanted.cacheExports.map(cacheEntry(4)), ...wanted.cacheImports.map(cacheEntry(5))),
    ...wanted.entitlements.map((name) => field(9, name)),
  ]);
}

const cacheEntry =
  (number: number) =>
  ({ type, attributes }: CacheEntry): Uint8Array =>
    message(number, field(1, type), textMap(2, attributes));

/** Reads one report; what of it has no use here is passed over. */
export function decodeStatus(bytes: Uint8Array): Status {
  const fields = readFields(bytes);
  return {
    vertices: messagesOf(fields, 1).map((vertex) => ({
      digest: textOf(vertex, 1),
      name: textOf(vertex, 3),
      isCached: numberOf(vertex, 4) === 1,
      startedMs: timeOf(vertex, 5),
      completedMs: timeOf(vertex, 6),
      error: textOf(vertex, 7),
    })),
    parts: messagesOf(fields, 2).map((part) => ({
      vertex: textOf(part, 2),
      id: textOf(part, 1),
      isDone: hasField(part, 8),
    })),
    logs: messagesOf(fields, 3).map((log) => ({ vertex: textOf(log, 1), bytes: bytesOf(log, 4) })),
    warnings: messagesOf(fields, 4).map((warning) => textOf(warning, 3)),
  };
}

function timeOf(fields: readonly Field[], number: number): number | undefined {
  const [time] = messagesOf(fields, number).slice(-1);
  return time && numberOf(time, 1) * 1000 + numberOf(time, 2) / 1e6;
}
