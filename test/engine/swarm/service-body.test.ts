import { describe, expect, test } from 'vitest';
import { objectOf } from '../../../src/engine/read/answer.ts';
import { driftOf } from '../../../src/engine/swarm/drift.ts';
import { serviceBody } from '../../../src/engine/swarm/service-body.ts';
import type { ContainerSpec } from '../../../src/model/container.ts';
import type { SwarmServiceSpec } from '../../../src/model/swarm.ts';
import { wantedSpec } from '../../../src/plan/swarm/wanted.ts';
import { wanted } from '../../plan/swarm/builders.ts';
import { attachment, desired, port, spec, volumeMount } from '../../support/builders.ts';

const ids = {
  files: new Map([
    ['config/app_page_1', 'cid'],
    ['secret/app_pw_1', 'sid'],
  ]),
  networks: new Map([['app_default', 'nid']]),
};

function bodyOf(
  container: Partial<ContainerSpec> = {},
  change: Partial<SwarmServiceSpec> = {},
): Readonly<Record<string, unknown>> {
  const own = wanted({ container });
  const all = wantedSpec(own, desired([own]), 'nginx@sha256:1');
  return serviceBody({ name: 'app_web', stack: 'app', spec: { ...all, ...change } }, ids);
}

const taskOf = (body: Readonly<Record<string, unknown>>) => objectOf(body['TaskTemplate']);
const containerOf = (container: Partial<ContainerSpec>) => objectOf(taskOf(bodyOf(container))['ContainerSpec']);

describe('a container of the file becomes', () => {
  const { security, resources } = spec();
  test.each<[string, Partial<ContainerSpec>, object]>([
    ['entrypoint and command', { entrypoint: ['a'], command: ['b'] }, { Command: ['a'], Args: ['b'] }],
    ['environment', { environment: [['A', '1']], unsetEnvironment: ['B'] }, { Env: ['A=1', 'B'] }],
    ['group_add', { security: { ...security, groupAdd: ['7'] } }, { Groups: ['7'] }],
    [
      'security_opt',
      { security: { ...security, securityOpt: ['no-new-privileges:true', 'seccomp=unconfined'] } },
      { Privileges: { NoNewPrivileges: true, Seccomp: { Mode: 'unconfined' } } },
    ],
    [
      'capabilities',
      { security: { ...security, capAdd: ['net_admin'], capDrop: ['ALL'] } },
      { CapabilityAdd: ['CAP_NET_ADMIN'], CapabilityDrop: ['ALL'] },
    ],
    [
      'dns',
      { dns: ['1.1.1.1'], dnsOpt: ['ndots:1'] },
      { DNSConfig: { Nameservers: ['1.1.1.1'], Options: ['ndots:1'] } },
    ],
    ['extra_hosts', { extraHosts: ['db=10.0.0.1'] }, { Hosts: ['10.0.0.1 db'] }],
    [
      'ulimits',
      { resources: { ...resources, ulimits: [{ name: 'nofile', soft: 1, hard: 2 }] } },
      { Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }] },
    ],
    ['sysctls', { sysctls: [['net.core.somaxconn', '1']] }, { Sysctls: { 'net.core.somaxconn': '1' } }],
    [
      'init and a grace period',
      { init: true, stopGracePeriodMs: 1500 },
      { Init: true, StopGracePeriod: 1_500_000_000 },
    ],
    [
      'a short tmpfs',
      {
        volumes: [
          {
            type: 'tmpfs',
            target: '/run',
            readOnly: false,
            sizeBytes: undefined,
            mode: undefined,
            options: 'size=1m,mode=1777',
          },
        ],
      },
      { Mounts: [{ Type: 'tmpfs', Target: '/run', TmpfsOptions: { SizeBytes: 1_048_576, Mode: 0o1777 } }] },
    ],
    [
      'shm_size',
      { resources: { ...resources, shmSizeBytes: 4 } },
      { Mounts: [{ Type: 'tmpfs', Target: '/dev/shm', TmpfsOptions: { SizeBytes: 4 } }] },
    ],
    ['a healthcheck that is off', { healthcheck: { kind: 'disabled' } }, { Healthcheck: { Test: ['NONE'] } }],
  ])('%s', (_, container, expected) => {
    expect(containerOf(container)).toMatchObject(expected);
  });

  test('a volume that each node makes, under the name and labels of the stack', () => {
    expect(containerOf({ volumes: [volumeMount('data')] })['Mounts']).toMatchObject([
      {
        Type: 'volume',
        Source: 'app_data',
        Target: '/data',
        VolumeOptions: { Labels: { 'com.docker.stack.namespace': 'app' } },
      },
    ]);
  });
});

test('the service carries the labels and the name by which docker knows stacks', () => {
  const body = bodyOf();
  expect(body).toMatchObject({
    Name: 'app_web',
    Labels: { 'com.docker.stack.namespace': 'app', 'com.docker.stack.image': 'nginx:1.27' },
  });
});

test('limits of both kinds become resources', () => {
  const { resources } = spec();
  const body = bodyOf(
    { resources: { ...resources, cpuNanos: 5e8, memoryBytes: 64, pidsLimit: 9 } },
    { reservations: { cpuNanos: 1e8, memoryBytes: undefined, generic: [{ kind: 'gpu', value: 1 }] } },
  );
  expect(taskOf(body)['Resources']).toMatchObject({
    Limits: { NanoCPUs: 5e8, MemoryBytes: 64, Pids: 9 },
    Reservations: { NanoCPUs: 1e8, GenericResources: [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 1 } }] },
  });
});

test('networks are joined by id, under the name of the service and its aliases', () => {
  const network = { kind: 'networks' as const, attachments: [attachment('default', { aliases: ['www'] })] };
  expect(taskOf(bodyOf({ network }))['Networks']).toMatchObject([{ Target: 'nid', Aliases: ['web', 'www'] }]);
});

test.each<[string, Partial<SwarmServiceSpec>, object]>([
  ['replicas', { mode: { kind: 'replicated', replicas: 3 } }, { Mode: { Replicated: { Replicas: 3 } } }],
  [
    'a job',
    { mode: { kind: 'replicated-job', replicas: 2 } },
    { Mode: { ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 2 } }, UpdateConfig: undefined },
  ],
  ['one a node', { mode: { kind: 'global' } }, { Mode: { Global: {} } }],
])('%s', (_, change, expected) => {
  expect(bodyOf({}, change)).toMatchObject(expected);
});

test('placement and how many there are make no other task, what runs does', () => {
  const versionOf = (body: Readonly<Record<string, unknown>>): unknown =>
    objectOf(objectOf(taskOf(body)['ContainerSpec'])['Labels'])['stack.version'];
  const placement = { constraints: ['node.role==worker'], preferences: [], maxReplicasPerNode: 1, platforms: [] };
  const base = versionOf(bodyOf());
  expect(versionOf(bodyOf({}, { mode: { kind: 'replicated', replicas: 9 }, placement }))).toBe(base);
  expect(versionOf(bodyOf({ environment: [['A', '1']] }))).not.toBe(base);
  expect(versionOf(bodyOf({ ports: [port(80)] }))).not.toBe(base);
});

describe('drift', () => {
  const sent = { Mode: { Replicated: { Replicas: 1 } }, Env: ['A=1'], ReadOnly: undefined };

  test('is what was sent and is held otherwise', () => {
    expect(driftOf(sent, { ...sent, Mode: { Replicated: { Replicas: 3 } } })).toEqual(['Mode.Replicated.Replicas']);
    expect(driftOf(sent, { ...sent, Env: ['A=1', 'B=2'] })).toEqual(['Env']);
  });

  test('is what somebody added to what was not sent', () => {
    const limited = { ...sent, Resources: { Limits: { MemoryBytes: 64 } }, Mounts: [{ Target: '/x' }] };
    expect(driftOf({ ...sent, Resources: undefined, Mounts: undefined }, limited)).toEqual(['Resources', 'Mounts']);
    const filled = { ...sent, Resources: { Limits: {} }, Placement: { Platforms: [{ OS: 'linux' }] } };
    expect(driftOf({ ...sent, Resources: undefined, Placement: undefined }, filled)).toEqual([]);
  });

  test('is not what the swarm fills in, nor zeros that it leaves out', () => {
    expect(driftOf({ ...sent, Count: 0 }, { ...sent, Isolation: 'default' })).toEqual([]);
  });
});
