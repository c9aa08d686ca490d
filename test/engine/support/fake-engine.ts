import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type ConnectOptions, connectEngine } from '../../../src/engine/connect.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { NamedEndpoint } from '../../../src/engine/target.ts';
import { engineName } from '../../../src/model/id.ts';

interface Asked {
  readonly method: string;
  readonly url: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What a fake engine answers: JSON with status 200, or whatever it does to the response itself. */
export type Answer = (asked: Asked, response: ServerResponse) => unknown;

export interface FakeEngine {
  readonly target: NamedEndpoint;
  /** Every request but pings and those for BuildKit. */
  readonly asked: readonly Asked[];
}

/** A status with an error's message, as engines send it. */
export function refuse(response: ServerResponse, status: number, message: string): ServerResponse {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ message }));
  return response;
}

/**
 * Runs a test against a real HTTP server on a Unix socket that answers as told, and pings by itself.
 * Fails if a URL that it was asked for could hold something secret, or would not fit through a proxy.
 */
export async function withFakeEngine(
  answer: Answer,
  run: (engine: Engine, fake: FakeEngine) => Promise<void>,
  options: Partial<ConnectOptions> & {
    readonly configDir?: string;
    readonly pingHeaders?: Record<string, string>;
  } = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fake-engine-'));
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    if (request.url === '/_ping') {
      const headers = options.pingHeaders ?? { 'Api-Version': '1.45', Server: 'Docker/26.1.5 (linux)' };
      response.writeHead(200, headers).end('OK');
      return;
    }
    // An engine whose only builder is the one before BuildKit.
    if (request.url?.endsWith('/grpc') === true) {
      refuse(response, 404, 'page not found');
      return;
    }
    void respond(request, response, answer, asked);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  const path = join(folder, 'docker.sock');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const target: NamedEndpoint = {
    name: engineName('fake'),
    endpoint: { kind: 'unix', path },
    address: `unix://${path}`,
    configDir: options.configDir,
  };
  const engine = connectEngine(target, { version: '1.2.3', environment: new Map(), ...options });
  try {
    await run(engine, { target, asked });
    // The arguments of a build have no place but the URL.
    const urls = asked.map(({ url }) => url).filter((url) => !/^\/v[\d.]+\/build\?/.test(url));
    const bad = urls.filter((url) => /Env=|Data=/.test(url) || url.length > 512);
    if (bad.length > 0) throw new Error(`asked for ${bad.map((url) => url.slice(0, 600)).join(' and ')}`);
  } finally {
    engine.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  log: Asked[],
): Promise<void> {
  const url = request.url ?? '';
  const { pathname, searchParams } = new URL(url, 'http://docker');
  const body = await buffer(request).catch(() => Buffer.alloc(0));
  const asked = {
    method: request.method ?? '',
    url,
    path: pathname,
    query: searchParams,
    headers: request.headers,
    body,
  };
  log.push(asked);
  const given = await answer(asked, response);
  if (given === undefined || given === response) return;
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(given));
}

/** A frame of multiplexed output. */
export function frame(stream: 1 | 2 | 3, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

/** A generous deadline for what must not hang. */
export const soon = (): AbortSignal => AbortSignal.timeout(5000);

/** The error that a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<{ code?: string; message: string; hint?: string }> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (cause: unknown) => cause as Error,
  );
}
