import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

import type { SshEndpoint } from '../../target.ts';
import { dialArguments } from './arguments.ts';
import { type Master, startMaster } from './master.ts';
import { joinPipes, startSsh } from './pipes.ts';

/** The way to an engine on another machine: one ssh connection, logged in once, for all that is asked. */
export interface Tunnel {
  /** A connection to the engine; starts the ssh connection where there is none, or no more. */
  readonly open: () => Promise<Duplex>;
  readonly close: () => void;
}

/** Opens nothing yet. */
export function createTunnel(endpoint: SshEndpoint): Tunnel {
  let current: Standing | undefined;
  const standing = (): Standing => {
    if (current !== undefined) return current;
    const made = start(endpoint);
    current = made;
    void made.master.gone.then(() => {
      if (current === made) current = undefined;
    });
    return made;
  };
  return {
    open: async () => {
      const { way } = standing();
      return (await way)();
    },
    close: () => {
      current?.master.close();
    },
  };
}

interface Standing {
  readonly master: Master;
  /** Opens one more connection to the engine. */
  readonly way: Promise<() => Duplex>;
}

function start(endpoint: SshEndpoint): Standing {
  const { master, ready } = startMaster(endpoint);
  return { master, way: ready.then((stands) => findWay(endpoint, stands)) };
}

/**
 * The engine's socket, carried over, serves any number of connections. Where the far side forbids that, or keeps its
 * socket elsewhere, its docker client knows the way, as long as it has one.
 */
async function findWay(endpoint: SshEndpoint, { sockets }: Master): Promise<() => Duplex> {
  const isCarried = await answers(sockets.forwarded);
  return isCarried ? () => connect(sockets.forwarded) : () => joinPipes(startSsh(dialArguments(endpoint, sockets)));
}

/** Whether somebody answers at the other end: a connection that could not be carried over ends without a word. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => socket.write('GET /_ping HTTP/1.0\r\n\r\n'));
    const tell = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('data', () => {
      tell(true);
    });
    socket.once('close', () => {
      tell(false);
    });
    socket.on('error', () => {
      tell(false);
    });
  });
}
