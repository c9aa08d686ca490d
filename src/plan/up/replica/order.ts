import type { Mount, NetworkMode } from '../../../model/container.ts';
import type { ObservedContainer } from '../../../model/observed.ts';
import { fixedPorts, isHeldBy } from '../../host-ports.ts';
import type { ReplicaSite } from '../site.ts';
import { inheritedVolumes } from './creation.ts';

/** How the place of a running container is taken. */
export interface UpdateOrder {
  readonly order: 'start-first' | 'stop-first';
  /** What old and new would fight for, in words; empty if both may run at once. */
  readonly because: readonly string[];
}

/**
 * Start-first where old and new can run side by side, stop-first where they share something that only one can have.
 *
 * `update_config.order` decides where it can: two containers never hold one port or one address.
 */
export function chooseOrder(site: ReplicaSite, old: ObservedContainer): UpdateOrder {
  const impossible = [...sharedPorts(site, old), ...fixedAddresses(site), ...sharedNamespaces(site)];
  const wish = site.service.update.order;
  if (impossible.length > 0) return { order: 'stop-first', because: impossible };
  if (wish !== undefined) return { order: wish, because: [] };
  const shared = [...sharedData(site, old), ...ownName(site)];
  return { order: shared.length > 0 ? 'stop-first' : 'start-first', because: shared };
}

function sharedPorts({ service }: ReplicaSite, old: ObservedContainer): readonly string[] {
  return fixedPorts(service.container)
    .filter((port) => old.ports.some((held) => isHeldBy(port, held)))
    .map(({ published, protocol }) => `host port ${published.from}/${protocol}`);
}

/** Addresses that no two containers can have, in words. */
export function fixedAddresses({ service: { container } }: ReplicaSite): readonly string[] {
  const attachments = container.network.kind === 'networks' ? container.network.attachments : [];
  const fixed = attachments.flatMap((it) => [it.ipv4Address, it.ipv6Address, it.macAddress]);
  return [...fixed, container.macAddress]
    .filter((address) => address !== undefined)
    .map((address) => `address ${address}`);
}

function sharedNamespaces({ service: { container } }: ReplicaSite): readonly string[] {
  const word = wordOf(container.network);
  return word === undefined || word === 'none' || word === 'bridge' ? [] : [`network_mode ${word}`];
}

function wordOf(network: NetworkMode): string | undefined {
  if (network.kind === 'networks') return undefined;
  return network.kind === 'service' ? `service:${network.service}` : network.mode;
}

/** Two programs that write the same files, unaware of each other, destroy them. */
function sharedData(site: ReplicaSite, old: ObservedContainer): readonly string[] {
  const { up, service } = site;
  const names = new Map(up.desired.volumes.map(({ key, name }) => [key, name]));
  const declared = service.container.volumes
    .filter((mount) => !mount.readOnly && isShared(mount, old, names))
    .map(({ target }) => target);
  const inherited = inheritedVolumes(site, old).map(([target]) => target);
  const from = service.container.volumesFrom
    .filter(({ readOnly }) => !readOnly)
    .map(({ name }) => `volumes of ${name}`);
  return [...new Set([...declared, ...inherited])].map((target) => `data in ${target}`).concat(from);
}

function isShared(mount: Mount, old: ObservedContainer, names: ReadonlyMap<string, string>): boolean {
  if (mount.type === 'bind') return old.mounts.some(({ type, source }) => type === 'bind' && source === mount.source);
  if (mount.type !== 'volume' || mount.source === undefined) return false;
  const name = names.get(mount.source);
  return old.mounts.some(({ volume }) => volume === name);
}

const ownName = ({ service }: ReplicaSite): readonly string[] =>
  service.containerName === undefined ? [] : [`container_name ${service.containerName}`];
