import type { ContainerSpec, Mount } from '../../model/container.ts';
import type { Desired, DesiredService, DesiredVolume } from '../../model/desired.ts';
import type { Observed } from '../../model/observed.ts';
import { joinedServices, volumeKeys } from '../uses.ts';

/** Services that must be on one engine, and the volumes that are on no other than theirs. */
export interface Bundle {
  /** By name. */
  readonly services: readonly DesiredService[];
  readonly volumes: readonly DesiredVolume[];
}

/**
 * Groups the services that share a namespace, a volume or a folder of the host that one of them writes to, directly
 * or over others. A service alone is a bundle if it has a volume of its own; one that is everywhere is in none.
 */
export function bundlesOf(desired: Desired, observed: Observed): readonly Bundle[] {
  const services = desired.services.filter(({ placement }) => placement.mode === 'replicated');
  const local = desired.volumes.filter((volume) => isBoundToEngine(volume, observed));
  const keys = new Set(local.map(({ key }) => key));
  const groups = new Map(services.map((service) => [service.name, new Set([service])]));
  const join = (a: string, b: string): void => {
    const [one, other] = [groups.get(a), groups.get(b)];
    if (one === undefined || other === undefined || one === other) return;
    for (const service of other) {
      one.add(service);
      groups.set(service.name, one);
    }
  };
  for (const service of services) {
    for (const name of joinedServices(service.container)) join(service.name, name);
  }
  for (const [first, ...others] of sharersOf(services, keys)) for (const name of others) join(first ?? name, name);
  return [...new Set(groups.values())].flatMap((group) => {
    const members = [...group].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const used = new Set(members.flatMap(({ container }) => volumeKeys(container)));
    const volumes = local.filter(({ key }) => used.has(key));
    return members.length > 1 || volumes.length > 0 ? [{ services: members, volumes }] : [];
  });
}

/** Folders of the engine's machine in which a container keeps what it writes. */
export const writtenFolders = ({ volumes }: ContainerSpec): readonly string[] =>
  volumes.flatMap((mount) => (mount.type === 'bind' && !mount.readOnly && !isSystem(mount) ? mount.source : []));

/** The services that mount each volume of an engine, and each folder that one of them writes to. */
function sharersOf(services: readonly DesiredService[], local: ReadonlySet<string>): readonly (readonly string[])[] {
  const written = new Set(services.flatMap(({ container }) => writtenFolders(container)));
  const shared = services.flatMap(({ name, container }) => [
    ...volumeKeys(container).flatMap((key) => (local.has(key) ? [{ name, data: `volume ${key}` }] : [])),
    ...container.volumes.flatMap((mount) =>
      mount.type === 'bind' && written.has(mount.source) ? [{ name, data: `folder ${mount.source}` }] : [],
    ),
  ]);
  return [...Map.groupBy(shared, ({ data }) => data).values()].map((users) => users.map(({ name }) => name));
}

/** Sockets and the machine's own folders: every engine has them. */
const isSystem = ({ source }: Pick<Extract<Mount, { type: 'bind' }>, 'source'>): boolean =>
  /^\/(?:dev|etc|lib|proc|run|sys|tmp|usr|var\/run)(?:\/|$)/.test(source);

/** Drivers of their own know how to find the data from another engine; so does `local` that mounts what a network has. */
function isBoundToEngine({ name, spec }: DesiredVolume, { engines }: Observed): boolean {
  const found = engines.flatMap(({ volumes }) => volumes).find((volume) => volume.name === name);
  const driver = spec.driver ?? found?.driver ?? 'local';
  const type = spec.driverOpts.find(([option]) => option === 'type')?.[1] ?? '';
  return driver === 'local' && !/^(?:nfs4?|cifs|smb3|ceph|glusterfs)$/.test(type);
}
