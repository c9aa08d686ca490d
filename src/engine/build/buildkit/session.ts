import { randomUUID } from 'node:crypto';
import { type ClientHttp2Session, connect, performServerHandshake } from 'node:http2';
import type { Duplex } from 'node:stream';

import type { Session } from '../../session.ts';
import { answerCall, type Methods, write } from './grpc.ts';
import { field } from './protobuf.ts';

/** A way to the engine's BuildKit, and back from it to us for as long as a build lasts. */
export interface BuildKit {
  readonly client: ClientHttp2Session;
  /** By this BuildKit finds what we answer: files, secrets, passwords. */
  readonly sessionId: string;
  readonly close: () => void;
}

/**
 * Opens both ways: `POST /grpc`, on which we call, and `POST /session`, on which the engine does.
 * Rejects with the engine's HTTP status where it has no BuildKit.
 */
export async function openBuildKit(session: Session, methods: Methods, signal: AbortSignal): Promise<BuildKit> {
  const socket = await session.upgrade('/grpc', {}, signal);
  const client = connect('http://engine', { createConnection: () => socket });
  // Calls fail with what the connection fails with.
  client.on('error', () => undefined);
  const sessionId = randomUUID();
  const answering = new Map([...methods, [healthCheck, answerHealth] as const]);
  try {
    const back = await session.upgrade('/session', sessionHeaders(sessionId, answering), signal);
    serve(back, answering);
    const close = (): void => {
      client.destroy();
      back.destroy();
    };
    return { client, sessionId, close };
  } catch (cause) {
    client.destroy();
    throw cause;
  }
}

const healthCheck = '/grpc.health.v1.Health/Check';
const isServing = field(1, 1);
const answerHealth = ({ stream }: Parameters<NonNullable<ReturnType<Methods['get']>>>[0]): Promise<void> =>
  write(stream, isServing);

function sessionHeaders(id: string, methods: Methods): Readonly<Record<string, string | string[]>> {
  return {
    'X-Docker-Expose-Session-Uuid': id,
    'X-Docker-Expose-Session-Name': 'stack',
    'X-Docker-Expose-Session-Grpc-Method': [...methods.keys()],
  };
}

function serve(socket: Duplex, methods: Methods): void {
  socket.on('error', () => undefined);
  const server = performServerHandshake(socket);
  server.on('error', () => undefined);
  server.on('stream', (stream, headers) => {
    void answerCall(methods, stream, headers);
  });
}
