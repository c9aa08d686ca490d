import { type ContainerId, containerId } from '../../model/id.ts';
import type { EngineLock, LockOwner } from '../../model/lock.ts';
import { EngineError } from '../engine.ts';
import { orAbsent, tolerate } from '../errors.ts';
import { createMarker } from '../marker.ts';
import { numberAt, pairsAt, textAt } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { lockLabels, lockOwner } from './labels.ts';

/** A lock is a mark on the engine: its name is the mutex, its labels say who holds it. */
const lockName = (stack: string): string => `stack-lock-${stack}`;

/** Takes the lock, with an image of its own that is made where it is missing. `conflict`: it is held. */
export function createLock(
  session: Session,
  stack: string,
  owner: LockOwner,
  signal: AbortSignal,
): Promise<ContainerId> {
  const marker = { name: lockName(stack), labels: lockLabels(stack, owner), restartPolicy: counter(0) };
  return session.call(`take the lock of project ${stack}`, signal, (docker) =>
    createMarker(session, docker, marker, signal),
  );
}

/** Who holds the lock, by its name. */
export function readLock(session: Session, stack: string, signal: AbortSignal): Promise<EngineLock | undefined> {
  return session.call(`read the lock of project ${stack}`, signal, async (docker) => {
    const found = await orAbsent(docker.getContainer(lockName(stack)).inspect({ abortSignal: signal }));
    return found === undefined ? undefined : readAnswer(session, stack, found);
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
