import { networkKeys } from '../../uses.ts';
import type { ReplicaSite } from '../site.ts';

/**
 * Whether a container that runs keeps the name that it has: on a network of a swarm an engine renames it only by
 * taking it off the network for a moment. With `post_start` hooks it is done all the same, since the name tells that
 * they have run.
 */
export const keepsName = ({ service, engine, networks }: ReplicaSite): boolean =>
  service.container.postStart === undefined &&
  networkKeys(service.container).some((key) => networks.find(engine.name, key)?.isShared === true);
