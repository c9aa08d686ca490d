import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';

import { connectEngine } from '../../../src/engine/connect.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { TcpEndpoint } from '../../../src/engine/target.ts';
import { engineName } from '../../../src/model/id.ts';
import { failureOf, soon } from '../support/fake-engine.ts';

/** Keys that open nothing: made for these tests, valid for a century. */
const pem = (name: string): string => readFileSync(`${import.meta.dirname}/../support/tls/${name}`, 'utf8');

const trusted = { verify: true, ca: pem('ca.pem'), cert: pem('client.pem'), key: pem('client.key') };

/** Runs a test against an engine that asks its clients for a certificate of the same authority. */
async function withTlsEngine(
  endpoint: Partial<TcpEndpoint>,
  run: (engine: Engine, clients: readonly string[]) => Promise<void>,
): Promise<void> {
  const clients: string[] = [];
  const options = { ca: pem('ca.pem'), cert: pem('server.pem'), key: pem('server.key'), requestCert: true };
  const server = createServer(options, (request, response) => {
    clients.push(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN));
    response.setHeader('Api-Version', '1.45').end('{"ServerVersion":"26.1"}');
  });
  await new Promise<void>((listening) => server.listen(0, listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const target = {
    name: engineName('far'),
    endpoint: { kind: 'tcp', host: '127.0.0.1', port: address.port, tls: trusted, ...endpoint },
    address: 'tcp://far',
    configDir: undefined,
  } as const;
  const engine = connectEngine(target, { version: '1', environment: new Map() });
  try {
    await run(engine, clients);
  } finally {
    engine.close();
    server.closeAllConnections();
    server.close();
  }
}

test.each(['127.0.0.1', 'localhost'])(
  'an engine is known by its certificate for %s, and we show ours',
  async (host) => {
    await withTlsEngine({ host }, async (engine, clients) => {
      expect(await engine.info(soon())).toMatchObject({ version: '26.1' });
      expect(clients[0]).toBe('client');
    });
  },
);

test('an engine of another authority is refused, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    await withTlsEngine({ tls: { ...trusted, ca: undefined } }, async (engine, clients) => {
      const error = await failureOf(engine.info(soon()));
      expect(error).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('DOCKER_CERT_PATH') });
      expect(clients).toEqual([]);
    });
  } finally {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  }
});

test('a certificate for another name is refused', async () => {
  await withTlsEngine({ host: '127.0.0.2' }, async (engine) => {
    expect(await failureOf(engine.info(soon()))).toMatchObject({ code: 'unreachable' });
  });
});

test('without verification any engine is accepted', async () => {
  await withTlsEngine({ tls: { ...trusted, verify: false, ca: undefined } }, async (engine) => {
    expect(await engine.info(soon())).toMatchObject({ version: '26.1' });
  });
});
