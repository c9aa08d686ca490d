import { setTimeout as sleep } from 'node:timers/promises';

import type { DesiredNetwork, DesiredVolume, Project } from '../../model/desired.ts';
import { type ImageId, type NetworkId, networkId } from '../../model/id.ts';
import { isNotFound, tolerate } from '../errors.ts';
import { requireId, textAt } from '../read/answer.ts';
import type { Session } from '../session.ts';
import type { Docker } from '../transport/docker.ts';
import { HttpError } from '../transport/modem.ts';
import { networkBody, volumeBody } from './resource-body.ts';

/** How long a manager may show a network that is gone, and how often it is asked. */
const shownMs = 15_000;
const pollMs = 200;

/** Creates a network. */
export function createNetwork(
  session: Session,
  project: Project,
  network: DesiredNetwork,
  signal: AbortSignal,
): Promise<NetworkId> {
  return session.call(`create network ${network.name}`, signal, async (docker) => {
    const sent = { abortSignal: signal, _body: networkBody(project, network) };
    const { id } = await docker.createNetwork(sent);
    return networkId(requireId(id));
  });
}

/**
 * Already gone is success. A network in use is a `conflict`. One of a swarm is shown by its manager for some seconds
 * after it is gone: that is waited for, so that nobody finds it again.
 */
export function removeNetwork(session: Session, id: NetworkId, signal: AbortSignal): Promise<void> {
  return session.call(`remove network ${id.slice(0, 12)}`, signal, async (docker) => {
    const network = docker.getNetwork(id);
    try {
      await tolerate([404], () => network.remove({ abortSignal: signal }));
    } catch (cause) {
      if (!(cause instanceof HttpError) || !cause.message.includes(`network ${id} not found`)) throw cause;
    }
    const patience = AbortSignal.timeout(shownMs);
    while (!patience.aborted && (await isShownOfSwarm(network, signal))) await sleep(pollMs, undefined, { signal });
  });
}

async function isShownOfSwarm(network: ReturnType<Docker['getNetwork']>, signal: AbortSignal): Promise<boolean> {
  try {
    return textAt(await network.inspect({ abortSignal: signal }), 'Scope') === 'swarm';
  } catch (cause) {
    if (isNotFound(cause)) return false;
    throw cause;
  }
}

/** Creates the volume, or finds the one of that name. */
export function createVolume(
  session: Session,
  project: Project,
  volume: DesiredVolume,
  signal: AbortSignal,
): Promise<void> {
  return session.call(`create volume ${volume.name}`, signal, async (docker) => {
    const sent = { abortSignal: signal, _body: volumeBody(project, volume) };
    await docker.createVolume(sent);
  });
}

/** Already gone is success. A volume in use is a `conflict`. */
export function removeVolume(session: Session, name: string, signal: AbortSignal): Promise<void> {
  return session.call(`remove volume ${name}`, signal, (docker) =>
    tolerate([404], () => docker.getVolume(encodeURIComponent(name)).remove({ abortSignal: signal })),
  );
}

/** Already gone is success. An image that a container uses is a `conflict`. */
export function removeImage(session: Session, id: ImageId, signal: AbortSignal): Promise<void> {
  return session.call(`remove image ${id.slice(0, 19)}`, signal, (docker) =>
    tolerate([404], () => docker.getImage(encodeURIComponent(id)).remove({ abortSignal: signal })),
  );
}
