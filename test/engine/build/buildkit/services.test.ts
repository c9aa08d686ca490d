import { type ClientHttp2Session, connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

import type { Entry } from '../../../../src/engine/build/buildkit/folder.ts';
import { virtualFile } from '../../../../src/engine/build/buildkit/folder.ts';
import { answerCall, callMethod, frame, readFrames } from '../../../../src/engine/build/buildkit/grpc.ts';
import {
  bytesOf,
  field,
  messagesOf,
  numberOf,
  readFields,
  textOf,
} from '../../../../src/engine/build/buildkit/protobuf.ts';
import { buildMethods, type Offered } from '../../../../src/engine/build/buildkit/services.ts';

const nothing: Offered = {
  folders: new Map(),
  secrets: new Map(),
  agents: new Map(),
  passwords: () => Promise.resolve(undefined),
};

/** A client of what a build offers, in BuildKit's place. */
async function openClient(offered: Partial<Offered>): Promise<ClientHttp2Session> {
  const methods = buildMethods({ ...nothing, ...offered });
  const server = createServer();
  server.on('stream', (stream, headers) => void answerCall(methods, stream, headers));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return client;
}

async function ask(client: ClientHttp2Session, method: string, request: Uint8Array): Promise<Uint8Array> {
  const answers: Uint8Array[] = [];
  for await (const answer of callMethod(client, method, request, AbortSignal.timeout(5000))) answers.push(answer);
  return Buffer.concat(answers);
}

const getSecret = 'moby.buildkit.secrets.v1.Secrets/GetSecret';
const diffCopy = 'moby.filesync.v1.FileSync/DiffCopy';

test('a secret is given by its id, whatever is in it', async () => {
  const content = Buffer.from([0, 255, 10, 13]);
  const client = await openClient({ secrets: new Map([['token', content]]) });
  const answer = readFields(await ask(client, getSecret, field(1, 'token')));
  expect(Buffer.from(bytesOf(answer, 1))).toEqual(content);
});

test('a secret, a folder or an agent that the build does not name is not found', async () => {
  const client = await openClient({ secrets: new Map([['token', Buffer.from('x')]]), agents: new Map([['a', '/b']]) });
  const failure = { name: 'GrpcError', status: 5 };
  await expect(ask(client, getSecret, field(1, 'other'))).rejects.toMatchObject(failure);
  await expect(ask(client, diffCopy, new Uint8Array())).rejects.toMatchObject(failure);
  await expect(ask(client, 'moby.sshforward.v1.SSH/CheckAgent', field(1, 'b'))).rejects.toMatchObject(failure);
});

test('what a build does not offer is unimplemented', async () => {
  const client = await openClient({});
  await expect(ask(client, getSecret, field(1, 'token'))).rejects.toMatchObject({ status: 12 });
});

test('a registry that there is no password for is told so', async () => {
  const passwords: Offered['passwords'] = (registry) =>
    Promise.resolve(registry === 'r.example' ? { username: 'me', secret: 'öpen' } : undefined);
  const client = await openClient({ passwords });
  const credentials = 'moby.filesync.v1.Auth/Credentials';
  const known = readFields(await ask(client, credentials, field(1, 'r.example')));
  expect([textOf(known, 1), textOf(known, 2)]).toEqual(['me', 'öpen']);
  expect(await ask(client, credentials, field(1, 'other.example'))).toHaveLength(0);
});

test('a folder that cannot be read ends the call with why, letter by letter', async () => {
  async function* breaking(): AsyncGenerator<Entry> {
    yield await Promise.resolve(virtualFile('a', 'x'));
    throw new Error('ä: 100 % gone\nreally');
  }
  const client = await openClient({ folders: new Map([['context', breaking]]) });
  await expect(ask(client, diffCopy, new Uint8Array())).rejects.toMatchObject({ message: 'ä: 100 % gone\nreally' });
});

test('a folder is listed, its files are sent when they are asked for, and the end is answered', async () => {
  async function* folder(): AsyncGenerator<Entry> {
    yield await Promise.resolve(virtualFile('a', 'one'));
    yield virtualFile('b', 'x'.repeat(100_000));
  }
  const client = await openClient({ folders: new Map([['context', folder]]) });
  const stream = client.request({ ':method': 'POST', ':path': `/${diffCopy}`, 'dir-name': 'context' });
  const paths: string[] = [];
  let received = 0;
  for await (const bytes of readFrames(stream)) {
    const packet = readFields(bytes);
    const kind = numberOf(packet, 1);
    const [stat] = messagesOf(packet, 2);
    if (stat !== undefined) paths.push(textOf(stat, 1));
    // The end of the list is a packet of nothing; then the second file is wanted.
    else if (kind === 0) stream.write(frame(Buffer.concat([field(1, 1), field(3, 1)])));
    else if (kind === 2 && bytesOf(packet, 4).length === 0) stream.write(frame(field(1, 3)));
    else if (kind === 2) received += bytesOf(packet, 4).length;
    else if (kind === 3) stream.end();
  }
  expect(paths).toEqual(['a', 'b']);
  expect(received).toBe(100_000);
});
