import type { Connection, FileContent, Resolve } from '../../src/engine/engine.ts';
import type { Balancing } from '../../src/model/balancing.ts';
import type { ContainerSpec, Previous } from '../../src/model/container.ts';
import type { ContainerId, NetworkId } from '../../src/model/id.ts';
import type { ObservedContainer, ObservedMount } from '../../src/model/observed.ts';
import type { ContainerCreation } from '../../src/model/plan.ts';
import { unreachable } from '../../src/model/result.ts';
import { findNetwork } from './memory-swarm.ts';
import {
  hex,
  isRunning,
  type MemoryContainer,
  type MemoryImage,
  type MemoryWorld,
  need,
  newContainerId,
  publish,
  refusal,
  takeId,
  write,
} from './memory-world.ts';

/** Creates a container: the name is a mutex, the image must be there, named volumes come into being. */
export function createContainer(world: MemoryWorld, creation: ContainerCreation, resolve: Resolve): ContainerId {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(creation.name)) {
    throw refusal(world, 'rejected', `Invalid container name (${creation.name})`);
  }
  requireFree(world, creation.name);
  const image =
    creation.isPinned === true
      ? [...world.images.values()].find(({ id }) => id === creation.imageId)
      : world.images.get(creation.spec.image);
  if (image === undefined) throw refusal(world, 'not-found', `No such image: ${creation.spec.image}`);
  write(world);
  const container: MemoryContainer = {
    id: newContainerId(world),
    name: creation.name,
    creation,
    imageId: image.id,
    state: 'created',
    health: 'none',
    exitCode: 0,
    restartCount: 0,
    startedAtMs: undefined,
    finishedAtMs: undefined,
    createdAtMs: world.clock.now(),
    run: 0,
    networks: networksOf(world, creation, resolve),
    mounts: mountsOf(world, creation, image),
    ports: [],
    joins: joinsOf(creation, resolve),
    commands: [],
    files: new Map(),
  };
  world.containers.set(container.id, container);
  publish(world, container, 'create');
  return container.id;
}

/** Locks are containers too. */
export function requireFree(world: MemoryWorld, name: string): void {
  const holder = [...world.containers.values(), ...world.locks.values()].find((it) => it.name === name);
  if (holder !== undefined) {
    throw refusal(
      world,
      'conflict',
      `Conflict. The container name "/${name}" is already in use by container "${holder.id}"`,
    );
  }
}

function networksOf(world: MemoryWorld, { network }: ContainerCreation, resolve: Resolve): MemoryContainer['networks'] {
  if (network.kind !== 'networks') return [];
  const taken = isOld(world) ? network.attachments.slice(0, 1) : network.attachments;
  return taken.map((it) => ({ id: resolve.network(it.network), name: it.name, aliases: it.aliases }));
}

/** Engine API below 1.44. */
export const isOld = ({ apiVersion }: MemoryWorld): boolean => Number(apiVersion.split('.')[1]) < 44;

function joinsOf({ network, containers, spec }: ContainerCreation, resolve: Resolve): readonly ContainerId[] {
  const joined = network.kind === 'container' ? [resolve.container(network.container)] : [];
  const words = [spec.namespaces.ipc, spec.namespaces.pid].flatMap(
    (word) => /^service:(.+)$/.exec(word ?? '')?.[1] ?? [],
  );
  const shared = new Set([...spec.volumesFrom.flatMap(({ from, name }) => (from === 'service' ? name : [])), ...words]);
  const others = containers.filter(([name]) => shared.has(name)).map(([, ref]) => resolve.container(ref));
  return [...new Set([...joined, ...others])];
}

function mountsOf(world: MemoryWorld, creation: ContainerCreation, image: MemoryImage): readonly ObservedMount[] {
  const names = new Map(creation.volumeNames);
  const inherited = new Map(creation.inheritedVolumes);
  const anonymous = (target: string): ObservedMount => {
    const name = inherited.get(target) ?? takeId(world, 'volume');
    return volumeMount(world, name, target);
  };
  const declared = creation.spec.volumes.map((mount): ObservedMount => {
    switch (mount.type) {
      case 'volume':
        return mount.source === undefined
          ? anonymous(mount.target)
          : volumeMount(world, names.get(mount.source) ?? mount.source, mount.target);
      case 'bind':
      case 'image':
        return { type: mount.type, volume: '', source: mount.source, target: mount.target };
      case 'tmpfs':
        return { type: 'tmpfs', volume: '', source: '', target: mount.target };
      default:
        return unreachable(mount);
    }
  });
  const covered = new Set(declared.map(({ target }) => target));
  return [...declared, ...image.volumes.filter((target) => !covered.has(target)).map(anonymous)];
}

function volumeMount(world: MemoryWorld, name: string, target: string): ObservedMount {
  if (!world.volumes.has(name)) {
    const isAnonymous = /^[0-9a-f]{64}$/.test(name);
    world.volumes.set(name, { name, stack: '', key: undefined, driver: 'local', spec: undefined, isAnonymous });
  }
  return { type: 'volume', volume: name, source: `/var/lib/docker/volumes/${name}/_data`, target };
}

export function connectNetwork(world: MemoryWorld, { network, container, aliases }: Connection): void {
  const target = need(world, container);
  const found = findNetwork(world, network);
  if (found === undefined) throw refusal(world, 'not-found', `network ${network.slice(0, 12)} not found`);
  if (target.networks.some(({ name }) => name === found.name)) {
    throw refusal(world, 'rejected', `endpoint with name ${target.name} already exists in network ${found.name}`);
  }
  write(world);
  target.networks.push({ id: network, name: found.name, aliases });
}

export function writeFiles(world: MemoryWorld, id: ContainerId, files: readonly FileContent[]): void {
  const container = need(world, id);
  write(world);
  for (const { file, bytes } of files) container.files.set(file.target, Buffer.from(bytes).toString());
}

export function balance(world: MemoryWorld, id: ContainerId, balancing: Balancing): void {
  const container = need(world, id);
  if (container.state === 'paused')
    throw refusal(world, 'conflict', `Container ${id} is paused, unpause the container before exec`);
  write(world);
  container.balancing = balancing;
}

export function renameContainer(world: MemoryWorld, id: ContainerId, name: string): void {
  const container = need(world, id);
  if (container.name === name) return;
  requireFree(world, name);
  write(world);
  container.name = name;
  publish(world, container, 'rename');
}

export function removeContainer(world: MemoryWorld, id: ContainerId, removeAnonymousVolumes: boolean): void {
  const container = world.containers.get(id);
  if (container === undefined) return;
  if (isRunning(container) || container.state === 'restarting') {
    throw refusal(
      world,
      'conflict',
      `You cannot remove a running container ${id}. Stop the container before attempting removal`,
    );
  }
  world.containers.delete(id);
  publish(world, container, 'destroy');
  if (!removeAnonymousVolumes) return;
  for (const { volume } of container.mounts) {
    if (world.volumes.get(volume)?.isAnonymous === true && usersOf(world, volume).length === 0)
      world.volumes.delete(volume);
  }
}

export const usersOf = (world: MemoryWorld, volume: string): readonly MemoryContainer[] =>
  [...world.containers.values()].filter(({ mounts }) => mounts.some((mount) => mount.volume === volume));

/** Running containers hold a network; stopped ones do not. */
export const endpointsOf = (world: MemoryWorld, id: NetworkId): readonly ContainerId[] =>
  [...world.containers.values()]
    .filter((it) => isRunning(it) && it.networks.some((network) => network.id === id))
    .map((it) => it.id);

/** As `inspect` shows it. */
export function inspect(world: MemoryWorld, container: MemoryContainer): ObservedContainer {
  const { creation } = container;
  return {
    id: container.id,
    name: container.name,
    service: creation.service,
    slot: creation.slot,
    isOneOff: creation.isOneOff,
    state: container.state,
    health: container.health,
    healthOutput: container.health === 'unhealthy' ? 'probe failed' : '',
    exitCode: container.exitCode,
    restartCount: container.restartCount,
    startedAt: timestamp(container.startedAtMs),
    createdAt: timestamp(container.createdAtMs),
    finishedAt: timestamp(container.finishedAtMs),
    image: creation.spec.image,
    imageId: container.imageId,
    command: creation.spec.command?.join(' ') ?? 'program',
    spec: recorded(creation),
    previous: creation.previous && (JSON.parse(JSON.stringify(creation.previous)) as Previous),
    dependsOn: creation.dependsOn.map(({ service }) => service),
    networks: container.networks.map(({ id, name }) => ({ name, id, address: addressOf(world, container, id) })),
    mounts: container.mounts,
    joins: container.joins,
    ...(container.balancing === undefined ? {} : { balancing: container.balancing }),
    ports: container.ports,
    labels: [...creation.spec.labels, ['com.docker.compose.project', creation.project.name]],
  };
}

const addressOf = (world: MemoryWorld, container: MemoryContainer, network: NetworkId): string =>
  isRunning(container)
    ? `10.${Number.parseInt(hex(`${world.name}${network}${container.id}`).slice(0, 2), 16)}.0.2`
    : '';

export const timestamp = (ms: number | undefined): string => (ms === undefined ? '' : new Date(ms).toISOString());

const records = new WeakMap<ContainerCreation, ContainerSpec>();

/** Through text, as a label is: what was undefined is absent. */
function recorded(creation: ContainerCreation): ContainerSpec {
  const known = records.get(creation) ?? (JSON.parse(JSON.stringify(creation.spec)) as ContainerSpec);
  records.set(creation, known);
  return known;
}
