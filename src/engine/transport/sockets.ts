import { Agent, type AgentOptions } from 'node:http';
import { connect as connectPlain } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { inspect } from 'node:util';

import type { Endpoint } from '../target.ts';

type Connected = (error: Error | null, socket?: Duplex) => void;

/** Sockets to one engine: agents for short calls and for pings that keep them, and one for streams that does not. */
export function createAgents(endpoint: Endpoint): Readonly<Record<'calls' | 'streams' | 'pings', Agent>> {
  return {
    calls: createAgent(endpoint, { keepAlive: true, maxSockets: 32, maxFreeSockets: 8, scheduling: 'lifo' }),
    streams: createAgent(endpoint, { keepAlive: false }),
    pings: createAgent(endpoint, { keepAlive: true, maxSockets: 2, maxFreeSockets: 1, scheduling: 'lifo' }),
  };
}

function createAgent(endpoint: Endpoint, options: AgentOptions): Agent {
  const agent = new Agent(options);
  const connecting = (_options: object, connected?: Connected): Duplex | undefined => connect(endpoint, connected);
  return Object.assign(agent, {
    createConnection: connecting,
    // A debug line that walks an agent walks every socket of it.
    [inspect.custom]: () => '[Agent]',
  });
}

/** Gives the socket at once, or by the callback when the way there has to be loaded first. */
function connect(endpoint: Endpoint, connected: Connected = () => undefined): Duplex | undefined {
  switch (endpoint.kind) {
    case 'unix':
      return connectPlain({ path: endpoint.path });
    case 'tcp':
      if (endpoint.tls === undefined) return connectPlain({ host: endpoint.host, port: endpoint.port });
      return connectTls({
        host: endpoint.host,
        port: endpoint.port,
        // A name, not an address, is what a server is asked for.
        ...(/^[\d.]+$|:/.test(endpoint.host) ? {} : { servername: endpoint.host }),
        // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off.
        rejectUnauthorized: endpoint.tls.verify,
        ca: endpoint.tls.ca,
        cert: endpoint.tls.cert,
        key: endpoint.tls.key,
      });
    case 'ssh':
      import('./ssh.ts').then(
        ({ openSsh }) => {
          connected(null, openSsh(endpoint));
        },
        (cause: unknown) => {
          connected(cause instanceof Error ? cause : new Error(String(cause)));
        },
      );
      return undefined;
  }
}
