import { type ContainerId, containerId } from '../../model/id.ts';
import type { EngineLock, LockOwner } from '../../model/lock.ts';
import { EngineError } from '../engine.ts';
import { tolerate } from '../errors.ts';
import { lockLabels, lockOwner } from '../lock/labels.ts';
import { at, listAt, numberAt, objectOf, pairsAt, requireId, textAt } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { sha256 } from './labels.ts';

/**
 * A lock is a config object that nothing uses: its name is the mutex, and every manager knows it. It does not carry
 * the stack's label, so whatever looks for a stack's objects passes it by.
 */
const lockName = (stack: string): string =>
  `stack-lock-${stack.length <= maxStack ? stack : sha256(stack).slice(0, maxStack)}`;
/** Names of configs have 64 characters at most. */
const maxStack = 53;
const beatsLabel = 'stack.lock.beats';

/** Takes the lock. `conflict`: it is held. */
export function createLock(
  session: Session,
  stack: string,
  owner: LockOwner,
  signal: AbortSignal,
): Promise<ContainerId> {
  return session.call(`take the lock of project ${stack}`, signal, async (docker) => {
    const Data = Buffer.from('lock').toString('base64');
    const _body = { Name: lockName(stack), Labels: lockLabels(stack, owner), Data };
    const { id } = await docker.createConfig({ abortSignal: signal, _body });
    return containerId(requireId(id));
  });
}

/** Who holds the lock, by its name. */
export function readLock(session: Session, stack: string, signal: AbortSignal): Promise<EngineLock | undefined> {
  return session.call(`read the lock of project ${stack}`, signal, async (docker) => {
    const _query = { filters: { name: [lockName(stack)] } };
    const list = listAt({ list: await docker.listConfigs({ abortSignal: signal, _query }) }, 'list');
    const found = list.find((config) => textAt(config, 'Spec', 'Name') === lockName(stack));
    if (found === undefined) return undefined;
    const labels = pairsAt(found, 'Spec', 'Labels');
    const owner = lockOwner(stack, labels);
    if (owner === undefined) {
      throw new EngineError(
        'conflict',
        session.target.name,
        `config ${lockName(stack)} stands where the lock belongs`,
        {
          hint: `remove it: the name is the lock of project ${stack}`,
        },
      );
    }
    const beats = Number(new Map(labels).get(beatsLabel) ?? 0);
    return { id: containerId(textAt(found, 'ID')), owner, beats };
  });
}

/** Labels are what a swarm lets be changed of a config. */
export function beatLock(session: Session, id: ContainerId, beats: number, signal: AbortSignal): Promise<void> {
  return session.call('keep the lock', signal, async (docker) => {
    const config = docker.getConfig(id);
    const held = await config.inspect({ abortSignal: signal });
    const spec = objectOf(at(held, 'Spec'));
    const _query = { version: numberAt(held, 'Version', 'Index') };
    const _body = { ...spec, Labels: { ...objectOf(spec['Labels']), [beatsLabel]: String(beats) } };
    await config.update({ abortSignal: signal, _query, _body });
  });
}

/** By id, so that a lock which somebody else took meanwhile stays. Already gone is success. */
export function releaseLock(session: Session, id: ContainerId, signal: AbortSignal): Promise<void> {
  return session.call('release the lock', signal, (docker) =>
    tolerate([404], () => docker.getConfig(id).remove({ abortSignal: signal })),
  );
}
