import type { BlockIo, DeviceRate, DeviceRequest, Devices, Resources } from '../../model/container.ts';
import {
  bytesAt,
  entriesOf,
  flagAt,
  limitAt,
  mappingsOf,
  type Node,
  numberAt,
  pairsAt,
  textAt,
  textsAt,
  wordAt,
} from '../read.ts';
import { find } from '../tree.ts';

/** Limits and shares. What `deploy.resources` says wins over the attributes of old. */
export function readResources(service: Node): Resources {
  const limits = find(service, 'deploy', 'resources', 'limits');
  const reservations = find(service, 'deploy', 'resources', 'reservations');
  const cpus = limitAt(limits, 'cpus') ?? limitAt(service, 'cpus');
  return {
    cpuNanos: cpus === undefined ? undefined : Math.round(cpus * 1e9),
    cpuShares: limitAt(service, 'cpu_shares'),
    cpuPeriod: limitAt(service, 'cpu_period'),
    cpuQuota: limitAt(service, 'cpu_quota'),
    cpuRtPeriod: limitAt(service, 'cpu_rt_period'),
    cpuRtRuntime: limitAt(service, 'cpu_rt_runtime'),
    cpuCount: limitAt(service, 'cpu_count'),
    cpuPercent: limitAt(service, 'cpu_percent'),
    cpuset: wordAt(service, 'cpuset'),
    memoryBytes: bytesAt(limits, 'memory') ?? bytesAt(service, 'mem_limit'),
    memoryReservationBytes: bytesAt(reservations, 'memory') ?? bytesAt(service, 'mem_reservation'),
    memorySwapBytes: bytesAt(service, 'memswap_limit'),
    memorySwappiness: numberAt(service, 'mem_swappiness'),
    shmSizeBytes: bytesAt(service, 'shm_size'),
    pidsLimit: limitAt(limits, 'pids') ?? limitAt(service, 'pids_limit'),
    oomKillDisable: flagAt(service, 'oom_kill_disable') ?? false,
    oomScoreAdj: limitAt(service, 'oom_score_adj'),
    ulimits: readUlimits(find(service, 'ulimits')),
    storageOpt: pairsAt(service, ['storage_opt']),
    blkio: readBlockIo(find(service, 'blkio_config')),
  };
}

/** `nofile: 65535` is both limits; sorted by name. */
export function readUlimits(node: Node): Resources['ulimits'] {
  return entriesOf(node)
    .map(([name, { value }]) => {
      const single = numberAt(value);
      return { name, soft: single ?? numberAt(value, 'soft') ?? 0, hard: single ?? numberAt(value, 'hard') ?? 0 };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Devices, rules for them, and requests that a driver answers, such as GPUs. */
export function readDevices(service: Node): Devices {
  const reserved = mappingsOf(find(service, 'deploy', 'resources', 'reservations', 'devices'));
  const devices = mappingsOf(find(service, 'devices')).map((device) => {
    const source = textAt(device, 'source') ?? '';
    return { source, target: wordAt(device, 'target') ?? source, permissions: wordAt(device, 'permissions') ?? 'rwm' };
  });
  const named = devices.filter(({ source, target }) => source === target && isDeviceName(source));
  return {
    devices: devices.filter((device) => !named.includes(device)),
    cgroupRules: textsAt(service, 'device_cgroup_rules'),
    requests: [
      ...reserved.map((request) => readRequest(request, [])),
      ...(named.length === 0 ? [] : [deviceNames(named.map(({ source }) => source))]),
      ...mappingsOf(find(service, 'gpus')).map((request) => readRequest(request, ['gpu'])),
    ],
    runtime: wordAt(service, 'runtime'),
    isolation: wordAt(service, 'isolation'),
  };
}

/** A name of the Container Device Interface: `vendor.com/class=device`. */
function isDeviceName(source: string): boolean {
  return /^[A-Za-z][\w.-]*\/[A-Za-z][\w-]*=[\w.:-]+$/.test(source);
}

function deviceNames(names: readonly string[]): DeviceRequest {
  return { driver: 'cdi', count: undefined, deviceIds: names, capabilities: [], options: [] };
}

function readRequest(request: Node, extra: readonly string[]): DeviceRequest {
  const deviceIds = textsAt(request, 'device_ids');
  const count = textAt(request, 'count') === 'all' ? -1 : numberAt(request, 'count');
  return {
    driver: wordAt(request, 'driver'),
    count: count ?? (deviceIds.length === 0 ? -1 : undefined),
    deviceIds,
    capabilities: [...new Set([...textsAt(request, 'capabilities'), ...extra])],
    options: pairsAt(request, ['options']),
  };
}

function readBlockIo(node: Node): BlockIo | undefined {
  if (node?.kind !== 'mapping') return undefined;
  const rates = (key: string): readonly DeviceRate[] =>
    mappingsOf(find(node, key)).map((device) => ({
      path: textAt(device, 'path') ?? '',
      rate: bytesAt(device, 'rate') ?? 0,
    }));
  return {
    weight: limitAt(node, 'weight'),
    weightDevice: mappingsOf(find(node, 'weight_device')).map((device) => ({
      path: textAt(device, 'path') ?? '',
      weight: numberAt(device, 'weight') ?? 0,
    })),
    deviceReadBps: rates('device_read_bps'),
    deviceReadIops: rates('device_read_iops'),
    deviceWriteBps: rates('device_write_bps'),
    deviceWriteIops: rates('device_write_iops'),
  };
}
