import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { TestEngine } from './engines.ts';

/** An engine seen through a proxy that writes down what changes something. */
export interface RecordedEngine {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  /** `POST /containers/create?name=…`, in order, without the version. */
  readonly mutations: readonly string[];
}

/** Every call but GET and HEAD can change something. */
export async function recordMutations(engine: TestEngine): Promise<RecordedEngine> {
  const mutations: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming;
    if (method !== 'GET' && method !== 'HEAD') mutations.push(`${method} ${url.replace(/^\/v[0-9.]+/, '')}`);
    forward(engine, incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, mutations };
}

function forward(engine: TestEngine, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { hostname, port } = new URL(engine.host);
  const { method, url, headers } = incoming;
  const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
