import type { Balancing } from './balancing.ts';
import type { ContainerSpec, Previous } from './container.ts';
import type { NetworkSpec, VolumeSpec } from './desired.ts';
import type { ContainerId, EngineName, ImageId, NetworkId } from './id.ts';
import type { Availability, EngineMember } from './inventory.ts';
import type { ObservedSwarm } from './swarm.ts';

/** Snapshot of every engine, taken once a round. Planning reads nothing else. */
export interface Observed {
  readonly engines: readonly ObservedEngine[];
  /** Engines that are listed and gave no answer: what they hold is unknown. Absent: none. */
  readonly absent?: readonly AbsentEngine[];
}

/** An engine that could not be asked. */
export interface AbsentEngine {
  readonly name: EngineName;
  /** In words. */
  readonly because: string;
}

export interface ObservedEngine {
  readonly name: EngineName;
  readonly info: EngineInfo;
  /** Containers of the stack: those whose project label is its name. */
  readonly containers: readonly ObservedContainer[];
  /** Networks of the stack by label, and any whose name the stack wants (external ones, foreign ones in the way). */
  readonly networks: readonly ObservedNetwork[];
  readonly volumes: readonly ObservedVolume[];
  /** What each image reference that was asked about means on this engine; absent where there is none. */
  readonly images: ReadonlyMap<string, ObservedImage>;
  /** Names that containers outside the stack hold, of those that were asked about. */
  readonly foreignContainerNames: readonly string[];
  /** What the inventory says of it; absent: it is in none. */
  readonly member?: EngineMember;
  /** What a person said with `engines drain`, kept on the engine itself; absent: nothing. */
  readonly availability?: Availability;
  /** What running containers outside the stack take of it; absent: it was not asked for. */
  readonly others?: ForeignUse;
  /** The stack as services of the swarm that this engine manages; absent: the target are plain engines. */
  readonly swarm?: ObservedSwarm;
}

/** What an engine's running containers outside the stack hold. */
export interface ForeignUse {
  readonly containers: number;
  /** Sums of what stacks have reserved. */
  readonly cpuNanos: number;
  readonly memoryBytes: number;
  readonly ports: readonly (ObservedPort & { readonly container: string })[];
}

/** What one engine is and can do. */
export interface EngineInfo {
  /** Docker's version, such as `26.1.5`. */
  readonly version: string;
  /** Negotiated Engine API version, such as `1.45`. */
  readonly apiVersion: string;
  readonly os: string;
  readonly arch: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly labels: readonly (readonly [string, string])[];
  readonly hostname: string;
  /** The engine shares our file system: bind mounts mean what the file's author sees. */
  readonly isLocal: boolean;
  /** Tells one engine from another whatever it is called; absent: it does not tell. */
  readonly engineId?: string;
  /** Its part in a swarm; absent: in none. */
  readonly swarm?: SwarmMembership;
  /** `create` takes every network at once (API 1.44); below, all but the first are connected one by one. */
  readonly createsWithManyNetworks: boolean;
}

/** An engine's part in a swarm, as it sees it itself. */
export interface SwarmMembership {
  /** The same on every member; empty where a worker does not tell. */
  readonly clusterId: string;
  readonly nodeId: string;
  readonly nodeAddress: string;
  readonly isManager: boolean;
  /** A manager that can change the swarm: a majority of managers is there. */
  readonly hasQuorum: boolean;
  /** Node ids or addresses of managers that it knows. */
  readonly managers: readonly string[];
  /** `undefined`: only a manager knows. */
  readonly availability: Availability | undefined;
  /** Every member, as a manager with quorum lists them. Absent: it does not tell. */
  readonly nodes?: readonly SwarmMember[];
  /** What the engine says is wrong with its part, in its words: locked, without leader. Absent: nothing. */
  readonly problem?: string;
}

/** One member of a swarm, as a manager sees it. */
export interface SwarmMember {
  readonly nodeId: string;
  readonly hostname: string;
  readonly address: string;
  readonly availability: Availability;
  readonly isManager: boolean;
  /** It answers the managers. */
  readonly isReady: boolean;
}

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
/** `none`: the container has no healthcheck. */
export type Health = 'none' | 'starting' | 'healthy' | 'unhealthy';

export interface ObservedContainer {
  readonly id: ContainerId;
  /** Without the leading slash. */
  readonly name: string;
  readonly service: string;
  /** From 1; the label `com.docker.compose.container-number`. */
  readonly slot: number;
  /** Made by `run`; no replica. */
  readonly isOneOff: boolean;
  readonly state: ContainerState;
  readonly health: Health;
  /** Last probe's output, cut to 4 KiB; empty where there is none. */
  readonly healthOutput: string;
  readonly exitCode: number;
  /** The kernel killed it for want of memory; absent where the engine does not tell. */
  readonly wasOutOfMemory?: boolean;
  readonly restartCount: number;
  /** The engine's clock; for display only. Empty when it never started. */
  readonly startedAt: string;
  readonly createdAt: string;
  readonly finishedAt: string;
  /** Reference that it was created from. */
  readonly image: string;
  readonly imageId: ImageId;
  /** As the image or the request had it, words joined by spaces; for display. */
  readonly command: string;
  /** What our label records; `undefined` if Compose or a newer `stack` made the container. */
  readonly spec: ContainerSpec | undefined;
  /** What it remembers of the version before; absent: nothing. */
  readonly previous?: Previous | undefined;
  /** Where a balancer sends what it gets. Absent: it is none, or was never told. */
  readonly balancing?: Balancing | undefined;
  /** Services it depends on, by Compose's label: order for `down` without a file. */
  readonly dependsOn: readonly string[];
  readonly networks: readonly { readonly name: string; readonly id: NetworkId; readonly address: string }[];
  readonly mounts: readonly ObservedMount[];
  /** Containers whose namespaces or volumes it shares (`container:<id>` words of the engine); absent: none. */
  readonly joins?: readonly ContainerId[];
  readonly ports: readonly ObservedPort[];
  readonly labels: readonly (readonly [string, string])[];
}

export interface ObservedMount {
  readonly type: string;
  /** The volume's name; empty for other types. */
  readonly volume: string;
  readonly source: string;
  readonly target: string;
}

export interface ObservedPort {
  readonly hostIp: string;
  /** 0: exposed and not published. */
  readonly published: number;
  readonly target: number;
  readonly protocol: string;
}

export interface ObservedNetwork {
  readonly id: NetworkId;
  readonly name: string;
  /** The key by Compose's label; `undefined`: not labelled as this stack's. */
  readonly key: string | undefined;
  readonly driver: string;
  readonly createdAt: string;
  readonly spec: NetworkSpec | undefined;
  /** Known to every member of the swarm under the same id. Absent: no. */
  readonly isSwarmScoped?: boolean;
  /** Connected containers, running ones as far as the engine tells. */
  readonly endpoints: readonly ContainerId[];
}

export interface ObservedVolume {
  readonly name: string;
  readonly key: string | undefined;
  readonly driver: string;
  readonly spec: VolumeSpec | undefined;
}

export interface ObservedImage {
  readonly id: ImageId;
  /** `name@sha256:…` as the registry knows it; empty for a local image. */
  readonly digests: readonly string[];
  readonly sizeBytes: number;
  /** Mount points of `VOLUME` instructions. */
  readonly volumes: readonly string[];
  readonly hasHealthcheck: boolean;
}
