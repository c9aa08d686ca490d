import type { DesiredNetwork, DesiredVolume, Project } from '../../model/desired.ts';
import { type ImageId, type NetworkId, networkId } from '../../model/id.ts';
import { tolerate } from '../errors.ts';
import { requireId } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { HttpError } from '../transport/modem.ts';
import { networkBody, volumeBody } from './resource-body.ts';

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

/** Already gone is success. A network in use is a `conflict`. */
export function removeNetwork(session: Session, id: NetworkId, signal: AbortSignal): Promise<void> {
  return session.call(`remove network ${id.slice(0, 12)}`, signal, async (docker) => {
    try {
      await tolerate([404], () => docker.getNetwork(id).remove({ abortSignal: signal }));
    } catch (cause) {
      // Of a network of a swarm that is gone, a manager shows its own part for a moment, and answers with 500.
      if (!(cause instanceof HttpError) || !cause.message.includes(`network ${id} not found`)) throw cause;
    }
  });
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
