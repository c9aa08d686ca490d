import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { TestEngine } from './engines.ts';

/** How a registry answers whoever asks it for an image. */
export type Answer =
  | 'missing'
  | 'unauthorized'
  | 'too many'
  | 'broken'
  | 'another platform'
  | 'cut'
  | 'stalled'
  | 'junk';

/** A registry on this machine that the test hosts reach, as `address:port`. Every image `NAME` is answered by {@link Answer}. */
export async function openHostileRegistry(
  engine: TestEngine,
  answers: Readonly<Record<string, Answer>>,
): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const [, name = '', kind = ''] = /^\/v2\/([^/]+)\/(manifests|blobs)\//.exec(url) ?? [];
    const answer = answers[name];
    if (answer === undefined) return void response.writeHead(200).end('{}');
    if (kind === 'blobs') return serveBlob(response, answer);
    return serveManifest(response, answer);
  });
  // The address of this machine on the bridge of the test hosts.
  const address = engine.address.replace(/\d+$/, '1');
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `${address}:${(server.address() as AddressInfo).port}`;
}

const escape = '\u001b[2J\u001b]0;owned\u0007';
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const size = 1_000_000;

function refuse(response: ServerResponse, status: number, code: string): void {
  const errors = [{ code, message: `${escape}no${escape}` }];
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ errors }));
}

function serveManifest(response: ServerResponse, answer: Answer): void {
  switch (answer) {
    case 'missing':
      return refuse(response, 404, 'MANIFEST_UNKNOWN');
    case 'unauthorized':
      return refuse(response, 401, 'UNAUTHORIZED');
    case 'too many':
      return refuse(response, 429, 'TOOMANYREQUESTS');
    case 'broken':
      return refuse(response, 500, 'UNKNOWN');
    case 'junk':
      return void response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<html>${escape}`);
    case 'another platform':
      return send(response, 'application/vnd.docker.distribution.manifest.list.v2+json', {
        manifests: [
          {
            mediaType: manifestType,
            digest: digest('a'),
            size: 500,
            platform: { architecture: 's390x', os: 'linux' },
          },
        ],
      });
    case 'cut':
    case 'stalled':
      return send(response, manifestType, {
        config: { mediaType: 'application/vnd.docker.container.image.v1+json', digest: digest('b'), size },
        layers: [{ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', digest: digest('c'), size }],
      });
  }
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

const send = (response: ServerResponse, mediaType: string, manifest: object): void =>
  void response
    .writeHead(200, { 'Content-Type': mediaType })
    .end(JSON.stringify({ schemaVersion: 2, mediaType, ...manifest }));

/** Some bytes, and then the connection ends, or nothing more comes. */
function serveBlob(response: ServerResponse, answer: Answer): void {
  response.writeHead(200, { 'Content-Length': size }).write('x'.repeat(1000));
  if (answer === 'cut') response.destroy();
}
