import type { ContainerId } from '../../../model/id.ts';
import type { ObservedContainer } from '../../../model/observed.ts';
import { compareContainerSpecs } from '../../compare/container.ts';
import { isLive } from '../../fleet.ts';
import { joinedServices, networkKeys } from '../../uses.ts';
import type { Replica, ReplicaSite } from '../site.ts';
import { knownImage } from './creation.ts';

/** Why a container is not what the stack file asks for; empty if it is. */
export function reasonsToReplace(site: ReplicaSite, container: ObservedContainer): readonly string[] {
  if (container.state === 'dead') return ['the container is dead'];
  const mustMove = [...staleNetworks(site, container), ...staleJoins(site, container)];
  const recreate = recreation(site);
  // A container that cannot start again is replaced even when nothing else may be.
  if (recreate === 'never' || mustMove.length > 0) return mustMove;
  if (recreate === 'always' && !isFresh(site, container.id)) return ['recreation was asked for'];
  if (container.spec === undefined) return [unrecorded(container)];
  const changes = compareContainerSpecs(container.spec, site.service.container);
  const reasons = changes.length > 0 ? changes : imageChange(site, container);
  return site.past === undefined || reasons.length === 0 ? reasons : [site.past.because, ...reasons];
}

/** Created, started or restarted by this run. */
export const isFresh = ({ up }: ReplicaSite, id: ContainerId): boolean => up.input.history.freshContainers.has(id);

function recreation({ up: { request, selection }, service }: ReplicaSite): 'changed' | 'always' | 'never' {
  if (request.recreate !== 'always' || selection.named.has(service.name) || request.recreateDependencies)
    return request.recreate;
  return 'changed';
}

function unrecorded({ labels }: ObservedContainer): string {
  const isOurs = labels.some(([name]) => name === 'stack.schema');
  return isOurs
    ? 'made by another version of stack: its configuration cannot be read'
    : 'made by Docker Compose: its configuration is not recorded';
}

function imageChange(site: ReplicaSite, { imageId }: ObservedContainer): readonly string[] {
  const wanted = knownImage(site);
  if (wanted === undefined || wanted === imageId) return [];
  return [`image ${site.service.container.image} is now ${short(wanted)}, the container runs ${short(imageId)}`];
}

const short = (id: string): string => id.slice(0, 'sha256:'.length + 12);

/** Connected to a network that is made anew, or that was since. */
function staleNetworks({ service, engine, networks }: ReplicaSite, container: ObservedContainer): readonly string[] {
  return networkKeys(service.container).flatMap((key) => {
    const planned = networks.find(engine.name, key);
    const connection = container.networks.find(({ name }) => name === planned?.name);
    if (planned === undefined || connection === undefined) return [];
    if (planned.changes.length > 0) return planned.changes;
    // A container that never started may know the network by name alone.
    if (connection.id === '' || connection.id === planned.id) return [];
    return [`network ${key} was made anew`];
  });
}

/** Shares a namespace or volumes with a container that this plan, or an earlier one, replaced. */
function staleJoins(site: ReplicaSite, container: ObservedContainer): readonly string[] {
  return joinedServices(site.service.container).flatMap((name) => {
    const parent = site.settled.get(name)?.replicas[0];
    if (parent === undefined) return [];
    return canJoin(container, parent) || site.service.container.links.some((link) => link.split(':')[0] === name)
      ? []
      : [`shares what belongs to a container of ${name}, which was replaced`];
  });
}

/** A container that runs loses what it shares when the other starts again; one that does not run joins it anew. */
function canJoin(child: ObservedContainer, { container, kept, isProving }: Replica): boolean {
  const { joins = [] } = child;
  if (container?.from !== 'observed' || (joins.length > 0 && !joins.includes(container.id))) return false;
  return kept !== undefined || isProving === true || !isLive(child);
}
