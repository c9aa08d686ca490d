import { bareContainer, defaultPolicy } from '../../src/model/bare.ts';
import type { ContainerSpec, Mount, NetworkAttachment, PublishedPort } from '../../src/model/container.ts';
import type {
  BuildSpec,
  Dependency,
  Desired,
  DesiredNetwork,
  DesiredService,
  DesiredVolume,
  UpdatePolicy,
} from '../../src/model/desired.ts';
import { containerId, type EngineName, engineName, imageId, networkId } from '../../src/model/id.ts';
import type {
  EngineInfo,
  Observed,
  ObservedContainer,
  ObservedEngine,
  ObservedImage,
  ObservedNetwork,
} from '../../src/model/observed.ts';
import type { DownRequest, LifecycleRequest, RollbackRequest, UpRequest } from '../../src/model/request.ts';

/** The stack that every builder speaks of. */
export const stack = 'app';
export const alpha: EngineName = engineName('alpha');

export const spec = (overrides: Partial<ContainerSpec> = {}): ContainerSpec => ({
  ...bareContainer,
  image: 'nginx:1.27',
  network: { kind: 'networks', attachments: [attachment('default')] },
  ...overrides,
});

export const attachment = (network: string, overrides: Partial<NetworkAttachment> = {}): NetworkAttachment => ({
  network,
  aliases: [],
  ipv4Address: undefined,
  ipv6Address: undefined,
  linkLocalIps: [],
  macAddress: undefined,
  interfaceName: undefined,
  driverOpts: [],
  priority: 0,
  gwPriority: 0,
  ...overrides,
});

export const healthcheck = (line = 'true'): ContainerSpec['healthcheck'] => ({
  kind: 'command',
  test: ['CMD-SHELL', line],
  intervalMs: 1000,
  timeoutMs: 1000,
  retries: 3,
  startPeriodMs: undefined,
  startIntervalMs: undefined,
});

export const port = (published: number | undefined, target = 80): PublishedPort => ({
  target,
  protocol: 'tcp',
  hostIp: undefined,
  published: published === undefined ? undefined : { from: published, to: published },
  mode: 'ingress',
});

export const volumeMount = (source: string | undefined, target = '/data'): Mount => ({
  type: 'volume',
  source,
  target,
  readOnly: false,
  noCopy: false,
  subpath: undefined,
  labels: [],
});

/** A valid service; a test names only the fields it is about. What it says of `container` goes over {@link spec}. */
export function service(
  overrides: Partial<Omit<DesiredService, 'container'>> & { readonly container?: Partial<ContainerSpec> } = {},
): DesiredService {
  return {
    name: 'web',
    replicas: 1,
    containerName: undefined,
    build: undefined,
    pullPolicy: 'missing',
    dependsOn: [],
    attach: true,
    placement: {
      mode: 'replicated',
      constraints: [],
      preferences: [],
      maxReplicasPerNode: undefined,
      reserved: undefined,
    },
    update: updatePolicy(),
    rollback: updatePolicy(),
    swarm: undefined,
    ...overrides,
    container: spec(overrides.container),
  };
}

export const updatePolicy = (overrides: Partial<UpdatePolicy> = {}): UpdatePolicy => ({
  ...defaultPolicy,
  ...overrides,
});

export const rollback = (overrides: Partial<RollbackRequest> = {}): RollbackRequest => ({
  kind: 'rollback',
  services: [],
  stopTimeoutMs: undefined,
  ...overrides,
});

export const dependency = (on: string, overrides: Partial<Dependency> = {}): Dependency => ({
  service: on,
  condition: 'started',
  restart: false,
  required: true,
  ...overrides,
});

export const network = (key = 'default', overrides: Partial<DesiredNetwork> = {}): DesiredNetwork => ({
  key,
  name: `${stack}_${key}`,
  external: false,
  spec: {
    driver: undefined,
    driverOpts: [],
    internal: false,
    attachable: false,
    enableIpv4: undefined,
    enableIpv6: undefined,
    ipam: { driver: undefined, options: [], config: [] },
    labels: [],
  },
  ...overrides,
});

export const volume = (key = 'data', overrides: Partial<DesiredVolume> = {}): DesiredVolume => ({
  key,
  name: `${stack}_${key}`,
  external: false,
  spec: { driver: undefined, driverOpts: [], labels: [] },
  ...overrides,
});

export const build = (overrides: Partial<BuildSpec> = {}): BuildSpec => ({
  context: '/src',
  dockerfile: 'Dockerfile',
  dockerfileInline: undefined,
  args: [],
  target: undefined,
  labels: [],
  tags: [],
  cacheFrom: [],
  cacheTo: [],
  noCache: false,
  pull: false,
  network: undefined,
  shmSizeBytes: undefined,
  extraHosts: [],
  platforms: [],
  privileged: false,
  additionalContexts: [],
  secrets: [],
  ssh: [],
  ulimits: [],
  ...overrides,
});

/** Services on the network `default`, and the volumes that they mount. */
export function desired(services: readonly DesiredService[], overrides: Partial<Desired> = {}): Desired {
  const keys = new Set(
    services.flatMap(({ container }) =>
      container.volumes.flatMap((it) => (it.type === 'volume' ? (it.source ?? []) : [])),
    ),
  );
  return {
    project: { name: stack, workingDir: '/work', configFiles: ['/work/stack.yaml'], environmentFiles: [] },
    services: services.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    disabledServices: [],
    networks: [network()],
    volumes: [...keys].toSorted().map((key) => volume(key)),
    contents: new Map(),
    balancerImage: undefined,
    swarmFiles: undefined,
    ...overrides,
  };
}

export const info = (overrides: Partial<EngineInfo> = {}): EngineInfo => ({
  version: '26.1.5',
  apiVersion: '1.45',
  os: 'linux',
  arch: 'amd64',
  cpus: 2,
  memoryBytes: 4e9,
  labels: [],
  hostname: 'alpha',
  isLocal: true,
  createsWithManyNetworks: true,
  ...overrides,
});

/** An engine that has the images of {@link spec} and nothing else. */
export const engine = (overrides: Partial<ObservedEngine> = {}): ObservedEngine => ({
  name: alpha,
  info: info(),
  containers: [],
  networks: [],
  volumes: [],
  images: new Map([['nginx:1.27', image('a')]]),
  foreignContainerNames: [],
  ...overrides,
});

export const observed = (...engines: readonly ObservedEngine[]): Observed => ({ engines });

/** Its id is the digit, 64 times. */
export const image = (digit: string, overrides: Partial<ObservedImage> = {}): ObservedImage => ({
  id: imageId(`sha256:${digit.repeat(64)}`),
  digests: [],
  sizeBytes: 1e6,
  volumes: [],
  hasHealthcheck: false,
  ...overrides,
});

/** A running replica of `web` that matches {@link service}, on the network that {@link madeNetwork} makes. */
export const container = (overrides: Partial<ObservedContainer> = {}): ObservedContainer => {
  const { service: name = 'web', slot = 1 } = overrides;
  return {
    id: idOf(overrides.name ?? `${stack}-${name}-${slot}`),
    name: `${stack}-${name}-${slot}`,
    service: name,
    slot,
    isOneOff: false,
    state: 'running',
    health: 'none',
    healthOutput: '',
    exitCode: 0,
    restartCount: 0,
    startedAt: '2026-01-01T00:00:01Z',
    createdAt: '2026-01-01T00:00:00Z',
    finishedAt: '',
    image: 'nginx:1.27',
    imageId: image('a').id,
    command: 'nginx',
    spec: spec(),
    dependsOn: [],
    networks: [{ name: `${stack}_default`, id: networkId('d'.repeat(64)), address: '172.18.0.2' }],
    mounts: [],
    ports: [],
    labels: [],
    ...overrides,
  };
};

/** An id that a test can tell apart: the name in hexadecimal, filled up with zeros. */
export const idOf = (name: string): ObservedContainer['id'] =>
  containerId(Buffer.from(name).toString('hex').padEnd(64, '0').slice(-64));

export const madeNetwork = (overrides: Partial<ObservedNetwork> = {}): ObservedNetwork => ({
  id: networkId('d'.repeat(64)),
  name: `${stack}_default`,
  key: 'default',
  driver: 'bridge',
  createdAt: '2026-01-01T00:00:00Z',
  spec: network().spec,
  endpoints: [],
  ...overrides,
});

export const up = (overrides: Partial<UpRequest> = {}): UpRequest => ({
  kind: 'up',
  services: [],
  withDependencies: true,
  scale: new Map(),
  recreate: 'changed',
  recreateDependencies: false,
  renewAnonymousVolumes: false,
  pull: undefined,
  build: 'missing',
  start: true,
  removeOrphans: false,
  wait: false,
  stopTimeoutMs: undefined,
  ...overrides,
});

export const down = (overrides: Partial<DownRequest> = {}): DownRequest => ({
  kind: 'down',
  services: [],
  removeVolumes: false,
  removeImages: 'none',
  removeOrphans: false,
  stopTimeoutMs: undefined,
  ...overrides,
});

export const lifecycle = (
  kind: LifecycleRequest['kind'],
  overrides: Partial<LifecycleRequest> = {},
): LifecycleRequest => ({
  kind,
  services: [],
  withDependencies: false,
  stopTimeoutMs: undefined,
  wait: false,
  ...overrides,
});
