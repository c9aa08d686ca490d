import type { ImageId } from './id.ts';

/** Names with values, sorted by name, each name once. A list because a user may name a variable `__proto__`. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/**
 * Everything that defines one container: what is compared field by field, and what its label records.
 *
 * Plain JSON data: `undefined` fields vanish and come back as `undefined`. Field names are the Compose
 * attributes in camel case; a suffix names the unit (`Ms`, `Bytes`, `Nanos`). Lists that are sets are sorted.
 * Adding a field that is `undefined` or empty for existing files changes no hash.
 */
export interface ContainerSpec {
  readonly image: string;
  readonly platform: string | undefined;
  /** `undefined` is the image's own; `[]` clears it. */
  readonly command: readonly string[] | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly environment: Pairs;
  /** Variables of the image that the container does not get (`KEY` without value); absent: none. */
  readonly unsetEnvironment?: readonly string[];
  readonly labels: Pairs;
  readonly annotations: Pairs;
  readonly workingDir: string | undefined;
  readonly user: string | undefined;
  readonly hostname: string | undefined;
  readonly domainname: string | undefined;
  readonly tty: boolean;
  readonly stdinOpen: boolean;
  readonly init: boolean | undefined;
  readonly stopSignal: string | undefined;
  readonly stopGracePeriodMs: number | undefined;
  readonly restart: RestartPolicy;
  readonly healthcheck: Healthcheck | undefined;
  readonly ports: readonly PublishedPort[];
  /** `80/tcp`, `53/udp`. */
  readonly expose: readonly string[];
  readonly volumes: readonly Mount[];
  readonly volumesFrom: readonly VolumesFrom[];
  /** Configs and secrets, whose contents are known here by digest only. */
  readonly files: readonly FileMount[];
  readonly network: NetworkMode;
  readonly links: readonly string[];
  readonly externalLinks: readonly string[];
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOpt: readonly string[];
  /** `host=address`, an address each. */
  readonly extraHosts: readonly string[];
  readonly macAddress: string | undefined;
  readonly logging: { readonly driver: string | undefined; readonly options: Pairs } | undefined;
  readonly sysctls: Pairs;
  readonly security: Security;
  readonly namespaces: Namespaces;
  readonly devices: Devices;
  readonly resources: Resources;
  /** Commands to run in the container after each start, one after the other; absent: none. */
  readonly postStart?: readonly Hook[];
  /** Commands to run in the container before it is stopped; absent: none. */
  readonly preStop?: readonly Hook[];
}

/** A command that runs inside a running container. */
export interface Hook {
  readonly command: readonly string[];
  readonly user: string | undefined;
  readonly privileged: boolean;
  readonly workingDir: string | undefined;
  /** `NAME=VALUE`, over the container's own; a name alone takes the variable away. */
  readonly environment: readonly string[];
}

/** What a container remembers of the one whose place it took: its version, or that it went back to it itself. */
export type Previous = RecordedVersion | 'went-back';

/** What one container is: its specification, and the content of its image. */
export interface RecordedVersion {
  readonly spec: ContainerSpec;
  readonly imageId: ImageId;
}

export interface RestartPolicy {
  readonly condition: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  readonly maxAttempts: number | undefined;
}

export type Healthcheck =
  | { readonly kind: 'disabled' }
  | {
      readonly kind: 'command';
      /** `['CMD', …]` or `['CMD-SHELL', line]`; `undefined` keeps the image's test. */
      readonly test: readonly string[] | undefined;
      readonly intervalMs: number | undefined;
      readonly timeoutMs: number | undefined;
      readonly retries: number | undefined;
      readonly startPeriodMs: number | undefined;
      readonly startIntervalMs: number | undefined;
    };

export interface PublishedPort {
  readonly target: number;
  readonly protocol: string;
  readonly hostIp: string | undefined;
  /** The host's port or range; `undefined` lets the engine choose. */
  readonly published: { readonly from: number; readonly to: number } | undefined;
  readonly mode: 'ingress' | 'host';
  /** What is spoken there, for a balancer. Absent: nobody said. */
  readonly appProtocol?: string;
}

export type Mount =
  | {
      readonly type: 'bind';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly createHostPath: boolean;
      readonly propagation: string | undefined;
      readonly selinux: 'z' | 'Z' | undefined;
      readonly recursive: string | undefined;
      readonly consistency: string | undefined;
    }
  | {
      readonly type: 'volume';
      /** The volume's key in the stack file; `undefined` is an anonymous volume. */
      readonly source: string | undefined;
      readonly target: string;
      readonly readOnly: boolean;
      readonly noCopy: boolean;
      readonly subpath: string | undefined;
      readonly labels: Pairs;
    }
  | {
      readonly type: 'tmpfs';
      readonly target: string;
      readonly readOnly: boolean;
      readonly sizeBytes: number | undefined;
      readonly mode: number | undefined;
      /** Options of the short form (`tmpfs: /run:size=64m`), passed as they are, empty for none; `undefined` in the long form. */
      readonly options: string | undefined;
    }
  | {
      readonly type: 'image';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly subpath: string | undefined;
    };

export interface VolumesFrom {
  readonly from: 'service' | 'container';
  readonly name: string;
  readonly readOnly: boolean;
}

/** One config or secret at its place in the container. */
export interface FileMount {
  readonly kind: 'config' | 'secret';
  /** The key in the stack file. */
  readonly source: string;
  readonly target: string;
  /** `bind` mounts {@link path} read-only, where the engine's machine is this one; `copy` writes the content before the start. */
  readonly delivery: 'bind' | 'copy';
  readonly path: string | undefined;
  /** Finds the content in `Desired.contents`. Keyed for secrets: not guessable from a label. */
  readonly digest: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export type NetworkMode =
  | { readonly kind: 'networks'; readonly attachments: readonly NetworkAttachment[] }
  /** The network namespace of another service's first replica. */
  | { readonly kind: 'service'; readonly service: string }
  /** Engine words: `host`, `none`, `bridge`, `container:NAME`. */
  | { readonly kind: 'engine'; readonly mode: string };

/** In order of connection: highest priority first, then by key. */
export interface NetworkAttachment {
  /** The network's key in the stack file. */
  readonly network: string;
  readonly aliases: readonly string[];
  readonly ipv4Address: string | undefined;
  readonly ipv6Address: string | undefined;
  readonly linkLocalIps: readonly string[];
  readonly macAddress: string | undefined;
  readonly interfaceName: string | undefined;
  readonly driverOpts: Pairs;
  readonly priority: number;
  readonly gwPriority: number;
}

export interface Security {
  readonly privileged: boolean;
  readonly readOnly: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly securityOpt: readonly string[];
  readonly groupAdd: readonly string[];
  readonly usernsMode: string | undefined;
}

/** Engine words (`host`, `shareable`, `container:NAME`) or `service:NAME`. */
export interface Namespaces {
  readonly ipc: string | undefined;
  readonly pid: string | undefined;
  readonly uts: string | undefined;
  readonly cgroup: string | undefined;
  readonly cgroupParent: string | undefined;
}

export interface Devices {
  readonly devices: readonly { readonly source: string; readonly target: string; readonly permissions: string }[];
  readonly cgroupRules: readonly string[];
  readonly requests: readonly DeviceRequest[];
  readonly runtime: string | undefined;
  readonly isolation: string | undefined;
}

export interface DeviceRequest {
  readonly driver: string | undefined;
  /** -1 asks for all. */
  readonly count: number | undefined;
  readonly deviceIds: readonly string[];
  readonly capabilities: readonly string[];
  readonly options: Pairs;
}

export interface Resources {
  readonly cpuNanos: number | undefined;
  readonly cpuShares: number | undefined;
  readonly cpuPeriod: number | undefined;
  readonly cpuQuota: number | undefined;
  readonly cpuRtPeriod: number | undefined;
  readonly cpuRtRuntime: number | undefined;
  readonly cpuCount: number | undefined;
  readonly cpuPercent: number | undefined;
  readonly cpuset: string | undefined;
  readonly memoryBytes: number | undefined;
  readonly memoryReservationBytes: number | undefined;
  /** -1 is unlimited. */
  readonly memorySwapBytes: number | undefined;
  readonly memorySwappiness: number | undefined;
  readonly shmSizeBytes: number | undefined;
  readonly pidsLimit: number | undefined;
  readonly oomKillDisable: boolean;
  readonly oomScoreAdj: number | undefined;
  readonly ulimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  readonly storageOpt: Pairs;
  readonly blkio: BlockIo | undefined;
}

export interface BlockIo {
  readonly weight: number | undefined;
  readonly weightDevice: readonly { readonly path: string; readonly weight: number }[];
  readonly deviceReadBps: readonly DeviceRate[];
  readonly deviceReadIops: readonly DeviceRate[];
  readonly deviceWriteBps: readonly DeviceRate[];
  readonly deviceWriteIops: readonly DeviceRate[];
}

export interface DeviceRate {
  readonly path: string;
  readonly rate: number;
}
