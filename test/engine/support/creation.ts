import type { Resolve } from '../../../src/engine/engine.ts';
import type { ContainerSpec, NetworkAttachment } from '../../../src/model/container.ts';
import type { DesiredNetwork, DesiredVolume, Project } from '../../../src/model/desired.ts';
import { type ContainerId, type NetworkId, networkId } from '../../../src/model/id.ts';
import type { ContainerCreation, ResolvedAttachment } from '../../../src/model/plan.ts';

export const project: Project = {
  name: 'shop',
  workingDir: '/srv/shop',
  configFiles: ['/srv/shop/stack.yaml', '/srv/shop/stack.override.yaml'],
  environmentFiles: [],
};

/** The least that a container can be asked for. */
export function spec(overrides: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    image: 'stack-test/busybox',
    platform: undefined,
    command: undefined,
    entrypoint: undefined,
    environment: [],
    labels: [],
    annotations: [],
    workingDir: undefined,
    user: undefined,
    hostname: undefined,
    domainname: undefined,
    tty: false,
    stdinOpen: false,
    init: undefined,
    stopSignal: undefined,
    stopGracePeriodMs: undefined,
    restart: { condition: 'no', maxAttempts: undefined },
    healthcheck: undefined,
    ports: [],
    expose: [],
    volumes: [],
    volumesFrom: [],
    files: [],
    network: { kind: 'engine', mode: 'none' },
    links: [],
    externalLinks: [],
    dns: [],
    dnsSearch: [],
    dnsOpt: [],
    extraHosts: [],
    macAddress: undefined,
    logging: undefined,
    sysctls: [],
    security: {
      privileged: false,
      readOnly: false,
      capAdd: [],
      capDrop: [],
      securityOpt: [],
      groupAdd: [],
      usernsMode: undefined,
    },
    namespaces: { ipc: undefined, pid: undefined, uts: undefined, cgroup: undefined, cgroupParent: undefined },
    devices: { devices: [], cgroupRules: [], requests: [], runtime: undefined, isolation: undefined },
    resources: {
      cpuNanos: undefined,
      cpuShares: undefined,
      cpuPeriod: undefined,
      cpuQuota: undefined,
      cpuRtPeriod: undefined,
      cpuRtRuntime: undefined,
      cpuCount: undefined,
      cpuPercent: undefined,
      cpuset: undefined,
      memoryBytes: undefined,
      memoryReservationBytes: undefined,
      memorySwapBytes: undefined,
      memorySwappiness: undefined,
      shmSizeBytes: undefined,
      pidsLimit: undefined,
      oomKillDisable: false,
      oomScoreAdj: undefined,
      ulimits: [],
      storageOpt: [],
      blkio: undefined,
    },
    ...overrides,
  };
}

export function creation(overrides: Partial<ContainerCreation> = {}): ContainerCreation {
  return {
    name: 'shop-web-1',
    project,
    service: 'web',
    slot: 1,
    isOneOff: false,
    spec: spec(),
    dependsOn: [],
    imageId: undefined,
    network: { kind: 'engine', mode: 'none' },
    volumeNames: [],
    inheritedVolumes: [],
    containers: [],
    ...overrides,
  };
}

export function attachment(network: string, overrides: Partial<NetworkAttachment> = {}): NetworkAttachment {
  return {
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
  };
}

export function attached(name: string, id: string, overrides: Partial<NetworkAttachment> = {}): ResolvedAttachment {
  return {
    network: { from: 'observed', id: networkId(id) },
    name: `shop_${name}`,
    attachment: attachment(name, overrides),
    aliases: ['shop-web-1', 'web'],
  };
}

export function network(key: string, overrides: Partial<DesiredNetwork['spec']> = {}): DesiredNetwork {
  return {
    key,
    name: `shop_${key}`,
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
      ...overrides,
    },
  };
}

export function volume(key: string): DesiredVolume {
  return { key, name: `shop_${key}`, external: false, spec: { driver: undefined, driverOpts: [], labels: [] } };
}

/** Takes what exists as it is; no step has made anything. */
export const resolve: Resolve = {
  container: (ref): ContainerId => {
    if (ref.from === 'step') throw new Error('no step has run');
    return ref.id;
  },
  network: (ref): NetworkId => {
    if (ref.from === 'step') throw new Error('no step has run');
    return ref.id;
  },
};
