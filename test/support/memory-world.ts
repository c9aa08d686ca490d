import { createHash } from 'node:crypto';

import { type ContainerEvent, EngineError, type EngineErrorCode, type EventMark } from '../../src/engine/engine.ts';
import type { Balancing } from '../../src/model/balancing.ts';
import type { ContainerSpec } from '../../src/model/container.ts';
import type { NetworkSpec, VolumeSpec } from '../../src/model/desired.ts';
import {
  type ContainerId,
  containerId,
  type EngineName,
  type ImageId,
  imageId,
  type NetworkId,
  networkId,
} from '../../src/model/id.ts';
import type { Availability, EngineMember } from '../../src/model/inventory.ts';
import type { LockOwner } from '../../src/model/lock.ts';
import type { ContainerState, Health, ObservedMount, ObservedPort } from '../../src/model/observed.ts';
import type { ContainerCreation } from '../../src/model/plan.ts';
import type { TestClock } from './clock.ts';
import type { MemorySwarm } from './memory-swarm.ts';

/** How the program of an image behaves once it is started. By default it runs for ever and is healthy after a second. */
export interface Behaviour {
  readonly exitsAfterMs?: number;
  readonly exitCode?: number;
  /** `never`: its healthcheck fails; counts only where there is a healthcheck. */
  readonly healthyAfterMs?: number | 'never';
  /** The engine refuses to start it, in these words. */
  readonly refusesToStart?: string;
  /** Ignores the stop signal until it is killed. */
  readonly ignoresStop?: boolean;
  readonly output?: readonly string[];
  /** How commands that are run beside the program end, by their words. By default with code 0 and without a word. */
  readonly commands?: Readonly<Record<string, { readonly exitCode?: number; readonly output?: readonly string[] }>>;
}

export interface MemoryImage {
  readonly id: ImageId;
  readonly volumes: readonly string[];
  readonly hasHealthcheck: boolean;
}

export interface MemoryContainer {
  readonly id: ContainerId;
  name: string;
  readonly creation: ContainerCreation;
  readonly imageId: ImageId;
  state: ContainerState;
  health: Health;
  exitCode: number;
  restartCount: number;
  startedAtMs: number | undefined;
  finishedAtMs: number | undefined;
  readonly createdAtMs: number;
  /** Counts starts, so that what was due in an earlier run of the program does not happen in a later one. */
  run: number;
  readonly networks: { readonly id: NetworkId; readonly name: string; readonly aliases: readonly string[] }[];
  readonly mounts: readonly ObservedMount[];
  ports: readonly ObservedPort[];
  readonly joins: readonly ContainerId[];
  /** Commands that were run beside the program, each with the run of the program that it met. */
  readonly commands: { readonly run: number; readonly command: string }[];
  /** Contents by target. */
  readonly files: Map<string, string>;
  /** What a balancer was told. */
  balancing?: Balancing;
}

export interface MemoryNetwork {
  readonly id: NetworkId;
  readonly name: string;
  readonly stack: string;
  readonly key: string | undefined;
  readonly driver: string;
  readonly spec: NetworkSpec | undefined;
  readonly createdAtMs: number;
  readonly isSwarmScoped?: true;
}

export interface MemoryVolume {
  readonly name: string;
  readonly stack: string;
  readonly key: string | undefined;
  readonly driver: string;
  readonly spec: VolumeSpec | undefined;
  readonly isAnonymous: boolean;
}

export interface MemoryLock {
  readonly id: ContainerId;
  readonly stack: string;
  readonly name: string;
  readonly owner: LockOwner;
  beats: number;
}

/** Everything that one in-memory engine holds. Tests may look into it, and change it behind our back. */
export interface MemoryWorld {
  readonly name: EngineName;
  readonly clock: TestClock;
  readonly apiVersion: string;
  readonly containers: Map<ContainerId, MemoryContainer>;
  readonly locks: Map<ContainerId, MemoryLock>;
  readonly networks: Map<NetworkId, MemoryNetwork>;
  readonly volumes: Map<string, MemoryVolume>;
  /** Images on the engine, by reference. */
  readonly images: Map<string, MemoryImage>;
  /** Images that a pull finds, by reference. */
  readonly registry: Map<string, MemoryImage>;
  readonly behave: (spec: ContainerSpec, slot: number) => Behaviour;
  readonly listeners: Set<(stack: string, event: ContainerEvent) => void>;
  /** No write succeeds, and no container starts; stopping still works. */
  isFull: boolean;
  availability: Availability;
  swarm: MemorySwarm | undefined;
  /** What the inventory says of it; clients that connect later tell it. */
  member: EngineMember | undefined;
  /** Nobody reaches the engine before this moment. */
  cutUntilMs: number;
  /** The engine takes calls and answers none before this moment. */
  frozenUntilMs: number;
  /** Told of each change just before it is made, and of whose it is. */
  readonly witnesses: Set<(call: string, client: string) => void>;
  nextId: number;
}

export interface WorldOptions {
  readonly name: EngineName;
  readonly clock: TestClock;
  /** Below 1.44 names of networks are not unique, and a container is created with one network. */
  readonly apiVersion: string;
  readonly images: readonly string[];
  readonly registry: readonly string[];
  readonly behave: (spec: ContainerSpec, slot: number) => Behaviour;
}

export function createWorld({ images, registry, ...options }: WorldOptions): MemoryWorld {
  return {
    ...options,
    containers: new Map(),
    networks: new Map(),
    volumes: new Map(),
    images: new Map(images.map((reference) => [reference, memoryImage(reference)])),
    registry: new Map(registry.map((reference) => [reference, memoryImage(reference)])),
    locks: new Map(),
    listeners: new Set(),
    isFull: false,
    availability: 'active',
    swarm: undefined,
    member: undefined,
    cutUntilMs: 0,
    frozenUntilMs: 0,
    witnesses: new Set(),
    nextId: 1,
  };
}

/** An image whose id follows from this text. */
export const memoryImage = (content: string, overrides: Partial<MemoryImage> = {}): MemoryImage => ({
  id: imageId(`sha256:${hex(content)}`),
  volumes: [],
  hasHealthcheck: false,
  ...overrides,
});

export const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

export function takeId(world: MemoryWorld, kind: string): string {
  const id = hex(`${world.name} ${kind} ${world.nextId}`);
  world.nextId += 1;
  return id;
}

export const newContainerId = (world: MemoryWorld): ContainerId => containerId(takeId(world, 'container'));
export const newNetworkId = (world: MemoryWorld): NetworkId => networkId(takeId(world, 'network'));

/** What the engine answers when it says no. */
export const refusal = (world: MemoryWorld, code: EngineErrorCode, message: string): EngineError =>
  new EngineError(code, world.name, message);

export function need(world: MemoryWorld, id: ContainerId): MemoryContainer {
  const found = world.containers.get(id);
  if (found === undefined) throw refusal(world, 'not-found', `No such container: ${id.slice(0, 12)}`);
  return found;
}

/** A write fails when the disk is full. */
export function write(world: MemoryWorld): void {
  if (world.isFull) throw refusal(world, 'no-space', 'no space left on device');
}

export const isRunning = ({ state }: MemoryContainer): boolean => state === 'running' || state === 'paused';

export function publish(world: MemoryWorld, container: MemoryContainer, action: string): void {
  const { id, creation, exitCode } = container;
  const event = { container: id, action, service: creation.service, exitCode: action === 'die' ? exitCode : undefined };
  for (const listener of world.listeners) listener(creation.project.name, event);
}

export function publishMark(
  world: MemoryWorld,
  mark: EventMark,
  { id, stack, action }: { readonly id: ContainerId; readonly stack: string; readonly action: string },
): void {
  const event = { container: id, action, service: '', exitCode: undefined, mark };
  for (const listener of world.listeners) listener(stack, event);
}
