import type { Availability } from '../../model/inventory.ts';
import type { SwarmMember, SwarmMembership } from '../../model/observed.ts';
import type { Docker } from '../transport/docker.ts';
import { HttpError } from '../transport/modem.ts';
import { at, listAt, textAt } from './answer.ts';

/**
 * An engine's part in a swarm, from the answer of `GET /info`; `undefined` for one that is in none.
 *
 * A manager without quorum still calls itself one: only its `Error`, and a cluster without an id, give it away.
 */
export function readSwarm(answer: unknown): SwarmMembership | undefined {
  const state = textAt(answer, 'Swarm', 'LocalNodeState');
  if (state === '' || state === 'inactive') return undefined;
  const isManager = at(answer, 'Swarm', 'ControlAvailable') === true;
  const clusterId = textAt(answer, 'Swarm', 'Cluster', 'ID');
  const problem = textAt(answer, 'Swarm', 'Error') || (state === 'active' ? '' : `its swarm is ${state}`);
  return {
    clusterId,
    nodeId: textAt(answer, 'Swarm', 'NodeID'),
    nodeAddress: textAt(answer, 'Swarm', 'NodeAddr'),
    isManager,
    hasQuorum: isManager && clusterId !== '' && problem === '',
    managers: listAt(answer, 'Swarm', 'RemoteManagers').map((manager) => textAt(manager, 'NodeID')),
    availability: undefined,
    ...(problem !== '' && { problem }),
  };
}

/** Adds what a manager knows of all members. One that has lost its quorum meanwhile answers with 500 or 503. */
export async function withNodes(
  swarm: SwarmMembership,
  docker: Pick<Docker, 'listNodes'>,
  signal: AbortSignal,
): Promise<SwarmMembership> {
  if (!swarm.hasQuorum) return swarm;
  try {
    return withList(swarm, listAt({ list: await docker.listNodes({ abortSignal: signal }) }, 'list'));
  } catch (cause) {
    if (!(cause instanceof HttpError)) throw cause;
    return { ...swarm, hasQuorum: false, problem: cause.message };
  }
}

/** Managers see each other fail some twenty seconds before their swarm admits that it has no leader. */
function withList(swarm: SwarmMembership, list: readonly unknown[]): SwarmMembership {
  const nodes = list.map(readNode).toSorted((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
  const managers = list.filter((node) => at(node, 'ManagerStatus') !== undefined && at(node, 'ManagerStatus') !== null);
  const reachable = managers.filter((node) => textAt(node, 'ManagerStatus', 'Reachability') === 'reachable');
  const hasQuorum = 2 * reachable.length > managers.length;
  return {
    ...swarm,
    hasQuorum,
    availability: nodes.find(({ nodeId }) => nodeId === swarm.nodeId)?.availability,
    nodes,
    ...(!hasQuorum && { problem: `only ${reachable.length} of ${managers.length} managers can be reached` }),
  };
}

function readNode(node: unknown): SwarmMember {
  const address = textAt(node, 'Status', 'Addr');
  return {
    nodeId: textAt(node, 'ID'),
    hostname: textAt(node, 'Description', 'Hostname'),
    // A leader may list itself with the address that it listens on.
    address: address === '0.0.0.0' ? textAt(node, 'ManagerStatus', 'Addr').replace(/:\d+$/, '') : address,
    availability: readAvailability(textAt(node, 'Spec', 'Availability')),
    isManager: textAt(node, 'Spec', 'Role') === 'manager',
    isReady: textAt(node, 'Status', 'State') === 'ready',
  };
}

const readAvailability = (text: string): Availability => (text === 'pause' || text === 'drain' ? text : 'active');
