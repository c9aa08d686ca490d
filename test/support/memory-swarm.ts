import { type NetworkId, networkId } from '../../src/model/id.ts';
import type { Availability } from '../../src/model/inventory.ts';
import type { SwarmMember, SwarmMembership } from '../../src/model/observed.ts';
import { endpointsOf } from './memory-containers.ts';
import { hex, type MemoryNetwork, type MemoryWorld, refusal } from './memory-world.ts';

/** A swarm that in-memory engines share: its overlay networks have one id on all of them. */
export interface MemorySwarm {
  readonly clusterId: string;
  readonly networks: Map<NetworkId, MemoryNetwork>;
  /** In order of joining. */
  readonly members: MemoryMember[];
}

/** One engine of a swarm. Tests may change what is mutable behind our back. */
export interface MemoryMember {
  readonly world: MemoryWorld;
  readonly nodeId: string;
  readonly isManager: boolean;
  availability: Availability;
  /** The managers hear of it. A majority of managers makes the quorum. */
  isReady: boolean;
}

/** A swarm without members: engines join it by `MemoryEngineOptions.swarm`. */
export const memorySwarm = (name = 'swarm'): MemorySwarm => ({
  clusterId: hex(name).slice(0, 25),
  networks: new Map(),
  members: [],
});

export function joinSwarm(world: MemoryWorld, swarm: MemorySwarm, isManager: boolean): void {
  const nodeId = hex(`${swarm.clusterId} ${world.name}`).slice(0, 25);
  swarm.members.push({ world, nodeId, isManager, availability: 'active', isReady: true });
  world.swarm = swarm;
}

/** What the engine's information says of its swarm. */
export function membershipOf(world: MemoryWorld): SwarmMembership | undefined {
  const { swarm } = world;
  const self = selfIn(world);
  if (swarm === undefined || self === undefined) return undefined;
  const knows = self.isManager && hasQuorum(swarm);
  return {
    clusterId: knows ? swarm.clusterId : '',
    nodeId: self.nodeId,
    nodeAddress: world.name,
    isManager: self.isManager,
    hasQuorum: knows,
    managers: swarm.members.filter(({ isManager }) => isManager).map(({ nodeId }) => nodeId),
    availability: knows ? self.availability : undefined,
    ...(knows && { nodes: swarm.members.map(nodeOf).toSorted((a, b) => (a.nodeId < b.nodeId ? -1 : 1)) }),
    ...(self.isManager && !knows && { problem: 'The swarm does not have a leader.' }),
  };
}

/** Networks that a list shows: on a worker, or without quorum, an overlay shows only while a container is attached. */
export function visibleNetworks(world: MemoryWorld): readonly MemoryNetwork[] {
  const { swarm } = world;
  if (swarm === undefined) return [...world.networks.values()];
  const seesAll = selfIn(world)?.isManager === true && hasQuorum(swarm);
  const shared = [...swarm.networks.values()].filter(({ id }) => seesAll || endpointsOf(world, id).length > 0);
  return [...world.networks.values(), ...shared];
}

/** A network by id, whether or not a list shows it. */
export const findNetwork = (world: MemoryWorld, id: NetworkId): MemoryNetwork | undefined =>
  world.networks.get(id) ?? world.swarm?.networks.get(id);

/** Makes a network that every member knows; only a manager with quorum can. */
export function createOverlay(world: MemoryWorld, network: Omit<MemoryNetwork, 'id' | 'isSwarmScoped'>): NetworkId {
  const { swarm } = world;
  if (swarm === undefined) throw refusal(world, 'rejected', 'This node is not a swarm manager.');
  if (selfIn(world)?.isManager !== true) {
    throw refusal(world, 'rejected', 'Cannot create a multi-host network from a worker node.');
  }
  requireQuorum(world, swarm);
  if ([...swarm.networks.values()].some(({ name }) => name === network.name)) {
    throw refusal(world, 'conflict', `network with name ${network.name} already exists`);
  }
  const id = networkId(hex(`${swarm.clusterId} ${network.name} ${swarm.networks.size}`).slice(0, 25));
  swarm.networks.set(id, { ...network, id, isSwarmScoped: true });
  return id;
}

/** Removes a shared network; a worker does not know it, and one that any member uses stays. */
export function removeOverlay(world: MemoryWorld, swarm: MemorySwarm, { id, name }: MemoryNetwork): void {
  if (selfIn(world)?.isManager !== true) throw refusal(world, 'not-found', `network ${id} not found`);
  requireQuorum(world, swarm);
  if (swarm.members.some((member) => endpointsOf(member.world, id).length > 0)) {
    throw refusal(world, 'conflict', `network ${name} is in use by task`);
  }
  swarm.networks.delete(id);
}

/** Attaching asks the managers; a node that is paused or drained is given no address. */
export function requireAttachable(world: MemoryWorld, { isSwarmScoped }: MemoryNetwork): void {
  const { swarm } = world;
  if (isSwarmScoped !== true || swarm === undefined) return;
  if (selfIn(world)?.availability === 'active' && hasQuorum(swarm)) return;
  throw refusal(world, 'rejected', 'attaching to network failed: context deadline exceeded');
}

const selfIn = (world: MemoryWorld): MemoryMember | undefined =>
  world.swarm?.members.find((member) => member.world === world);

function hasQuorum({ members }: MemorySwarm): boolean {
  const managers = members.filter(({ isManager }) => isManager);
  return 2 * managers.filter(({ isReady }) => isReady).length > managers.length;
}

function requireQuorum(world: MemoryWorld, swarm: MemorySwarm): void {
  if (!hasQuorum(swarm)) throw refusal(world, 'rejected', 'The swarm does not have a leader.');
}

const nodeOf = ({ world, nodeId, isManager, availability, isReady }: MemoryMember): SwarmMember => ({
  nodeId,
  hostname: world.name,
  address: world.name,
  availability,
  isManager,
  isReady,
});
