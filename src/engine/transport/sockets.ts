import { Agent, type AgentOptions } from 'node:http';
import { connect as connectPlain } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { inspect } from 'node:util';

import type { Endpoint, SshEndpoint, TcpEndpoint } from '../target.ts';
import { lateSocket } from './late-socket.ts';
import type { Tunnel } from './ssh/tunnel.ts';

/** Ways to one engine. */
export interface Agents {
  /** For short calls: keeps its sockets. */
  readonly calls: Agent;
  /** For long answers: keeps none. */
  readonly streams: Agent;
  /** For signs of life, which no other call keeps waiting. */
  readonly pings: Agent;
  /** Lets go of every socket, and of what carries them. */
  readonly close: () => void;
}

/** Opens nothing yet. */
export function createAgents(endpoint: Endpoint): Agents {
  const way = createWay(endpoint);
  const agents = {
    calls: createAgent(way, { keepAlive: true, maxSockets: 32, maxFreeSockets: 8, scheduling: 'lifo' }),
    streams: createAgent(way, { keepAlive: false }),
    pings: createAgent(way, { keepAlive: true, maxSockets: 2, maxFreeSockets: 1, scheduling: 'lifo' }),
  };
  return {
    ...agents,
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
      way.close();
    },
  };
}

function createAgent(way: Way, options: AgentOptions): Agent {
  const agent = new Agent(options);
  return Object.assign(agent, {
    createConnection: way.connect,
    // A debug line that walks an agent walks every socket of it.
    [inspect.custom]: () => '[Agent]',
  });
}

/** Opens sockets to one engine. */
interface Way {
  readonly connect: () => Duplex;
  readonly close: () => void;
}

function createWay(endpoint: Endpoint): Way {
  switch (endpoint.kind) {
    case 'unix':
      return { connect: () => connectPlain({ path: endpoint.path }), close: () => undefined };
    case 'tcp':
      return { connect: () => connectTcp(endpoint), close: () => undefined };
    case 'ssh':
      return createSshWay(endpoint);
  }
}

function connectTcp({ host, port, tls }: TcpEndpoint): Duplex {
  if (tls === undefined) return connectPlain({ host, port });
  return connectTls({
    host,
    port,
    // A name, not an address, is what a server is asked for.
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off.
    rejectUnauthorized: tls.verify,
    ca: tls.ca,
    cert: tls.cert,
    key: tls.key,
  });
}

/** Loaded when it is needed: most engines are not behind ssh. */
function createSshWay(endpoint: SshEndpoint): Way {
  let tunnel: Promise<Tunnel> | undefined;
  return {
    connect: () => {
      tunnel ??= import('./ssh/tunnel.ts').then(({ createTunnel }) => createTunnel(endpoint));
      return lateSocket(tunnel.then((ready) => ready.open()));
    },
    close: () => {
      void tunnel?.then((ready) => {
        ready.close();
      });
    },
  };
}
