import type { IncomingMessage } from 'node:http';

import { type ContainerId, containerId } from '../../model/id.ts';
import type { EngineLock, LockOwner } from '../../model/lock.ts';
import { EngineError } from '../engine.ts';
import { isNotFound, tolerate } from '../errors.ts';
import { numberAt, pairsAt, textAt } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { readJsonLines } from '../streams/json-lines.ts';
import { throwIfError } from '../streams/progress.ts';
import type { Docker } from '../transport/docker.ts';
import { lockLabels, lockOwner } from './labels.ts';

/** Holds no files and is never run; made here, because a registry may be out of reach. */
const image = 'stack-lock';
/** Two blocks of zeros: a tar archive of nothing. */
const emptyArchive = Buffer.alloc(1024);

/**
 * A lock is a container that never starts: its name is the mutex, its labels say who holds it, and the engine keeps
 * it when client or engine die. It carries no project label, so whatever looks for a stack's containers passes it by.
 */
const lockName = (stack: string): string => `stack-lock-${stack}`;

/** Takes the lock, with an image of its own that is made where it is missing. `conflict`: it is held. */
export function createLock(
  session: Session,
  stack: string,
  owner: LockOwner,
  signal: AbortSignal,
): Promise<ContainerId> {
  return session.call(`take the lock of project ${stack}`, signal, async (docker) => {
    const create = async (): Promise<ContainerId> => {
      const sent = { abortSignal: signal, _query: { name: lockName(stack) }, _body: lockBody(stack, owner) };
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
  });
}

/** Who holds the lock, by its name. */
export function readLock(session: Session, stack: string, signal: AbortSignal): Promise<EngineLock | undefined> {
  return session.call(`read the lock of project ${stack}`, signal, async (docker) => {
    try {
      return readAnswer(session, stack, await docker.getContainer(lockName(stack)).inspect({ abortSignal: signal }));
    } catch (cause) {
      if (isNotFound(cause)) return undefined;
      throw cause;
    }
  });
}

/** Counts up where every engine keeps it, whatever its kernel can do, and where it has no effect on what never runs. */
export function beatLock(session: Session, id: ContainerId, beats: number, signal: AbortSignal): Promise<void> {
  return session.call('keep the lock', signal, async (docker) => {
    await docker.getContainer(id).update({ abortSignal: signal, _body: { RestartPolicy: counter(beats) } });
  });
}

/** Already gone is success, and so is 409: somebody else is removing it at this moment. */
export function releaseLock(session: Session, id: ContainerId, signal: AbortSignal): Promise<void> {
  return session.call('release the lock', signal, (docker) =>
    tolerate([404, 409], () => docker.getContainer(id).remove({ abortSignal: signal })),
  );
}

const counter = (beats: number): object => ({ Name: 'on-failure', MaximumRetryCount: beats });

const lockBody = (stack: string, owner: LockOwner): object => ({
  Image: image,
  // An engine wants a command, though this one is never run.
  Cmd: ['stack-lock'],
  Labels: lockLabels(stack, owner),
  HostConfig: { NetworkMode: 'none', RestartPolicy: counter(0) },
});

function readAnswer({ target }: Session, stack: string, answer: unknown): EngineLock {
  const owner = lockOwner(stack, pairsAt(answer, 'Config', 'Labels'));
  if (owner === undefined) {
    throw new EngineError('conflict', target.name, `container ${lockName(stack)} stands where the lock belongs`, {
      hint: `rename or remove it: the name is the lock of project ${stack}`,
    });
  }
  const beats = numberAt(answer, 'HostConfig', 'RestartPolicy', 'MaximumRetryCount');
  return { id: containerId(textAt(answer, 'Id')), owner, beats };
}

async function importImage(session: Session, docker: Docker, signal: AbortSignal): Promise<void> {
  const sent = { abortSignal: signal, _query: { fromSrc: '-', repo: image, tag: 'latest' } };
  const messages = (await docker.importImage(emptyArchive, sent)) as IncomingMessage;
  for await (const message of readJsonLines(messages)) throwIfError(session, `import image ${image}`, message);
}
