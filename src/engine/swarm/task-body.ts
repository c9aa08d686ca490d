import type { ContainerSpec, FileMount, Healthcheck, Mount } from '../../model/container.ts';
import type { SwarmServiceSpec } from '../../model/swarm.ts';
import { type Body, byName, byNameIfAny, ifAny } from '../write/body.ts';
import { label } from './labels.ts';
import { privilegesBody } from './privileges.ts';

/** Ids that the swarm has given to what a service names. */
export interface SwarmIds {
  /** By kind and name: `config/app_x_1234abcd`. */
  readonly files: ReadonlyMap<string, string>;
  readonly networks: ReadonlyMap<string, string>;
}

export interface TaskSource {
  readonly stack: string;
  readonly spec: SwarmServiceSpec;
  readonly ids: SwarmIds;
}

/** `TaskTemplate.ContainerSpec`. */
export function containerSpecBody(source: TaskSource): Body {
  const { spec, stack } = source;
  const { container } = spec;
  const { security } = container;
  return {
    Image: spec.pinnedImage,
    Labels: { ...byName(container.labels), [label.namespace]: stack },
    Command: container.entrypoint,
    Args: container.command,
    Hostname: container.hostname,
    // A name without value takes the variable of the image away.
    Env: ifAny([
      ...container.environment.map(([name, value]) => `${name}=${value}`),
      ...(container.unsetEnvironment ?? []),
    ]),
    Dir: container.workingDir,
    User: container.user,
    Groups: ifAny(security.groupAdd),
    Privileges: privilegesBody(security.securityOpt),
    Init: container.init,
    StopSignal: container.stopSignal,
    TTY: container.tty || undefined,
    OpenStdin: container.stdinOpen || undefined,
    ReadOnly: security.readOnly || undefined,
    Mounts: ifAny(mountBodies(source)),
    StopGracePeriod: nanos(container.stopGracePeriodMs),
    Healthcheck: healthcheckBody(container.healthcheck),
    // The engine writes "address host" into the file, the model has `host=address`.
    Hosts: ifAny(container.extraHosts.map((entry) => entry.split('=').toReversed().join(' '))),
    DNSConfig: dnsBody(container),
    Secrets: ifAny(fileBodies('secret', source)),
    Configs: ifAny(fileBodies('config', source)),
    Isolation: container.devices.isolation,
    Sysctls: byNameIfAny(container.sysctls),
    CapabilityAdd: ifAny(security.capAdd.map(longName)),
    CapabilityDrop: ifAny(security.capDrop.map(longName)),
    Ulimits: ifAny(container.resources.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard }))),
    OomScoreAdj: container.resources.oomScoreAdj,
  };
}

/** The API counts durations in nanoseconds. */
export const nanos = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.round(ms * 1e6);

const longName = (name: string): string => {
  const upper = name.toUpperCase();
  return upper === 'ALL' || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
};

function dnsBody({ dns, dnsSearch, dnsOpt }: ContainerSpec): Body | undefined {
  if (dns.length + dnsSearch.length + dnsOpt.length === 0) return undefined;
  return { Nameservers: ifAny(dns), Search: ifAny(dnsSearch), Options: ifAny(dnsOpt) };
}

function healthcheckBody(check: Healthcheck | undefined): Body | undefined {
  if (check === undefined) return undefined;
  if (check.kind === 'disabled') return { Test: ['NONE'] };
  return {
    Test: check.test,
    Interval: nanos(check.intervalMs),
    Timeout: nanos(check.timeoutMs),
    Retries: check.retries,
    StartPeriod: nanos(check.startPeriodMs),
    StartInterval: nanos(check.startIntervalMs),
  };
}

function fileBodies(kind: FileMount['kind'], { spec, ids }: TaskSource): readonly Body[] {
  const word = kind === 'config' ? 'Config' : 'Secret';
  return spec.container.files
    .filter((file) => file.kind === kind)
    .map(({ source, target, uid, gid, mode }) => {
      const name = spec.files.find((it) => it.kind === kind && it.source === source)?.name ?? source;
      return {
        [`${word}ID`]: ids.files.get(`${kind}/${name}`),
        [`${word}Name`]: name,
        File: { Name: target, UID: String(uid), GID: String(gid), Mode: mode },
      };
    });
}

function mountBodies(source: TaskSource): readonly Body[] {
  const { container } = source.spec;
  const { shmSizeBytes } = container.resources;
  const shared =
    shmSizeBytes === undefined
      ? []
      : [{ Type: 'tmpfs', Target: '/dev/shm', TmpfsOptions: { SizeBytes: shmSizeBytes } }];
  return [...container.volumes.map((mount) => mountBody(mount, source)), ...shared];
}

function mountBody(mount: Mount, source: TaskSource): Body {
  const base = { Type: mount.type, Target: mount.target, ReadOnly: mount.readOnly || undefined };
  switch (mount.type) {
    case 'bind':
      return { ...base, Source: mount.source, Consistency: mount.consistency, BindOptions: bindOptions(mount) };
    case 'volume':
      return { ...base, ...volumeFields(mount, source) };
    case 'tmpfs':
      return mount.options === undefined
        ? { ...base, TmpfsOptions: sizeAndMode(mount.sizeBytes, mount.mode) }
        : { ...base, ...tmpfsLine(mount.options) };
    case 'image':
      return { ...base, Source: mount.source };
  }
}

function bindOptions({ propagation, recursive }: Extract<Mount, { readonly type: 'bind' }>): Body | undefined {
  if (propagation === undefined && recursive === undefined) return undefined;
  return { Propagation: propagation, NonRecursive: recursive === 'disabled' ? true : undefined };
}

/** Each node makes the volume when a task there first wants it, so each is told how. */
function volumeFields(
  { source: key, noCopy, subpath, labels }: Extract<Mount, { readonly type: 'volume' }>,
  { spec, stack }: TaskSource,
): Body {
  const volume = spec.volumes.find((it) => it.key === key);
  const isOurs = volume !== undefined && !volume.external;
  const driver = isOurs && (volume.driver !== undefined || volume.driverOpts.length > 0);
  return {
    Source: volume?.name,
    VolumeOptions: {
      NoCopy: noCopy || undefined,
      Subpath: subpath,
      Labels: isOurs ? { ...byName(volume.labels), ...byName(labels), [label.namespace]: stack } : byNameIfAny(labels),
      DriverConfig: driver ? { Name: volume.driver ?? 'local', Options: byNameIfAny(volume.driverOpts) } : undefined,
    },
  };
}

function sizeAndMode(sizeBytes: number | undefined, mode: number | undefined): Body | undefined {
  return sizeBytes === undefined && mode === undefined ? undefined : { SizeBytes: sizeBytes, Mode: mode };
}

/** `size=64m,mode=1777,ro`: the short form has words where the API has fields. */
function tmpfsLine(options: string): Body {
  const words = new Map(options.split(',').map((word) => [word.split('=')[0] ?? '', word.split('=')[1] ?? '']));
  const [, count = '', unit = ''] = /^(\d+)([bkmg]?)$/i.exec(words.get('size') ?? '') ?? [];
  const scale =
    new Map([
      ['k', 2 ** 10],
      ['m', 2 ** 20],
      ['g', 2 ** 30],
    ]).get(unit.toLowerCase()) ?? 1;
  const mode = words.get('mode');
  return {
    ReadOnly: words.has('ro') ? true : undefined,
    TmpfsOptions: sizeAndMode(
      count === '' ? undefined : Number(count) * scale,
      mode === undefined ? undefined : Number.parseInt(mode, 8),
    ),
  };
}
