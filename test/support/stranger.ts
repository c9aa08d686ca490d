import type { ContainerId, NetworkId } from '../../src/model/id.ts';
import { desired, service } from './builders.ts';
import { type MemoryContainer, type MemoryWorld, memoryImage } from './memory-world.ts';

/** What belongs to another stack of much the same names. */
export interface Stranger {
  readonly id: ContainerId;
  /** Whether somebody has changed or removed any of it. */
  readonly isTouched: () => boolean;
}

/** Puts a container, a network and a volume of another stack on an engine. */
export function openStranger(world: MemoryWorld): Stranger {
  const id = 'f'.repeat(64) as ContainerId;
  const network = 'e'.repeat(64) as NetworkId;
  const [name, volume] = ['other_default', 'other_data'];
  world.networks.set(network, {
    id: network,
    name,
    stack: 'other',
    key: 'default',
    driver: 'bridge',
    spec: undefined,
    createdAtMs: 0,
  });
  world.volumes.set(volume, {
    name: volume,
    stack: 'other',
    key: 'data',
    driver: 'local',
    spec: undefined,
    isAnonymous: false,
  });
  world.containers.set(id, strangerContainer(id));
  const shown = (): string =>
    JSON.stringify([world.containers.get(id), world.networks.get(network), world.volumes.get(volume)]);
  const before = shown();
  return { id, isTouched: () => shown() !== before };
}

const strangerContainer = (id: ContainerId): MemoryContainer => ({
  id,
  name: 'other-web-1',
  creation: {
    name: 'other-web-1',
    project: { ...desired([]).project, name: 'other' },
    service: 'web',
    slot: 1,
    isOneOff: false,
    spec: service().container,
    dependsOn: [],
    imageId: undefined,
    network: { kind: 'engine', mode: 'none' },
    volumeNames: [],
    inheritedVolumes: [],
    containers: [],
  },
  imageId: memoryImage('other').id,
  state: 'running',
  health: 'none',
  exitCode: 0,
  restartCount: 0,
  startedAtMs: 0,
  finishedAtMs: undefined,
  createdAtMs: 0,
  run: 1,
  networks: [],
  mounts: [],
  ports: [],
  joins: [],
  commands: [],
  files: new Map(),
});
