import { expect, test } from 'vitest';

import type { Desired } from '../../../../src/model/desired.ts';
import { engineName, networkId } from '../../../../src/model/id.ts';
import { loneMember } from '../../../../src/model/inventory.ts';
import type { ObservedEngine, SwarmMembership } from '../../../../src/model/observed.ts';
import {
  container,
  desired,
  down,
  engine,
  info,
  madeNetwork,
  network,
  observed,
  service,
} from '../../../support/builders.ts';
import { notices, planText, refusals } from '../../planning.ts';

const swarm = (overrides: Partial<SwarmMembership> = {}): SwarmMembership => ({
  clusterId: 'cluster',
  nodeId: 'node',
  nodeAddress: '10.0.0.1',
  isManager: false,
  hasQuorum: false,
  managers: [],
  availability: 'active',
  ...overrides,
});
const manager = swarm({ isManager: true, hasQuorum: true });

const on = (name: string, membership: SwarmMembership | undefined, overrides: Partial<ObservedEngine> = {}) =>
  engine({
    name: engineName(name),
    info: info({ hostname: name, ...(membership === undefined ? {} : { swarm: membership }) }),
    member: { ...loneMember, labels: [['name', name]] },
    ...overrides,
  });

const at = (name: string, engineLabel: string) =>
  service({
    name,
    placement: {
      ...service().placement,
      constraints: [{ key: 'node.labels.name', operator: '==', value: engineLabel }],
    },
  });
const apart: Desired = desired([at('db', 'a'), at('web', 'b')]);

const overlay = madeNetwork({
  id: networkId('shared'),
  driver: 'overlay',
  isSwarmScoped: true,
  spec: { ...network().spec, driver: 'overlay', attachable: true },
});

test('a network that services on two engines share is made once, on a manager, and waited for by both', () => {
  expect(planText({ desired: apart, observed: observed(on('a', swarm()), on('b', manager)) })).toMatchInlineSnapshot(`
    "
    #0 b create-network network/default: does not exist
    #1 (0) a create-container service/db/1: no container; on a: the only one that can have it; b: constraint node.labels.name==a is not met
    #2 (1) a start-container service/db/1: no container
    #3 (0) b create-container service/web/1: no container; on b: the only one that can have it; a: constraint node.labels.name==b is not met
    #4 (3) b start-container service/web/1: no container
    "
  `);
});

test('a network of one engine that has to reach another makes room, and its containers are made anew', () => {
  const bridged = on('a', manager, { networks: [madeNetwork()], containers: [container({ service: 'db' })] });

  expect(planText({ desired: apart, observed: observed(bridged, on('b', swarm())) })).toMatchInlineSnapshot(`
    "
    #0 a stop-container service/db/1: network default: it has to reach from a to b
    #1 (0) a remove-network network/default: it has to reach from a to b
    #2 (1) a create-network network/default: it has to reach from a to b
    #3 (0) a rename-container service/db/1: network default: it has to reach from a to b
    #4 (2,3) a create-container service/db/1: network default: it has to reach from a to b
    #5 (4) a remove-container service/db/1: network default: it has to reach from a to b
    #6 (5) a start-container service/db/1: network default: it has to reach from a to b
    #7 (2) b create-container service/web/1: no container; on b: the only one that can have it; a: constraint node.labels.name==b is not met
    #8 (7) b start-container service/web/1: no container
    "
  `);
});

test('a network that spans already stays so, though one engine would do', () => {
  const settled = on('a', manager, {
    networks: [overlay],
    containers: [container({ networks: [{ name: overlay.name, id: overlay.id, address: '' }] })],
  });

  expect(planText({ desired: desired([service()]), observed: observed(settled, on('b', swarm())) })).toBe('\n');
});

test('a replica on a network that spans is replaced under a name of its own, since it cannot be renamed', () => {
  const old = container({ networks: [{ name: overlay.name, id: overlay.id, address: '' }] });
  const settled = on('a', manager, { networks: [overlay], containers: [old] });
  const changed = desired([service({ container: { environment: [['A', '1']] } })]);

  expect(planText({ desired: changed, observed: observed(settled) })).toMatchInlineSnapshot(`
    "
    #0 a create-container service/web/1: environment.A: unset → "1"
    #1 (0) a start-container service/web/1: environment.A: unset → "1"
    #2 (1) a wait-container service/web/1: environment.A: unset → "1"
    #3 (2) a stop-container service/web/1: environment.A: unset → "1"
    #4 (3) a remove-container service/web/1: environment.A: unset → "1"
    "
  `);
});

test.each([
  [
    'engines in no swarm',
    undefined,
    undefined,
    'network-cannot-span: network app_default has to reach from a to b (db, web): a and b are in no swarm',
  ],
  [
    'engines of two swarms',
    manager,
    swarm({ clusterId: 'other' }),
    'network-cannot-span: network app_default has to reach from a to b (db, web): they are not known to be members of one swarm',
  ],
  [
    'workers whose managers are away',
    swarm({ clusterId: '' }),
    swarm({ clusterId: '' }),
    'swarm-without-manager: network app_default has to reach from a to b (db, web): no manager of their swarm that could make it answers, or the managers have lost their majority',
  ],
  [
    'managers without a majority',
    swarm({ isManager: true }),
    swarm(),
    'swarm-without-manager: network app_default has to reach from a to b (db, web): no manager of their swarm that could make it answers, or the managers have lost their majority',
  ],
])('%s are refused a network that has to span them', (_, a, b, refusal) => {
  expect(refusals({ desired: apart, observed: observed(on('a', a), on('b', b)) })).toEqual([`impossible ${refusal}`]);
});

test('an engine that is set aside in its swarm gets no container that needs the swarm', () => {
  const aside = swarm({ availability: 'pause' });

  expect(refusals({ desired: apart, observed: observed(on('a', manager), on('b', aside)) })).toEqual([
    'impossible no-eligible-engine: no engine may run service web: a: constraint node.labels.name==b is not met; b: it is paused in its swarm',
  ]);
});

test('a network that the file calls a bridge is not made into another', () => {
  const bridge = { ...apart, networks: [network('default', { spec: { ...network().spec, driver: 'bridge' } })] };

  expect(refusals({ desired: bridge, observed: observed(on('a', manager), on('b', swarm())) })).toEqual([
    'impossible network-cannot-span: network app_default has to reach from a to b (db, web), and its driver is bridge, which ends at its engine',
  ]);
});

test('down removes a network that spans once, after all containers everywhere', () => {
  const connected = { networks: [{ name: overlay.name, id: overlay.id, address: '' }] };
  const engines = [
    on('a', manager, { networks: [overlay], containers: [container({ service: 'db', ...connected })] }),
    on('b', swarm(), { networks: [overlay], containers: [container(connected)] }),
  ];

  expect(planText({ desired: apart, observed: observed(...engines), request: down() })).toMatchInlineSnapshot(`
    "
    #0 b stop-container service/web/1: down
    #1 (0) b remove-container service/web/1: down
    #2 a stop-container service/db/1: down
    #3 (2) a remove-container service/db/1: down
    #4 (1,3) a remove-network network/default: down
    "
  `);
});

test('down leaves a network that spans while an engine does not answer, and says what remains', () => {
  const engines = [on('a', manager, { networks: [overlay] })];
  const absent = [{ name: engineName('b'), because: 'connection refused' }];

  expect(notices({ desired: apart, observed: { engines, absent }, request: down() })).toEqual([
    'network-kept: network app_default is kept: b does not answer, and may have containers on it',
    'engine-absent: b does not answer (connection refused): what it has of app stays',
  ]);
});
