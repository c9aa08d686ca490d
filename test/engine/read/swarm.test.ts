import { expect, test } from 'vitest';

import type { SwarmMembership } from '../../../src/model/observed.ts';
import { type Answer, refuse, soon, withFakeEngine } from '../support/fake-engine.ts';

const manager = {
  NodeID: 'n1',
  NodeAddr: '10.0.0.1',
  LocalNodeState: 'active',
  ControlAvailable: true,
  Error: '',
  RemoteManagers: [
    { NodeID: 'n1', Addr: '10.0.0.1:2377' },
    { NodeID: 'n2', Addr: '10.0.0.2:2377' },
  ],
  Cluster: { ID: 'cluster' },
};
const node = (id: string, reachability: string, availability = 'active'): object => ({
  ID: id,
  Spec: { Role: 'manager', Availability: availability },
  Description: { Hostname: `host-${id}` },
  Status: { State: 'ready', Addr: id === 'n1' ? '0.0.0.0' : '10.0.0.2' },
  ManagerStatus: { Reachability: reachability, Addr: id === 'n1' ? '10.0.0.1:2377' : '10.0.0.2:2377' },
});

async function membershipOf(swarm: object, nodes: Answer): Promise<SwarmMembership | undefined> {
  let found: SwarmMembership | undefined;
  await withFakeEngine(
    (asked, response) => (asked.path.endsWith('/nodes') ? nodes(asked, response) : { ID: 'engine', Swarm: swarm }),
    async (engine) => {
      const info = await engine.info(soon());
      expect(info.engineId).toBe('engine');
      found = info.swarm;
    },
  );
  return found;
}

const noNodes: Answer = (_asked, response) => refuse(response, 500, 'asked for nodes');

test('an engine outside of swarms has no part in one', async () => {
  expect(await membershipOf({ LocalNodeState: 'inactive', RemoteManagers: null }, noNodes)).toBeUndefined();
});

test('a manager tells its swarm, its members and their availability', async () => {
  expect(await membershipOf(manager, () => [node('n1', 'reachable', 'pause'), node('n2', 'reachable')])).toEqual({
    clusterId: 'cluster',
    nodeId: 'n1',
    nodeAddress: '10.0.0.1',
    isManager: true,
    hasQuorum: true,
    managers: ['n1', 'n2'],
    availability: 'pause',
    nodes: [
      {
        nodeId: 'n1',
        hostname: 'host-n1',
        address: '10.0.0.1',
        availability: 'pause',
        isManager: true,
        isReady: true,
      },
      {
        nodeId: 'n2',
        hostname: 'host-n2',
        address: '10.0.0.2',
        availability: 'active',
        isManager: true,
        isReady: true,
      },
    ],
  });
});

test('a manager that sees half of the managers has no quorum, before its swarm says so', async () => {
  const swarm = await membershipOf(manager, () => [node('n1', 'reachable'), node('n2', 'unreachable')]);
  expect(swarm).toMatchObject({ hasQuorum: false, problem: 'only 1 of 2 managers can be reached' });
});

test('a swarm without leader has no quorum', async () => {
  const message = 'rpc error: code = Unknown desc = The swarm does not have a leader.';
  const swarm = await membershipOf({ ...manager, Error: message, Cluster: { ID: '' } }, noNodes);
  expect(swarm).toMatchObject({ isManager: true, hasQuorum: false, clusterId: '', problem: message });
});

test('a manager that loses its leader between two questions has no quorum', async () => {
  const swarm = await membershipOf(manager, noNodes);
  expect(swarm).toMatchObject({ hasQuorum: false, clusterId: 'cluster', problem: 'asked for nodes' });
});

test('a worker tells its managers and is asked nothing more', async () => {
  const worker = { ...manager, NodeID: 'n3', ControlAvailable: false, Cluster: undefined };
  expect(await membershipOf(worker, noNodes)).toEqual({
    clusterId: '',
    nodeId: 'n3',
    nodeAddress: '10.0.0.1',
    isManager: false,
    hasQuorum: false,
    managers: ['n1', 'n2'],
    availability: undefined,
  });
});

test('a locked swarm is a problem', async () => {
  const swarm = await membershipOf({ LocalNodeState: 'locked', NodeID: '' }, noNodes);
  expect(swarm).toMatchObject({ hasQuorum: false, problem: 'its swarm is locked' });
});
