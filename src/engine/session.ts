import type { OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';

import type { EngineInfo } from '../model/observed.ts';
import { type ClientConfig, readClientConfig } from './client-config.ts';
import { call } from './errors.ts';
import { readInfo } from './read/resources.ts';
import { readSwarm, withNodes } from './read/swarm.ts';
import type { Endpoint, NamedEndpoint } from './target.ts';
import { createDocker, type Docker } from './transport/docker.ts';
import { ping, type Wire } from './transport/modem.ts';
import { isOlder, negotiate } from './transport/negotiate.ts';
import { createAgents } from './transport/sockets.ts';
import { upgrade } from './transport/upgrade.ts';

/** A connection to one engine: what every method of the port works with. */
export interface Session {
  readonly target: NamedEndpoint;
  /**
   * Runs one call in words ("create container web-1") after the API version is known; what it throws becomes an
   * EngineError.
   */
  readonly call: <T>(what: string, signal: AbortSignal, run: (docker: Docker) => Promise<T>) => Promise<T>;
  /** A connection for HTTP/2 at a path of the engine; only inside of {@link call}. Whoever asked for it closes it. */
  readonly upgrade: (path: string, headers: OutgoingHttpHeaders, signal: AbortSignal) => Promise<Duplex>;
  /** The negotiated version; only inside of {@link call}. */
  readonly apiVersion: () => string;
  /** What the docker client's settings say; only inside of {@link call}. */
  readonly clientConfig: () => ClientConfig;
  /** Asks for a sign of life, on connections of its own. */
  readonly ping: (signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
}

export interface SessionOptions {
  readonly userAgent: string;
  /** The environment of the process: variables that the docker client knows too. */
  readonly environment: ReadonlyMap<string, string>;
}

/** Opens nothing: the first call reads the docker client's settings, connects and negotiates. */
export function createSession(target: NamedEndpoint, { userAgent, environment }: SessionOptions): Session {
  const agents = createAgents(target.endpoint);
  const own = { 'User-Agent': userAgent, Host: hostHeader(target.endpoint) };
  let known: { readonly version: string; readonly config: ClientConfig; readonly wire: Wire } | undefined;
  const need = (): NonNullable<typeof known> => {
    if (known === undefined) throw new Error('asked for what is known after the first call only');
    return known;
  };
  const transport = (config: ClientConfig): Omit<Wire, 'version'> => ({
    calls: agents.calls,
    streams: agents.streams,
    headers: { ...Object.fromEntries(config.headers), ...own },
  });
  const learn = async (signal: AbortSignal): Promise<NonNullable<typeof known>> => {
    const config = await call(target, 'connect', signal, () => readClientConfig(target, environment));
    const version = await negotiate(target, transport(config), { wanted: config.apiVersion, signal });
    return { version, config, wire: { ...transport(config), version: () => `v${version}` } };
  };
  let docker: Docker | undefined;
  return {
    target,
    apiVersion: () => need().version,
    clientConfig: () => need().config,
    call: async (what, signal, run) => {
      known ??= await learn(signal);
      docker ??= createDocker(known.wire);
      const ready = docker;
      return call(target, what, signal, () => run(ready));
    },
    upgrade: (path, headers, signal) => upgrade(need().wire, { path, headers }, signal),
    ping: (signal) =>
      call(target, 'connect', signal, async () => {
        const config = known?.config ?? (await readClientConfig(target, environment));
        await ping({ ...transport(config), calls: agents.pings }, signal);
      }),
    close: agents.close,
  };
}

/** A socket has no host name; HTTP wants one all the same. */
function hostHeader(endpoint: Endpoint): string {
  if (endpoint.kind !== 'tcp') return 'docker';
  return `${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
}

/** Asks what the engine is. */
export function readEngineInfo(session: Session, signal: AbortSignal): Promise<EngineInfo> {
  return session.call("read the engine's information", signal, async (docker) => {
    const answer = await docker.info({ abortSignal: signal });
    const swarm = readSwarm(answer);
    return {
      ...readInfo(answer),
      ...(swarm !== undefined && { swarm: await withNodes(swarm, docker, signal) }),
      apiVersion: session.apiVersion(),
      isLocal: session.target.endpoint.kind === 'unix',
      createsWithManyNetworks: !isOlder(session.apiVersion(), '1.44'),
    };
  });
}
