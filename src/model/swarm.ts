import type { ContainerSpec, Pairs, Resources } from './container.ts';
import type { UpdatePolicy } from './desired.ts';
import type { NetworkId } from './id.ts';
import type { SwarmReservations, SwarmRestart } from './target.ts';

/** Everything that defines one Swarm service: what is compared field by field, and what its label records. */
export interface SwarmServiceSpec {
  /** What each task runs. */
  readonly container: ContainerSpec;
  /** What nodes are told to run: `name:tag@sha256:…`, an image's id, or the reference as it is written. */
  readonly pinnedImage: string;
  readonly mode: SwarmMode;
  readonly restart: SwarmRestart;
  readonly placement: {
    /** `node.labels.zone==a`. */
    readonly constraints: readonly string[];
    readonly preferences: readonly string[];
    readonly maxReplicasPerNode: number | undefined;
    readonly platforms: readonly string[];
  };
  readonly reservations: SwarmReservations;
  readonly update: UpdatePolicy;
  readonly rollback: UpdatePolicy;
  readonly endpointMode: 'vip' | 'dnsrr';
  /** Of the service, not of its containers. */
  readonly labels: Pairs;
  /** Names on the swarm by key in the file. */
  readonly networkNames: Pairs;
  readonly volumes: readonly SwarmVolume[];
  readonly files: readonly SwarmFileName[];
}

export type SwarmMode =
  | { readonly kind: 'replicated' | 'replicated-job'; readonly replicas: number }
  | { readonly kind: 'global' | 'global-job' };

/** A volume that each node makes when a task there first wants it. */
export interface SwarmVolume {
  readonly key: string;
  readonly name: string;
  readonly external: boolean;
  readonly driver: string | undefined;
  readonly driverOpts: Pairs;
  readonly labels: Pairs;
}

export interface SwarmFileName {
  readonly kind: 'config' | 'secret';
  readonly source: string;
  /** On the swarm. */
  readonly name: string;
}

/** What a manager shows of one stack. */
export interface ObservedSwarm {
  /** When this was so, by the manager's clock. */
  readonly seenAt: string;
  readonly services: readonly ObservedSwarmService[];
  readonly tasks: readonly SwarmTask[];
  readonly nodes: readonly SwarmNode[];
  /** Networks of the stack by label, and those whose names it wants. */
  readonly networks: readonly ObservedSwarmNetwork[];
  /** Configs and secrets of the stack by label, and those whose names it wants. */
  readonly files: readonly ObservedSwarmFile[];
  /** What each image reference that was asked about is to be on nodes. */
  readonly images: ReadonlyMap<string, ImagePin>;
  /** Whether the kernel can balance a service's virtual address and ingress ports; `undefined`: it cannot be told from here. */
  readonly hasIpvs: boolean | undefined;
}

/**
 * `registry`: the tag's digest there. `local`: no registry answers, and the manager has it. `kept`: what the service
 * runs already. `unknown`: neither is there, with the reason.
 */
export type ImagePin =
  | { readonly kind: 'registry' | 'local' | 'kept'; readonly reference: string }
  | { readonly kind: 'unknown'; readonly because: string };

export interface ObservedSwarmService {
  readonly id: string;
  readonly name: string;
  /** The service's name in the file: its name on the swarm without the stack's. */
  readonly service: string;
  /** Of the object: an update says which one it changes. */
  readonly version: number;
  /** When it was changed last, by the manager's clock. */
  readonly updatedAt: string;
  /** By our label; `undefined`: somebody else made it. */
  readonly spec: SwarmServiceSpec | undefined;
  /** What it is as far as it was read, where somebody else made it. */
  readonly foreign?: ForeignSwarmService;
  /** Fields of the service that are not what our label says, in the words of the Engine API. */
  readonly drift: readonly string[];
  readonly imageAsWritten: string;
  readonly mode: SwarmMode;
  /** Tells tasks of this version of the service from those of others. */
  readonly taskVersion: string;
  readonly restart: SwarmRestart['condition'];
  readonly updateState: UpdateState | undefined;
  readonly updateMessage: string;
  /** How many tasks there should be. */
  readonly wantedTasks: number;
  /** Of a job: how many of its tasks have ended well. */
  readonly completedTasks: number;
  readonly hasPrevious: boolean;
  /** Ids of configs and secrets that it uses, or that the version before uses. */
  readonly fileIds: readonly string[];
}

/** What most stack files write of a service, read from one that somebody else made. */
export interface ForeignSwarmService extends Pick<Resources, 'cpuNanos' | 'memoryBytes' | 'pidsLimit'> {
  readonly container: Pick<
    ContainerSpec,
    | 'image'
    | 'command'
    | 'entrypoint'
    | 'environment'
    | 'labels'
    | 'workingDir'
    | 'user'
    | 'hostname'
    | 'healthcheck'
    | 'ports'
  >;
  readonly reservations: Omit<SwarmReservations, 'generic'>;
  readonly placement: Omit<SwarmServiceSpec['placement'], 'platforms'>;
  readonly update: UpdatePolicy;
  readonly rollback: UpdatePolicy;
  readonly endpointMode: SwarmServiceSpec['endpointMode'];
  readonly labels: Pairs;
  readonly networkIds: readonly string[];
  /** `app_data:/data:ro`, by names on the swarm. */
  readonly mounts: readonly string[];
  readonly files: readonly Omit<SwarmFileName, 'source'>[];
}

export type UpdateState =
  | 'updating'
  | 'paused'
  | 'completed'
  | 'rollback_started'
  | 'rollback_paused'
  | 'rollback_completed';

export interface SwarmTask {
  readonly id: string;
  readonly serviceId: string;
  /** 0 where the service runs once a node. */
  readonly slot: number;
  readonly nodeId: string;
  /** The engine's word: `new`, `pending`, `preparing`, `running`, `complete`, `failed`, `rejected`… */
  readonly state: string;
  readonly desiredState: string;
  /** When it came into this state, by the manager's clock. */
  readonly since: string;
  readonly createdAt: string;
  /** In the engine's words; empty: none. */
  readonly error: string;
  readonly exitCode: number | undefined;
  readonly containerId: string;
  readonly image: string;
  readonly version: string;
  readonly ports: readonly { readonly published: number; readonly target: number; readonly protocol: string }[];
}

export interface SwarmNode {
  readonly id: string;
  readonly hostname: string;
  /** The engine's word: `ready`, `down`, `disconnected`, `unknown`. */
  readonly state: string;
  readonly availability: string;
}

export interface ObservedSwarmNetwork {
  readonly id: NetworkId;
  readonly name: string;
  /** `swarm`, or `local` for one of the manager alone. */
  readonly scope: string;
  /** Carries the stack's label. */
  readonly isOwn: boolean;
}

export interface ObservedSwarmFile {
  readonly kind: 'config' | 'secret';
  readonly id: string;
  readonly name: string;
  /** Carries the stack's label. */
  readonly isOwn: boolean;
  /** Carries our label: made from a key of a stack file. */
  readonly isOurs: boolean;
}
