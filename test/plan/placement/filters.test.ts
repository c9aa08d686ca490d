import { describe, expect, test } from 'vitest';

import type { Placement } from '../../../src/model/desired.ts';
import { engineName } from '../../../src/model/id.ts';
import { type EngineMember, loneMember } from '../../../src/model/inventory.ts';
import type { ForeignUse, ObservedEngine } from '../../../src/model/observed.ts';
import {
  container,
  desired,
  engine,
  info,
  madeNetwork,
  observed,
  port,
  service,
  up,
  volume,
  volumeMount,
} from '../../support/builders.ts';
import { notices, type Planning, planned, refusals } from '../planning.ts';

const on = (name: string, overrides: Partial<ObservedEngine> = {}): ObservedEngine =>
  engine({
    name: engineName(name),
    info: info({ hostname: name }),
    member: loneMember,
    networks: [madeNetwork()],
    ...overrides,
  });
const member = (overrides: Partial<EngineMember>): EngineMember => ({ ...loneMember, ...overrides });
const placement = (overrides: Partial<Placement>): Placement => ({ ...service().placement, ...overrides });
const others = (overrides: Partial<ForeignUse>): ForeignUse => ({
  containers: 0,
  cpuNanos: 0,
  memoryBytes: 0,
  ports: [],
  ...overrides,
});
const held = { hostIp: '0.0.0.0', published: 80, target: 80, protocol: 'tcp', container: 'other-web-1' };
const hostPort = { ...port(80), mode: 'host' as const };
const made = (name: string, driver = 'local') => ({ name, key: 'data', driver, spec: undefined });

/** Where containers are made, and the reason that the first one gives for it. */
const placesOf = (planning: Planning): readonly string[] =>
  planned(planning).steps.flatMap(({ operation }) =>
    operation.kind === 'create-container' ? `${operation.engine} ${operation.address}` : [],
  );
const reasonOf = (planning: Planning): string =>
  planned(planning)
    .steps.map(({ operation }) => operation)
    .find(({ kind }) => kind === 'create-container')
    ?.reasons.at(-1) ?? '';

describe('an engine is passed over, and the plan says why', () => {
  const gigabyte = 1e9;
  test.each([
    ['that is drained', { member: member({ availability: 'drain' }) }, {}, 'it is drained'],
    ['that was drained by hand', { availability: 'drain' }, {}, 'it is drained'],
    ['that is paused', { member: member({ availability: 'pause' }) }, {}, 'it is paused'],
    [
      'of another platform',
      { info: info({ arch: 'arm64' }) },
      { container: { platform: 'linux/amd64' } },
      'it is linux/arm64, not linux/amd64',
    ],
    [
      'without the CPUs',
      { member: member({ cpuNanos: 1e9 }), others: others({ cpuNanos: 5e8 }) },
      { placement: placement({ reserved: { cpuNanos: 1e9, memoryBytes: 0 } }) },
      '0.5 of its CPUs are free, 1 are to be reserved',
    ],
    [
      'without the memory',
      { others: others({ memoryBytes: 3 * gigabyte }) },
      { placement: placement({ reserved: { cpuNanos: 0, memoryBytes: 2 * gigabyte } }) },
      '1GB of its memory is free, 2GB is to be reserved',
    ],
    [
      'whose host port others hold',
      { others: others({ ports: [held] }) },
      { container: { ports: [hostPort] } },
      'its port 80/tcp is held by container other-web-1',
    ],
  ] as const)('%s', (_, observedAs, asked, because) => {
    const planning = { desired: desired([service(asked)]), observed: observed(on('a', observedAs), on('b')) };

    expect(reasonOf(planning)).toBe(`on b: the only one that can have it; a: ${because}`);
  });

  test('that lacks an external volume', () => {
    const shared = volume('data', { external: true, name: 'shared', spec: { ...volume().spec, driver: 'nfs' } });
    const planning = {
      desired: desired([service({ container: { volumes: [volumeMount('data')] } })], { volumes: [shared] }),
      observed: observed(on('a'), on('b', { volumes: [made('shared', 'nfs')] })),
    };

    expect(reasonOf(planning)).toMatch('a: it has no volume shared, which is external');
  });

  test('where another service of the stack has the host port', () => {
    const two = desired([
      service({ name: 'a', container: { ports: [hostPort], network: { kind: 'networks', attachments: [] } } }),
      service({ name: 'b', container: { ports: [hostPort], network: { kind: 'networks', attachments: [] } } }),
    ]);

    expect(placesOf({ desired: two, observed: observed(on('a'), on('b')) })).toEqual([
      'a service/a/1',
      'b service/b/1',
    ]);
  });
});

describe('replicas that run', () => {
  test('stay on an engine that is paused', () => {
    const paused = on('a', { member: member({ availability: 'pause' }), containers: [container()] });

    expect(placesOf({ desired: desired([service()]), observed: observed(paused, on('b')) })).toEqual([]);
  });

  test('stay on an engine whose reservations have grown past what it has', () => {
    const reserved = { cpuNanos: 64e9, memoryBytes: 0 };
    const running = on('a', { containers: [container()] });
    const wanted = desired([service({ placement: placement({ reserved }) })]);

    expect(placesOf({ desired: wanted, observed: observed(running, on('b')) })).toEqual([]);
  });

  test('of a service that is everywhere keep their numbers when an engine comes', () => {
    const everywhere = desired([service({ placement: placement({ mode: 'global' }) })]);
    const standing = observed(on('a'), on('b', { containers: [container()] }));

    expect(placesOf({ desired: everywhere, observed: standing })).toEqual(['a service/web/2']);
  });
});

describe('preferences', () => {
  const labelled = (name: string, zone: string | undefined): ObservedEngine =>
    on(name, { member: member({ labels: zone === undefined ? [] : [['zone', zone]] }) });
  const spread = desired([service({ replicas: 4, placement: placement({ preferences: ['node.labels.zone'] }) })]);

  test('to spread over a label count before everything else', () => {
    const engines = observed(labelled('a', 'east'), labelled('b', 'west'), labelled('c', 'west'));

    expect(placesOf({ desired: spread, observed: engines })).toEqual([
      'a service/web/1',
      'b service/web/2',
      'c service/web/3',
      'a service/web/4',
    ]);
  });

  test('leave engines without the label for the end, and say so', () => {
    const planning = { desired: spread, observed: observed(labelled('a', undefined), labelled('b', 'west')) };

    expect(new Set(placesOf(planning).map((line) => line[0]))).toEqual(new Set(['b']));
    expect(notices(planning)).toEqual([
      'spread-label-missing: a has no node.labels.zone, over which web is spread: others come first',
    ]);
  });
});

describe('services that belong together', () => {
  const away = { mode: 'none', kind: 'engine' as const };
  test.each([
    ['share a network namespace', { network: { kind: 'service' as const, service: 'db' } }, {}],
    ['share a process namespace', { namespaces: { ...service().container.namespaces, pid: 'service:db' } }, {}],
    ['take volumes over', { volumesFrom: [{ from: 'service' as const, name: 'db', readOnly: true }] }, {}],
    ['share a volume', { volumes: [volumeMount('data')] }, { volumes: [volumeMount('data')] }],
  ])('%s: they go to one engine', (_, one, other) => {
    const services = [
      service({ name: 'db', container: { network: away, ...other } }),
      service({ name: 'web', replicas: 2, dependsOn: [], container: { network: away, ...one } }),
    ];
    const [db, ...web] = placesOf({ desired: desired(services), observed: observed(on('a'), on('b')) });

    expect([db, ...web].map((line) => line?.[0])).toEqual(['a', 'a', 'a']);
  });

  test('and all their replicas stay with the data that is there', () => {
    const planning = {
      desired: desired([service({ replicas: 2, container: { volumes: [volumeMount('data')] } })]),
      observed: observed(on('a'), on('b', { volumes: [made('app_data')] })),
    };

    expect(placesOf(planning)).toEqual(['b service/web/1', 'b service/web/2']);
    expect(reasonOf(planning)).toBe('on b: the only one that can have it; a: the data of volume app_data is on b');
  });

  test('but a driver of its own finds its data everywhere', () => {
    const nfs = volume('data', { spec: { ...volume().spec, driver: 'nfs' } });
    const planning = {
      desired: desired([service({ replicas: 2, container: { volumes: [volumeMount('data')] } })], { volumes: [nfs] }),
      observed: observed(on('a'), on('b')),
    };

    expect(placesOf(planning)).toEqual(['a service/web/1', 'b service/web/2']);
  });
});

describe('data that is where its service may not be', () => {
  const atA = placement({ constraints: [{ key: 'node.hostname', operator: '==', value: 'a' }] });
  const atB = placement({ constraints: [{ key: 'node.hostname', operator: '==', value: 'b' }] });
  const planning = {
    desired: desired([service({ placement: atA, container: { volumes: [volumeMount('data')] } })]),
    observed: observed(on('a'), on('b', { volumes: [made('app_data')] })),
  };

  test('is not left behind unasked', () => {
    expect(refusals(planning)).toEqual([
      'data-safety no-eligible-engine: no engine may run service web: a: the data of volume app_data is on b; b: constraint node.hostname==a is not met',
    ]);
  });

  test('is left behind when that is said', () => {
    expect(placesOf({ ...planning, request: up({ leaveDataBehind: true }) })).toEqual(['a service/web/1']);
  });

  test('what else is in the way is told when it may be left behind', () => {
    const only = service({ placement: atB, container: { volumes: [volumeMount('data')] } });
    const drained = on('b', { volumes: [made('app_data')], availability: 'drain' });
    const wanted = { desired: desired([only]), observed: observed(on('a'), drained) };

    expect(refusals({ ...wanted, request: up({ leaveDataBehind: true }) })).toEqual([
      'impossible no-eligible-engine: no engine may run service web: a: constraint node.hostname==b is not met; b: it is drained',
    ]);
  });

  test('is waited for where an engine does not answer', () => {
    const absent = [{ name: engineName('c'), because: 'connection refused' }];
    const engines = { engines: [on('a'), on('b')], absent };
    const wanted = desired([service({ container: { volumes: [volumeMount('data')] } })]);

    expect(placesOf({ desired: wanted, observed: engines })).toEqual([]);
    expect(notices({ desired: wanted, observed: engines })).toEqual([
      'data-out-of-sight: web waits: c does not answer, and volume app_data may be there',
    ]);
  });
});
