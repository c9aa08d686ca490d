import type { IncomingMessage } from 'node:http';

import { type ContainerId, containerId } from '../model/id.ts';
import { isNotFound } from './errors.ts';
import { textAt } from './read/answer.ts';
import type { Session } from './session.ts';
import { readJsonLines } from './streams/json-lines.ts';
import { throwIfError } from './streams/progress.ts';
import type { Docker } from './transport/docker.ts';

/** Holds no files and is never run; made here, because a registry may be out of reach. */
const image = 'stack-lock';
/** Two blocks of zeros: a tar archive of nothing. */
const emptyArchive = Buffer.alloc(1024);

/** What is written on an engine. */
export interface Marker {
  /** A mutex: of all who create it at once, one does. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly restartPolicy?: object;
}

/**
 * Creates a container that never starts: the engine keeps its name and its labels when client or engine die. It
 * carries no project label, so whatever looks for a stack's containers passes it by.
 */
export async function createMarker(
  session: Session,
  docker: Docker,
  marker: Marker,
  signal: AbortSignal,
): Promise<ContainerId> {
  const create = async (): Promise<ContainerId> => {
    const sent = { abortSignal: signal, _query: { name: marker.name }, _body: bodyOf(marker) };
    const { id } = await docker.createContainer(sent);
    return containerId(textAt({ id }, 'id'));
  };
  try {
    return await create();
  } catch (cause) {
    if (!isNotFound(cause)) throw cause;
    await importImage(session, docker, signal);
    return create();
  }
}

const bodyOf = ({ labels, restartPolicy }: Marker): object => ({
  Image: image,
  // An engine wants a command, though this one is never run.
  Cmd: ['stack-lock'],
  Labels: labels,
  HostConfig: { NetworkMode: 'none', ...(restartPolicy !== undefined && { RestartPolicy: restartPolicy }) },
});

async function importImage(session: Session, docker: Docker, signal: AbortSignal): Promise<void> {
  const sent = { abortSignal: signal, _query: { fromSrc: '-', repo: image, tag: 'latest' } };
  const messages = (await docker.importImage(emptyArchive, sent)) as IncomingMessage;
  for await (const message of readJsonLines(messages)) throwIfError(session, `import image ${image}`, message);
}
