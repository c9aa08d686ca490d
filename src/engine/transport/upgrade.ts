import { type OutgoingHttpHeaders, request } from 'node:http';
import type { Duplex } from 'node:stream';

import { readErrorText } from './body.ts';
import { HttpError, type Wire } from './modem.ts';

/** An engine answers at once; what passes requests on, but not such ones, may never. */
const deadlineMs = 30_000;

/** Turns a connection to the engine into one for HTTP/2, in which either side may call the other. */
export function upgrade(
  wire: Wire,
  { path, headers }: { readonly path: string; readonly headers: OutgoingHttpHeaders },
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      agent: wire.streams,
      method: 'POST',
      path: `/${wire.version()}${path}`,
      headers: { ...wire.headers, ...headers, Connection: 'Upgrade', Upgrade: 'h2c' },
      signal,
    });
    const timer = setTimeout(() => {
      outgoing.destroy(Object.assign(new Error(`no answer within ${deadlineMs / 1000} s`), { code: 'ETIMEDOUT' }));
    }, deadlineMs);
    outgoing.on('close', () => clearTimeout(timer));
    outgoing.on('upgrade', (_response, socket, head) => {
      clearTimeout(timer);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    outgoing.on('response', (response) => {
      readErrorText(response).then((text) => {
        reject(new HttpError(response.statusCode ?? 0, text.trim()));
      }, reject);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
