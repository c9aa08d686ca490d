import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { ContainerSpec, FileMount, Resources } from '../../src/model/container.ts';
import { compareContainerSpecs } from '../../src/plan/compare/container.ts';
import { compareNetworkSpecs, compareVolumeSpecs } from '../../src/plan/compare/resources.ts';
import { attachment, healthcheck, network, port, spec, volume, volumeMount } from '../support/builders.ts';

const resources = (overrides: Partial<Resources>): ContainerSpec =>
  spec({ resources: { ...spec().resources, ...overrides } });
const secret = (overrides: Partial<FileMount> = {}): FileMount => ({
  kind: 'secret',
  source: 'db_password',
  target: '/run/secrets/db_password',
  delivery: 'copy',
  path: undefined,
  digest: 'one',
  uid: 0,
  gid: 0,
  mode: 0o444,
  ...overrides,
});

test.each<[string, ContainerSpec, ContainerSpec, readonly string[]]>([
  ['nothing', spec(), spec(), []],
  ['an image', spec(), spec({ image: 'nginx:1.28' }), ['image: nginx:1.27 → nginx:1.28']],
  [
    'a variable that changed, one that is new, one that is gone',
    spec({
      environment: [
        ['A', '1'],
        ['DB_HOST', 'a'],
      ],
    }),
    spec({
      environment: [
        ['DB_HOST', 'b'],
        ['NEW', ''],
      ],
    }),
    ['environment.A: "1" → unset', 'environment.DB_HOST: "a" → "b"', 'environment.NEW: unset → ""'],
  ],
  ['ports', spec({ ports: [port(80)] }), spec({ ports: [port(8080)] }), ['ports: - 80:80', 'ports: + 8080:80']],
  ['a command', spec(), spec({ command: ['sh', '-c', 'x'] }), ['command: unset → ["sh","-c","x"]']],
  [
    'the order of a command',
    spec({ command: ['a', 'b'] }),
    spec({ command: ['b', 'a'] }),
    ['command: ["a","b"] → ["b","a"]'],
  ],
  [
    'a duration inside a healthcheck',
    spec({ healthcheck: healthcheck() }),
    spec({ healthcheck: { ...healthcheck(), intervalMs: 60_000 } as ContainerSpec['healthcheck'] }),
    ['healthcheck.interval: 1s → 1m0s'],
  ],
  [
    'a grace period',
    spec({ stopGracePeriodMs: 30_000 }),
    spec({ stopGracePeriodMs: 60_000 }),
    ['stop_grace_period: 30s → 1m0s'],
  ],
  [
    'memory',
    resources({ memoryBytes: 512 * 2 ** 20 }),
    resources({ memoryBytes: 2 ** 30 }),
    ['mem_limit: 512MiB → 1GiB'],
  ],
  [
    'memory in powers of ten',
    resources({ memoryBytes: 512e6 }),
    resources({ memoryBytes: 1e9 }),
    ['mem_limit: 512MB → 1GB'],
  ],
  ['processors', resources({ cpuNanos: 5e8 }), resources({ cpuNanos: 15e8 }), ['cpus: 0.5 → 1.5']],
  ['a flag', spec(), spec({ security: { ...spec().security, privileged: true } }), ['privileged: false → true']],
  ['a capability', spec(), spec({ security: { ...spec().security, capAdd: ['NET_ADMIN'] } }), ['cap_add: + NET_ADMIN']],
  [
    'a restart policy',
    spec(),
    spec({ restart: { condition: 'on-failure', maxAttempts: 3 } }),
    ['restart: no → on-failure:3'],
  ],
  ['a volume', spec(), spec({ volumes: [volumeMount('data')] }), ['volumes: + data:/data']],
  [
    'a detail of a volume',
    spec({ volumes: [volumeMount('data')] }),
    spec({ volumes: [{ ...volumeMount('data'), noCopy: true } as ContainerSpec['volumes'][number]] }),
    ['volumes /data.no_copy: false → true'],
  ],
  [
    'networks',
    spec(),
    spec({
      network: { kind: 'networks', attachments: [attachment('default', { aliases: ['www'] }), attachment('back')] },
    }),
    ['networks: + back', 'networks.default.aliases: + www'],
  ],
  [
    'a network mode',
    spec(),
    spec({ network: { kind: 'engine', mode: 'host' } }),
    ['network_mode: networks default → host'],
  ],
  ['a new secret', spec(), spec({ files: [secret()] }), ['secrets: + db_password']],
  [
    'the mode of a secret',
    spec({ files: [secret()] }),
    spec({ files: [secret({ mode: 0o400 })] }),
    ['secret db_password.mode: 0444 → 0400'],
  ],
])('%s is said in the words of the stack file', (_what, before, after, reasons) => {
  expect(compareContainerSpecs(before, after)).toEqual(reasons);
});

describe('values that are nobody’s business are never shown', () => {
  test.each([
    [
      'the content of a secret',
      spec({ files: [secret()] }),
      spec({ files: [secret({ digest: 'two' })] }),
      'secret db_password: content changed',
    ],
    [
      'a password in a variable',
      spec({ environment: [['DB_PASSWORD', 'old']] }),
      spec({ environment: [['DB_PASSWORD', 'new']] }),
      'environment.DB_PASSWORD: (changed)',
    ],
    [
      'a key in a variable',
      spec({ environment: [['API_KEY', 'old']] }),
      spec({ environment: [['API_KEY', 'new']] }),
      'environment.API_KEY: (changed)',
    ],
    [
      'a password inside a URL',
      spec({ environment: [['DB', 'mysql://u:old@db']] }),
      spec({ environment: [['DB', 'mysql://u:new@db']] }),
      'environment.DB: (changed)',
    ],
    [
      'a password in a command',
      spec({ command: ['x', '--password=old'] }),
      spec({ command: ['x', '--password=new'] }),
      'command: (changed) → (changed)',
    ],
  ])('%s', (_what, before, after, reason) => {
    expect(compareContainerSpecs(before, after)).toEqual([reason]);
  });
});

const valueOf = (before: unknown): unknown => {
  if (Array.isArray(before)) return [...(before as readonly unknown[]), 'something else'];
  if (typeof before === 'boolean') return !before;
  return typeof before === 'object' && before !== null ? undefined : 'something else';
};

test.each(Object.keys(spec()) as (keyof ContainerSpec)[])('a change of %s is a difference', (field) => {
  const plainly: Partial<Record<keyof ContainerSpec, unknown>> = {
    ports: [port(80)],
    volumes: [volumeMount('data')],
    files: [secret()],
    network: { kind: 'engine', mode: 'none' },
    restart: { condition: 'always', maxAttempts: undefined },
    logging: { driver: 'local', options: [] },
    healthcheck: healthcheck(),
    security: { ...spec().security, readOnly: true },
    namespaces: { ...spec().namespaces, pid: 'host' },
    devices: { ...spec().devices, runtime: 'runc' },
    resources: { ...spec().resources, pidsLimit: 5 },
  };
  const after = { ...spec(), [field]: plainly[field] ?? valueOf(spec()[field]) };

  expect(compareContainerSpecs(spec(), after)).not.toEqual([]);
  expect(compareContainerSpecs(after, spec())).not.toEqual([]);
});

test.each([
  ['security', Object.keys(spec().security)],
  ['namespaces', Object.keys(spec().namespaces)],
  ['devices', Object.keys(spec().devices)],
  ['resources', Object.keys(spec().resources)],
] as const)('every attribute in %s is compared', (group, attributes) => {
  for (const attribute of attributes) {
    const before: Readonly<Record<string, unknown>> = { ...spec()[group] };
    const after = { ...spec(), [group]: { ...before, [attribute]: valueOf(before[attribute]) } };
    expect(compareContainerSpecs(spec(), after), attribute).toHaveLength(1);
  }
});

test('a record that went through a label is no difference', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.string())),
      fc.option(fc.array(fc.string()), { nil: undefined }),
      (environment, command) => {
        const sorted = [...new Map(environment)].toSorted(([a], [b]) => (a < b ? -1 : 1));
        const now = spec({ environment: sorted, command });
        expect(compareContainerSpecs(JSON.parse(JSON.stringify(now)) as ContainerSpec, now)).toEqual([]);
      },
    ),
  );
});

test('a field that an older record lacks, and that is undefined, is no difference', () => {
  const { stopSignal: _, ...older } = spec();

  expect(compareContainerSpecs(older as ContainerSpec, spec())).toEqual([]);
});

test('networks and volumes name what differs; a volume’s labels make no other volume', () => {
  const before = network().spec;
  expect(compareNetworkSpecs(before, { ...before, internal: true, driverOpts: [['mtu', '1400']] })).toEqual([
    'driver_opts.mtu: unset → "1400"',
    'internal: false → true',
  ]);
  const { spec: old } = volume();
  expect(compareVolumeSpecs(old, { ...old, driver: 'local', labels: [['a', 'b']] })).toEqual([]);
  expect(compareVolumeSpecs(old, { ...old, driver: 'nfs' })).toEqual(['driver: local → nfs']);
});
