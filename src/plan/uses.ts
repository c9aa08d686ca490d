import type { ContainerSpec } from '../model/container.ts';

/** Networks that a container is connected to, by key. */
export const networkKeys = ({ network }: ContainerSpec): readonly string[] =>
  network.kind === 'networks' ? network.attachments.map((attachment) => attachment.network) : [];

/** Volumes that a container mounts by name, by key. */
export const volumeKeys = ({ volumes }: ContainerSpec): readonly string[] =>
  volumes.flatMap((mount) => (mount.type === 'volume' ? (mount.source ?? []) : []));

/** Image references that a container needs: the one that it runs, then those that it mounts. */
export const imagesOf = ({ image, volumes }: ContainerSpec): readonly [string, ...(readonly string[])] => [
  image,
  ...volumes.flatMap((mount) => (mount.type === 'image' ? mount.source : [])),
];

/** The services whose containers this one joins: `network_mode`, `ipc`, `pid`, `volumes_from`, `links`. */
export function joinedServices(container: ContainerSpec): readonly string[] {
  const words = [container.namespaces.ipc, container.namespaces.pid].flatMap((word) => word ?? []);
  const named = words.flatMap((word) => /^service:(.+)$/.exec(word)?.[1] ?? []);
  const network = container.network.kind === 'service' ? [container.network.service] : [];
  const mounts = container.volumesFrom.flatMap(({ from, name }) => (from === 'service' ? name : []));
  const links = container.links.flatMap((link) => link.split(':')[0] ?? []);
  return [...new Set([...network, ...named, ...mounts, ...links])].toSorted();
}
