import { expect, test } from 'vitest';

import { containerBody } from '../../../src/engine/write/container-body.ts';
import type { ContainerSpec, Mount } from '../../../src/model/container.ts';
import { containerId } from '../../../src/model/id.ts';
import type { ContainerCreation } from '../../../src/model/plan.ts';
import { attached, creation, resolve, spec } from '../support/creation.ts';
import { soon, withFakeEngine } from '../support/fake-engine.ts';

/** The body as the engine reads it: what is `undefined` is not there. */
function bodyOf(overrides: Partial<ContainerCreation>, apiVersion = '1.45'): Record<string, unknown> {
  const body = containerBody({ creation: creation(overrides), resolve, apiVersion });
  return JSON.parse(JSON.stringify(body)) as Record<string, unknown>;
}

const hostConfigOf = (overrides: Partial<ContainerSpec>): unknown => bodyOf({ spec: spec(overrides) })['HostConfig'];

test('the least of containers asks for nothing of its host', () => {
  const { Labels: _labels, ...body } = bodyOf({});
  expect(body).toEqual({
    Image: 'nginx',
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    OpenStdin: false,
    ExposedPorts: {},
    Env: [],
    HostConfig: {
      NetworkMode: 'none',
      PortBindings: {},
      LogConfig: { Type: '' },
      Privileged: false,
      ReadonlyRootfs: false,
      OomKillDisable: false,
    },
  });
});

test('the process is described as Compose does', () => {
  const body = bodyOf({
    spec: spec({
      command: ['serve'],
      entrypoint: [],
      environment: [
        ['A', 'b=c'],
        ['__proto__', 'x'],
      ],
      user: '1000',
      workingDir: '/app',
      hostname: 'h',
      domainname: 'd',
      tty: true,
      stdinOpen: true,
      stopSignal: 'SIGQUIT',
      stopGracePeriodMs: 1500,
      expose: ['90/tcp'],
      healthcheck: {
        kind: 'command',
        test: ['CMD', 'true'],
        intervalMs: 1500,
        timeoutMs: undefined,
        retries: 3,
        startPeriodMs: 0,
        startIntervalMs: undefined,
      },
    }),
  });
  expect(body).toMatchObject({
    Cmd: ['serve'],
    Entrypoint: [],
    Env: ['A=b=c', '__proto__=x'],
    User: '1000',
    WorkingDir: '/app',
    Hostname: 'h',
    Domainname: 'd',
    Tty: true,
    OpenStdin: true,
    StopSignal: 'SIGQUIT',
    StopTimeout: 1,
    ExposedPorts: { '90/tcp': {} },
    Healthcheck: { Test: ['CMD', 'true'], Interval: 1_500_000_000, Retries: 3, StartPeriod: 0 },
  });
});

test('a disabled healthcheck takes the image’s away', () => {
  expect(bodyOf({ spec: spec({ healthcheck: { kind: 'disabled' } }) })).toMatchObject({
    Healthcheck: { Test: ['NONE'] },
  });
});

test('ports are exposed and bound', () => {
  const port = { protocol: 'tcp', hostIp: undefined, mode: 'ingress' } as const;
  const body = bodyOf({
    spec: spec({
      ports: [
        { ...port, target: 80, published: { from: 8080, to: 8080 } },
        { ...port, target: 80, hostIp: '127.0.0.1', published: { from: 9000, to: 9010 } },
        { ...port, target: 53, protocol: 'udp', published: undefined },
      ],
    }),
  });
  expect(body['ExposedPorts']).toEqual({ '80/tcp': {}, '53/udp': {} });
  expect(body['HostConfig']).toMatchObject({
    PortBindings: {
      '80/tcp': [
        { HostIp: '', HostPort: '8080' },
        { HostIp: '127.0.0.1', HostPort: '9000-9010' },
      ],
      '53/udp': [{ HostIp: '', HostPort: '' }],
    },
  });
});

const bind: Extract<Mount, { type: 'bind' }> = {
  type: 'bind',
  source: '/src',
  target: '/dst',
  readOnly: false,
  createHostPath: true,
  propagation: undefined,
  selinux: undefined,
  recursive: undefined,
  consistency: undefined,
};
const named: Extract<Mount, { type: 'volume' }> = {
  type: 'volume',
  source: 'data',
  target: '/data',
  readOnly: false,
  noCopy: false,
  subpath: undefined,
  labels: [],
};

test.each<[string, Mount, object]>([
  ['a plain bind mount', bind, { Binds: ['/src:/dst:rw'] }],
  ['a read-only one with SELinux', { ...bind, readOnly: true, selinux: 'z' }, { Binds: ['/src:/dst:ro,z'] }],
  [
    'one whose source must exist',
    { ...bind, createHostPath: false },
    { Mounts: [{ Type: 'bind', Source: '/src', Target: '/dst', ReadOnly: false, BindOptions: {} }] },
  ],
  [
    'one with propagation',
    { ...bind, propagation: 'rshared' },
    { Mounts: [expect.objectContaining({ BindOptions: { Propagation: 'rshared', CreateMountpoint: true } })] },
  ],
  ['a named volume', named, { Binds: ['shop_data:/data:rw'] }],
  [
    'one with a path in it',
    { ...named, subpath: 'a', noCopy: true },
    {
      Mounts: [
        {
          Type: 'volume',
          Source: 'shop_data',
          Target: '/data',
          ReadOnly: false,
          VolumeOptions: { NoCopy: true, Subpath: 'a', Labels: {} },
        },
      ],
    },
  ],
  [
    'an anonymous volume',
    { ...named, source: undefined },
    { Mounts: [{ Type: 'volume', Target: '/data', ReadOnly: false }] },
  ],
  [
    'a tmpfs with a size',
    { type: 'tmpfs', target: '/t', readOnly: false, sizeBytes: 64, mode: 0o700, options: undefined },
    { Mounts: [{ Type: 'tmpfs', Target: '/t', ReadOnly: false, TmpfsOptions: { SizeBytes: 64, Mode: 0o700 } }] },
  ],
  [
    'a tmpfs of the short form',
    { type: 'tmpfs', target: '/t', readOnly: false, sizeBytes: undefined, mode: undefined, options: 'size=64m' },
    { Tmpfs: { '/t': 'size=64m' } },
  ],
  [
    'a tmpfs of one word',
    { type: 'tmpfs', target: '/t', readOnly: false, sizeBytes: undefined, mode: undefined, options: '' },
    { Tmpfs: { '/t': '' } },
  ],
  [
    'an image',
    { type: 'image', source: 'nginx', target: '/i', readOnly: true, subpath: 'x' },
    { Mounts: [{ Type: 'image', Source: 'nginx', Target: '/i', ReadOnly: true, ImageOptions: { Subpath: 'x' } }] },
  ],
])('%s is mounted as Compose does', (_what, mount, fields) => {
  expect(
    bodyOf({ spec: spec({ volumes: [mount] }), volumeNames: [['data', 'shop_data']] })['HostConfig'],
  ).toMatchObject(fields);
});

test('a volume that the image declares comes over from the container before', () => {
  const body = bodyOf({ inheritedVolumes: [['/var/lib/mysql', 'abc123']] });
  expect(body['HostConfig']).toMatchObject({
    Mounts: [{ Type: 'volume', Source: 'abc123', Target: '/var/lib/mysql' }],
  });
});

test('an anonymous volume comes over, once', () => {
  const body = bodyOf({
    spec: spec({ volumes: [{ ...named, source: undefined }] }),
    inheritedVolumes: [['/data', 'abc123']],
  });
  expect(body['HostConfig']).toMatchObject({
    Mounts: [{ Type: 'volume', Source: 'abc123', Target: '/data', ReadOnly: false }],
  });
});

test('a secret that lies on the engine’s machine is bound read-only, another is not mounted', () => {
  const file = { kind: 'secret', source: 'pw', digest: 'd', uid: 0, gid: 0, mode: 0o400 } as const;
  const host = hostConfigOf({
    files: [
      { ...file, target: '/run/secrets/pw', delivery: 'bind', path: '/srv/pw.txt' },
      { ...file, target: '/run/secrets/other', delivery: 'copy', path: undefined },
    ],
  });
  expect(host).toMatchObject({
    Mounts: [{ Type: 'bind', Source: '/srv/pw.txt', Target: '/run/secrets/pw', ReadOnly: true }],
  });
});

test('a secret that the engine’s machine does not have is not mounted', () => {
  const file = { kind: 'secret', source: 'pw', digest: 'd', uid: 0, gid: 0, mode: 0o400 } as const;
  const files = [{ ...file, target: '/run/secrets/pw', delivery: 'bind', path: '/srv/pw.txt' }] as const;
  expect(bodyOf({ spec: spec({ files }), copiesFiles: true })['HostConfig']).not.toHaveProperty('Mounts');
});

test('a link names each container that it means by its alias, its service and the project', () => {
  const network = { kind: 'networks', attachments: [attached('front', 'id1')] } as const;
  const body = bodyOf({ network, spec: spec({ links: ['db:database'] }), linked: [['db', ['the-db', 'shop-db-2']]] });
  const names = ['the-db', 'shop-db-2'].flatMap((name) => [`${name}:database`, `${name}:db-1`, `${name}:shop-db-1`]);
  expect(body['NetworkingConfig']).toMatchObject({ EndpointsConfig: { shop_front: { Links: names } } });
});

test('every network is named at once, by name and by id', () => {
  const body = bodyOf({
    network: {
      kind: 'networks',
      attachments: [
        attached('front', 'id1', { ipv4Address: '10.0.0.9', interfaceName: 'eth7', gwPriority: 2 }),
        attached('back', 'id2'),
      ],
    },
    spec: spec({ macAddress: '02:42:ac:11:00:02' }),
  });
  expect(body['HostConfig']).toMatchObject({ NetworkMode: 'shop_front' });
  expect(body['NetworkingConfig']).toEqual({
    EndpointsConfig: {
      shop_front: {
        NetworkID: 'id1',
        Aliases: ['shop-web-1', 'web'],
        IPAMConfig: { IPv4Address: '10.0.0.9' },
        MacAddress: '02:42:ac:11:00:02',
        DriverOpts: { 'com.docker.network.endpoint.ifname': 'eth7' },
        GwPriority: 2,
      },
      shop_back: { NetworkID: 'id2', Aliases: ['shop-web-1', 'web'] },
    },
  });
});

test('below API 1.44 only the first network is named, and the address of the card stands outside', () => {
  const attachments = [attached('front', 'id1', { macAddress: '02:42:ac:11:00:02' }), attached('back', 'id2')];
  const body = bodyOf({ network: { kind: 'networks', attachments } }, '1.43');
  expect(body['MacAddress']).toBe('02:42:ac:11:00:02');
  expect(body['NetworkingConfig']).toEqual({
    EndpointsConfig: { shop_front: { NetworkID: 'id1', Aliases: ['shop-web-1', 'web'] } },
  });
});

test('the namespaces of other services are those of their containers', () => {
  const body = bodyOf({
    network: { kind: 'container', container: { from: 'observed', id: containerId('db1') } },
    spec: spec({
      namespaces: { ipc: 'service:db', pid: 'host', uts: undefined, cgroup: undefined, cgroupParent: undefined },
      volumesFrom: [
        { from: 'service', name: 'db', readOnly: true },
        { from: 'container', name: 'other', readOnly: false },
      ],
    }),
    containers: [['db', { from: 'observed', id: containerId('db1') }]],
  });
  expect(body['HostConfig']).toMatchObject({
    NetworkMode: 'container:db1',
    IpcMode: 'container:db1',
    PidMode: 'host',
    VolumesFrom: ['db1:ro', 'other:rw'],
  });
});

test('devices, limits and security are the host’s fields', () => {
  const base = spec();
  const host = hostConfigOf({
    security: {
      ...base.security,
      securityOpt: ['systempaths=unconfined', 'label=disable'],
      capAdd: ['sys_time', 'CAP_NET_ADMIN', 'NET_ADMIN'],
      capDrop: ['CHOWN', 'ALL'],
    },
    devices: {
      devices: [
        { source: '/dev/a', target: '/dev/b', permissions: 'rwm' },
        { source: 'vendor.com/gpu=all', target: 'vendor.com/gpu=all', permissions: 'rwm' },
      ],
      cgroupRules: [],
      requests: [{ driver: undefined, count: -1, deviceIds: [], capabilities: ['gpu'], options: [] }],
      runtime: undefined,
      isolation: undefined,
    },
    resources: { ...base.resources, cpuNanos: 5e8, ulimits: [{ name: 'nofile', soft: 1, hard: 2 }] },
    logging: { driver: 'json-file', options: [['max-size', '1m']] },
    restart: { condition: 'on-failure', maxAttempts: 3 },
    extraHosts: ['db=10.0.0.1', 'six=::1'],
  });
  expect(host).toMatchObject({
    SecurityOpt: ['label=disable'],
    MaskedPaths: [],
    ReadonlyPaths: [],
    CapAdd: ['CAP_NET_ADMIN', 'CAP_SYS_TIME'],
    CapDrop: ['ALL'],
    Devices: [{ PathOnHost: '/dev/a', PathInContainer: '/dev/b', CgroupPermissions: 'rwm' }],
    DeviceRequests: [
      { Driver: 'cdi', DeviceIDs: ['vendor.com/gpu=all'] },
      { Driver: '', Count: -1, Capabilities: [['gpu']] },
    ],
    NanoCpus: 5e8,
    Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }],
    LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
    RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
    ExtraHosts: ['db:10.0.0.1', 'six:::1'],
  });
});

test('four hundred variables stay out of the URL', async () => {
  const environment = Array.from({ length: 400 }, (_, index) => [`PASSWORD_${index}`, 'x'.repeat(50)] as const);
  await withFakeEngine(
    () => ({ Id: 'c0ffee' }),
    async (engine, { asked }) => {
      const id = await engine.createContainer(
        creation({ spec: spec({ environment, platform: 'linux/amd64' }) }),
        resolve,
        soon(),
      );
      expect(id).toBe('c0ffee');
      expect(asked[0]?.url).toBe('/v1.45/containers/create?name=shop-web-1&platform=linux%2Famd64');
      expect(asked[0]?.body.toString()).toContain('PASSWORD_399=x');
    },
  );
});
