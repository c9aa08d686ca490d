import type { ContainerSpec } from '../../model/container.ts';

/** The services whose containers this one joins: `network_mode`, `ipc`, `pid`, `volumes_from`, `links`. */
export function joinedServices(container: ContainerSpec): readonly string[] {
  const words = [container.namespaces.ipc, container.namespaces.pid].flatMap((word) => word ?? []);
  const named = words.flatMap((word) => /^service:(.+)$/.exec(word)?.[1] ?? []);
  const network = container.network.kind === 'service' ? [container.network.service] : [];
  const mounts = container.volumesFrom.flatMap(({ from, name }) => (from === 'service' ? name : []));
  const links = container.links.flatMap((link) => link.split(':')[0] ?? []);
  return [...new Set([...network, ...named, ...mounts, ...links])].toSorted();
}
