import type { ContainerSpec, DeviceRequest, Namespaces, PublishedPort, Resources } from '../../model/container.ts';
import { type Body, byNameIfAny, ifAny } from './body.ts';
import type { Making } from './making.ts';
import { mountFields } from './mounts.ts';
import { linkWords, networkMode } from './networking.ts';

/** `HostConfig` of a container: what it may use of its host. */
export function hostConfig(making: Making): Body {
  const { creation } = making;
  const { spec } = creation;
  return {
    ...mountFields(creation),
    ...namespaceFields(making),
    ...securityFields(spec),
    ...resourceFields(spec.resources),
    ...deviceFields(spec),
    NetworkMode: networkMode(making),
    PortBindings: portBindings(spec.ports),
    RestartPolicy: restartPolicy(spec.restart),
    LogConfig: {
      Type: spec.logging?.driver ?? '',
      Config: spec.logging === undefined ? undefined : byNameIfAny(spec.logging.options),
    },
    VolumesFrom: ifAny(volumesFrom(making)),
    Init: spec.init,
    Annotations: byNameIfAny(spec.annotations),
    Dns: ifAny(spec.dns),
    DnsSearch: ifAny(spec.dnsSearch),
    DnsOptions: ifAny(spec.dnsOpt),
    // `host=address` is the model's form, `host:address` the engine's; an address may hold colons itself.
    ExtraHosts: ifAny(spec.extraHosts.map((entry) => entry.replace('=', ':'))),
    Links: ifAny(linkWords(creation)),
    Sysctls: byNameIfAny(spec.sysctls),
  };
}

/** `no` is what the engine does when nothing is said, and Compose says nothing. */
function restartPolicy({ condition, maxAttempts }: ContainerSpec['restart']): Body | undefined {
  return condition === 'no' ? undefined : { Name: condition, MaximumRetryCount: maxAttempts ?? 0 };
}

function portBindings(ports: readonly PublishedPort[]): Body {
  const bindings = new Map<string, Body[]>();
  for (const { target, protocol, hostIp, published } of ports) {
    const key = `${target}/${protocol}`;
    const binding = { HostIp: hostIp ?? '', HostPort: published === undefined ? '' : portWord(published) };
    bindings.set(key, [...(bindings.get(key) ?? []), binding]);
  }
  return Object.fromEntries(bindings);
}

const portWord = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  from === to ? String(from) : `${from}-${to}`;

function namespaceFields(making: Making): Body {
  const { ipc, pid, uts, cgroup, cgroupParent }: Namespaces = making.creation.spec.namespaces;
  return {
    IpcMode: resolveMode(making, ipc),
    PidMode: resolveMode(making, pid),
    UTSMode: uts,
    CgroupnsMode: cgroup,
    CgroupParent: cgroupParent,
  };
}

/** `service:db` is that service's container; other words are the engine's own. */
function resolveMode(making: Making, mode: string | undefined): string | undefined {
  return mode?.startsWith('service:') === true
    ? `container:${containerOf(making, mode.slice('service:'.length))}`
    : mode;
}

function volumesFrom(making: Making): readonly string[] {
  return making.creation.spec.volumesFrom.map(({ from, name, readOnly }) => {
    const container = from === 'service' ? containerOf(making, name) : name;
    return `${container}:${readOnly ? 'ro' : 'rw'}`;
  });
}

function containerOf({ creation, resolve }: Making, service: string): string {
  const found = creation.containers.find(([name]) => name === service);
  if (found === undefined) throw new Error(`the plan names no container for service:${service}`);
  return resolve.container(found[1]);
}

function securityFields({ security }: ContainerSpec): Body {
  const isUnconfined = security.securityOpt.includes('systempaths=unconfined');
  return {
    Privileged: security.privileged,
    ReadonlyRootfs: security.readOnly,
    CapAdd: ifAny(capabilities(security.capAdd)),
    CapDrop: ifAny(capabilities(security.capDrop)),
    SecurityOpt: ifAny(security.securityOpt.filter((option) => option !== 'systempaths=unconfined')),
    ...(isUnconfined && { MaskedPaths: [], ReadonlyPaths: [] }),
    GroupAdd: ifAny(security.groupAdd),
    UsernsMode: security.usernsMode,
  };
}

/** As the docker client sends them: `net_admin` → `CAP_NET_ADMIN`, each once, sorted; `ALL` stands for all others. */
function capabilities(names: readonly string[]): readonly string[] {
  const long = names.map((name) => name.trim().toUpperCase()).map((name) => (isLong(name) ? name : `CAP_${name}`));
  return long.includes('ALL') ? ['ALL'] : [...new Set(long)].toSorted();
}

const isLong = (name: string): boolean => name === 'ALL' || name.startsWith('CAP_');

function resourceFields(resources: Resources): Body {
  return {
    NanoCpus: resources.cpuNanos,
    CpuShares: resources.cpuShares,
    CpuPeriod: resources.cpuPeriod,
    CpuQuota: resources.cpuQuota,
    CpuRealtimePeriod: resources.cpuRtPeriod,
    CpuRealtimeRuntime: resources.cpuRtRuntime,
    CpuCount: resources.cpuCount,
    CpuPercent: resources.cpuPercent,
    CpusetCpus: resources.cpuset,
    Memory: resources.memoryBytes,
    MemoryReservation: resources.memoryReservationBytes,
    MemorySwap: resources.memorySwapBytes,
    MemorySwappiness: resources.memorySwappiness,
    ShmSize: resources.shmSizeBytes,
    PidsLimit: resources.pidsLimit,
    OomKillDisable: resources.oomKillDisable,
    OomScoreAdj: resources.oomScoreAdj,
    Ulimits: ifAny(resources.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard }))),
    StorageOpt: byNameIfAny(resources.storageOpt),
    ...blockIoFields(resources.blkio),
  };
}

function blockIoFields(blkio: Resources['blkio']): Body {
  if (blkio === undefined) return {};
  const rates = (devices: readonly { readonly path: string; readonly rate: number }[]): unknown =>
    ifAny(devices.map(({ path, rate }) => ({ Path: path, Rate: rate })));
  return {
    BlkioWeight: blkio.weight,
    BlkioWeightDevice: ifAny(blkio.weightDevice.map(({ path, weight }) => ({ Path: path, Weight: weight }))),
    BlkioDeviceReadBps: rates(blkio.deviceReadBps),
    BlkioDeviceReadIOps: rates(blkio.deviceReadIops),
    BlkioDeviceWriteBps: rates(blkio.deviceWriteBps),
    BlkioDeviceWriteIOps: rates(blkio.deviceWriteIops),
  };
}

/** `vendor.com/class=name` on both sides is a device by the Container Device Interface, not a path. */
const isCdiName = (name: string): boolean => /^[\w.-]+\/[\w.-]+=[\w.:-]+$/.test(name);

function deviceFields({ devices }: ContainerSpec): Body {
  const isCdi = (device: { readonly source: string; readonly target: string }): boolean =>
    device.source === device.target && isCdiName(device.source);
  const named = devices.devices.filter(isCdi).map(({ source }) => source);
  return {
    Devices: ifAny(
      devices.devices
        .filter((device) => !isCdi(device))
        .map(({ source, target, permissions }) => ({
          PathOnHost: source,
          PathInContainer: target,
          CgroupPermissions: permissions,
        })),
    ),
    DeviceCgroupRules: ifAny(devices.cgroupRules),
    DeviceRequests: ifAny([
      ...(named.length > 0 ? [{ Driver: 'cdi', DeviceIDs: named }] : []),
      ...devices.requests.map(deviceRequest),
    ]),
    Runtime: devices.runtime,
    Isolation: devices.isolation,
  };
}

function deviceRequest({ driver, count, deviceIds, capabilities, options }: DeviceRequest): Body {
  return {
    Driver: driver ?? '',
    Count: count ?? 0,
    DeviceIDs: ifAny(deviceIds),
    Capabilities: [capabilities],
    Options: byNameIfAny(options),
  };
}
