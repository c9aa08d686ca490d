import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { TestEngine } from './engines.ts';

/** What the client gets of a call: the engine's answer, a connection that ends, or an answer that the engine never gave. */
export type Verdict = 'pass' | 'reset' | 'answer-500';

/** One blow at one call that changes something. */
export interface Strike {
  /** Counted from 1. */
  readonly at: number;
  /** Before the engine gets the call, or when it has answered and the client does not know yet. */
  readonly when: 'before' | 'after';
  readonly act: (call: string) => Verdict | Promise<Verdict>;
}

/** An engine behind a proxy that strikes when it is told to. */
export interface FaultyEngine {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  /** Begins a new count of calls; `undefined` only counts. */
  readonly arm: (strike: Strike | undefined) => void;
  /** Calls that could change something, `POST /containers/create?name=…`, since the last arming. */
  readonly calls: () => readonly string[];
  /** Whether the strike has come. */
  readonly hasStruck: () => boolean;
}

interface State {
  strike: Strike | undefined;
  hasStruck: boolean;
  calls: string[];
}

/** Streams and connections that are taken over (`attach`, `exec`, BuildKit's session) pass through untouched. */
export async function openFaultyEngine(engine: TestEngine): Promise<FaultyEngine> {
  const state: State = { strike: undefined, hasStruck: false, calls: [] };
  const server = createServer((incoming, outgoing) => {
    serve(engine, state, incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on('upgrade', (incoming: IncomingMessage, client: Duplex, head: Buffer) =>
    tunnel(engine, incoming, client, head),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arm: (strike) => Object.assign(state, { strike, hasStruck: false, calls: [] }),
    calls: () => state.calls,
    hasStruck: () => state.hasStruck,
  };
}

/** The holder of a stack's lock gives signs of life by `update`: how many there are is a matter of time. */
const isCounted = ({ method = '', url = '' }: IncomingMessage): boolean =>
  !['GET', 'HEAD'].includes(method) && !/\/containers\/[^/]+\/(update|wait|resize|attach)\b/.test(url);

async function serve(
  engine: TestEngine,
  state: State,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const call = `${incoming.method ?? ''} ${(incoming.url ?? '').replace(/^\/v[0-9.]+/, '')}`;
  const strike = isCounted(incoming) ? count(state, call) : undefined;
  if (strike?.when === 'before' && isOver(await strike.act(call), outgoing)) return;
  const answer = await forward(engine, incoming, outgoing);
  if (strike?.when !== 'after') {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', () => outgoing.destroy()).pipe(outgoing);
    return;
  }
  const body = Buffer.concat((await answer.toArray()) as Buffer[]);
  if (!isOver(await strike.act(call), outgoing)) outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(body);
}

function count(state: State, call: string): Strike | undefined {
  state.calls.push(call);
  if (state.strike?.at !== state.calls.length) return undefined;
  state.hasStruck = true;
  return state.strike;
}

/** Carries out a verdict; false: the call goes on as if nothing had been. */
function isOver(verdict: Verdict, outgoing: ServerResponse): boolean {
  if (verdict === 'reset') outgoing.destroy();
  if (verdict === 'answer-500') {
    outgoing.writeHead(500, { 'Content-Type': 'application/json' }).end('{"message":"the disk has a bad day"}');
  }
  return verdict !== 'pass';
}

function forward(engine: TestEngine, incoming: IncomingMessage, outgoing: ServerResponse): Promise<IncomingMessage> {
  const { hostname, port } = new URL(engine.host);
  const { method, url, headers } = incoming;
  return new Promise((resolve, reject) => {
    const onward = request({ hostname, port, method, path: url, headers, agent: false }, resolve);
    onward.on('error', reject);
    // A client that is gone must not keep a stream open; the call itself stands once the engine has it.
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
}

/** From the request on both ends talk over the connection as they like. */
function tunnel(engine: TestEngine, { method, url, rawHeaders }: IncomingMessage, client: Duplex, head: Buffer): void {
  const { hostname, port } = new URL(engine.host);
  const onward = connect(Number(port), hostname, () => {
    const headers = rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
    onward.write(`${method ?? ''} ${url ?? ''} HTTP/1.1\r\n${headers}\r\n`);
    onward.write(head);
    client.pipe(onward).pipe(client);
  });
  onward.on('error', () => client.destroy());
  client.on('error', () => onward.destroy());
}
