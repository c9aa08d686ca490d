import { connect } from 'node:net';
import { pipeline } from 'node:stream/promises';

import { type Folders, sendFolder } from './file-sync.ts';
import { GrpcError, grpcStatus, type Incoming, type Methods, readFrames, write } from './grpc.ts';
import { bytesOf, field, readFields, textOf } from './protobuf.ts';

/** All that a build may ask us for, and nothing else of this machine. */
export interface Offered {
  readonly folders: Folders;
  /** Contents of secrets by id. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  /** Sockets of ssh agents by id. */
  readonly agents: ReadonlyMap<string, string>;
  readonly passwords: (registry: string) => Promise<{ readonly username: string; readonly secret: string } | undefined>;
}

/** The methods that answer BuildKit during a build. */
export function buildMethods(offered: Offered): Methods {
  return new Map([
    ['/moby.filesync.v1.FileSync/DiffCopy', (incoming) => sendFolder(offered.folders, incoming)],
    ['/moby.filesync.v1.Auth/Credentials', (incoming) => answerCredentials(offered, incoming)],
    ...(offered.secrets.size === 0
      ? []
      : [
          [
            '/moby.buildkit.secrets.v1.Secrets/GetSecret',
            (incoming: Incoming) => answerSecret(offered, incoming),
          ] as const,
        ]),
    ...(offered.agents.size === 0
      ? []
      : [
          ['/moby.sshforward.v1.SSH/CheckAgent', (incoming: Incoming) => checkAgent(offered, incoming)] as const,
          ['/moby.sshforward.v1.SSH/ForwardAgent', (incoming: Incoming) => forwardAgent(offered, incoming)] as const,
        ]),
  ]);
}

/** The text of the first field of the only message that a call brings. */
async function readText({ messages }: Incoming): Promise<string> {
  for await (const bytes of messages) return textOf(readFields(bytes), 1);
  return '';
}

async function answerCredentials({ passwords }: Offered, incoming: Incoming): Promise<void> {
  const found = await passwords(await readText(incoming));
  await write(incoming.stream, Buffer.concat([field(1, found?.username), field(2, found?.secret)]));
}

async function answerSecret({ secrets }: Offered, incoming: Incoming): Promise<void> {
  const id = await readText(incoming);
  const content = secrets.get(id);
  if (content === undefined) throw new GrpcError(grpcStatus.notFound, `the build has no secret ${id}`);
  await write(incoming.stream, field(1, content));
}

async function checkAgent(offered: Offered, incoming: Incoming): Promise<void> {
  agentSocket(offered, await readText(incoming));
  await write(incoming.stream, new Uint8Array());
}

function agentSocket({ agents }: Offered, asked: string): string {
  const id = asked === '' ? 'default' : asked;
  const socket = agents.get(id);
  if (socket === undefined) throw new GrpcError(grpcStatus.notFound, `the build has no ssh agent ${id}`);
  return socket;
}

/** Carries what a process in the build and the agent say to each other. */
async function forwardAgent(offered: Offered, { headers, stream }: Incoming): Promise<void> {
  const asked = headers['buildkit.ssh.id'];
  const agent = connect(agentSocket(offered, typeof asked === 'string' ? asked : ''));
  const toAgent = pipeline(
    stream,
    async function* unpack(source) {
      for await (const bytes of readFrames(source)) yield bytesOf(readFields(bytes), 1);
    },
    agent,
  );
  toAgent.catch(() => agent.destroy());
  for await (const chunk of agent as AsyncIterable<Buffer>) {
    await write(stream, field(1, chunk));
  }
}
