import { describe, expect, test } from 'vitest';

import {
  container,
  dependency,
  desired,
  down,
  idOf,
  image,
  madeNetwork,
  network,
  service,
  volumeMount,
} from '../../support/builders.ts';
import { notices, planned, planText } from '../planning.ts';

const db = container({ service: 'db', mounts: [{ type: 'volume', volume: 'app_data', source: '', target: '/data' }] });
const web = container({ dependsOn: ['db'] });
const data = { name: 'app_data', key: 'data', driver: 'local', spec: undefined } as const;
const standing = { containers: [db, web], networks: [madeNetwork()], volumes: [data] };
const file = desired([
  service({ name: 'db', container: { volumes: [volumeMount('data')] } }),
  service({ dependsOn: [dependency('db')] }),
]);

test('without a file, the order comes from what the labels recorded', () => {
  expect(planText({ desired: undefined, engine: standing, request: down() })).toMatchInlineSnapshot(`
    "
    #0 alpha stop-container service/web/1: down
    #1 (0) alpha remove-container service/web/1: down
    #2 (0) alpha stop-container service/db/1: down
    #3 (2) alpha remove-container service/db/1: down
    #4 (1,3) alpha remove-network network/default: down
    "
  `);
});

test('with a file the plan is the same', () => {
  expect(planText({ desired: file, engine: standing, request: down() })).toBe(
    planText({ desired: undefined, engine: standing, request: down() }),
  );
});

test('volumes are kept, and said to be', () => {
  expect(notices({ desired: file, engine: standing, request: down() })).toEqual([
    'volumes-kept: volumes are kept: app_data',
  ]);
});

test('volumes go with the words that allow it, anonymous ones with their containers', () => {
  const planning = { desired: file, engine: standing, request: down({ removeVolumes: true }) };

  expect(planText(planning)).toMatchInlineSnapshot(`
    "
    #0 alpha stop-container service/web/1: down
    #1 (0) alpha remove-container service/web/1: down
    #2 (0) alpha stop-container service/db/1: down
    #3 (2) alpha remove-container service/db/1: down
    #4 (1,3) alpha remove-network network/default: down
    #5 (3) alpha remove-volume volume/data: --volumes was asked for
    "
  `);
  const flags = planned(planning).steps.flatMap(({ operation }) =>
    operation.kind === 'remove-container' ? operation.removeAnonymousVolumes : [],
  );
  expect(flags).toEqual([true, true]);
});

test('what is external stays', () => {
  const external = desired([], { networks: [network('default', { external: true })] });

  expect(planText({ desired: external, engine: { networks: [madeNetwork()] }, request: down() })).toBe('\n');
});

test('a network that somebody else uses stays, with a notice', () => {
  const planning = { desired: file, engine: { networks: [madeNetwork({ endpoints: [idOf('x')] })] }, request: down() };

  expect(planText(planning)).toBe('\n');
  expect(notices(planning)).toEqual([`network-in-use: network app_default is kept: ${idOf('x').slice(0, 12)} uses it`]);
});

describe('orphans', () => {
  const engine = { containers: [container({ service: 'old' })], networks: [madeNetwork()] };

  test('stay, and so does the network that they use', () => {
    expect(planText({ desired: file, engine, request: down() })).toBe('\n');
    expect(notices({ desired: file, engine, request: down() })).toEqual([
      'orphans: containers of services that the stack file does not have: app-old-1',
      'network-in-use: network app_default is kept: app-old-1 uses it',
    ]);
  });

  test('go with --remove-orphans', () => {
    expect(planText({ desired: file, engine, request: down({ removeOrphans: true }) })).toMatchInlineSnapshot(`
      "
      #0 alpha stop-container service/old/1: down
      #1 (0) alpha remove-container service/old/1: down
      #2 (1) alpha remove-network network/default: down
      "
    `);
  });
});

test('down of some services takes their containers and what only they use', () => {
  const front = madeNetwork({
    id: idOf('front') as unknown as ReturnType<typeof madeNetwork>['id'],
    name: 'app_front',
    key: 'front',
  });
  const attached = { ...web, networks: [...web.networks, { name: 'app_front', id: front.id, address: '' }] };
  const engine = { ...standing, containers: [db, attached], networks: [madeNetwork(), front] };

  expect(planText({ desired: file, engine, request: down({ services: ['web'] }) })).toMatchInlineSnapshot(`
    "
    #0 alpha stop-container service/web/1: down
    #1 (0) alpha remove-container service/web/1: down
    #2 (1) alpha remove-network network/front: down
    "
  `);
});

test('a paused container is unpaused, so that it hears the signal', () => {
  expect(
    planText({ desired: undefined, engine: { containers: [container({ state: 'paused' })] }, request: down() }),
  ).toMatchInlineSnapshot(`
    "
    #0 alpha unpause-container service/web/1: down
    #1 (0) alpha stop-container service/web/1: down
    #2 (1) alpha remove-container service/web/1: down
    "
  `);
});

test('images go by id once no container needs them; local ones are those that the stack named', () => {
  const built = container({ service: 'api', image: 'app-api', imageId: image('b').id });
  const engine = { containers: [web, built] };
  const removed = (removeImages: 'local' | 'all'): readonly string[] =>
    planned({ desired: undefined, engine, request: down({ removeImages }) }).steps.flatMap(({ operation }) =>
      operation.kind === 'remove-image' ? operation.reference : [],
    );

  expect(removed('local')).toEqual(['app-api']);
  expect(removed('all')).toEqual(['app-api', 'nginx:1.27']);
});

test('a second down has nothing to do', () => {
  expect(planText({ desired: file, engine: { volumes: [data] }, request: down() })).toBe('\n');
});
