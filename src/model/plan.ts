import type { Listener } from './balancing.ts';
import type { ContainerSpec, FileMount, Hook, NetworkAttachment, NetworkMode, Pairs, Previous } from './container.ts';
import type { BuildSpec, Dependency, DesiredNetwork, DesiredVolume, Placement, Project } from './desired.ts';
import type { Address, ContainerId, EngineName, ImageId, NetworkId } from './id.ts';
import type { SwarmServiceSpec } from './swarm.ts';
import type { DesiredSwarmFile } from './target.ts';

interface OperationBase {
  readonly engine: EngineName;
  readonly address: Address;
  /** Why the planner chose this, in words a user can act on. One line for each cause. */
  readonly reasons: readonly string[];
}

/** Something that exists now, or that an earlier step will have made. */
export type Ref<Id> = { readonly from: 'observed'; readonly id: Id } | { readonly from: 'step'; readonly step: StepId };
export type ContainerRef = Ref<ContainerId>;
export type NetworkRef = Ref<NetworkId>;

/** One Engine API call. An operation carries exactly the fields that its call needs. */
export type Operation = OperationBase &
  (
    | {
        readonly kind: 'pull-image';
        readonly image: string;
        readonly platform: string | undefined;
        /** There is another way to it: its failure is none of the run's. Default: false. */
        readonly isOptional?: boolean;
      }
    | { readonly kind: 'build-image'; readonly image: string; readonly service: string; readonly build: BuildSpec }
    /** From another engine, without a registry. */
    | {
        readonly kind: 'copy-image';
        readonly image: string;
        /** Its content; `undefined` where this very plan makes it. */
        readonly imageId: ImageId | undefined;
        readonly from: EngineName;
        /** `undefined` with it. */
        readonly sizeBytes: number | undefined;
      }
    | { readonly kind: 'remove-image'; readonly image: ImageId; readonly reference: string }
    | { readonly kind: 'create-network'; readonly project: Project; readonly network: DesiredNetwork }
    | { readonly kind: 'remove-network'; readonly network: NetworkId; readonly name: string }
    | { readonly kind: 'create-volume'; readonly project: Project; readonly volume: DesiredVolume }
    | { readonly kind: 'remove-volume'; readonly name: string }
    | { readonly kind: 'create-container'; readonly creation: ContainerCreation }
    | {
        readonly kind: 'connect-network';
        readonly container: ContainerRef;
        readonly network: NetworkRef;
        readonly attachment: NetworkAttachment;
        readonly aliases: readonly string[];
      }
    | { readonly kind: 'write-files'; readonly container: ContainerRef; readonly files: readonly FileMount[] }
    /** Before another container is stopped for this one: that the engine's disk takes what a start writes. */
    | { readonly kind: 'probe-container'; readonly container: ContainerRef }
    | { readonly kind: 'start-container'; readonly container: ContainerRef }
    | { readonly kind: 'restart-container'; readonly container: ContainerId; readonly graceMs: number | undefined }
    | { readonly kind: 'unpause-container'; readonly container: ContainerId }
    | {
        readonly kind: 'wait-container';
        readonly container: ContainerRef;
        readonly until: WaitCondition;
        /** Counted from the moment the step begins. */
        readonly deadlineMs: number;
        /** What waits can do without it: its failure fails nothing else. Default: false. */
        readonly isOptional?: boolean;
        /** How long it must go on holding, beyond the deadline. Default: not at all. */
        readonly holdMs?: number;
      }
    | { readonly kind: 'stop-container'; readonly container: ContainerId; readonly graceMs: number | undefined }
    | ({ readonly kind: 'run-post-start' } & HookRun)
    | ({ readonly kind: 'run-pre-stop' } & HookRun)
    /** From when it is done, a balancer sends nothing new to other containers than these. */
    | {
        readonly kind: 'balance';
        readonly container: ContainerRef;
        readonly listeners: readonly Listener[];
        readonly servers: readonly ContainerRef[];
      }
    | { readonly kind: 'rename-container'; readonly container: ContainerRef; readonly name: string }
    | { readonly kind: 'remove-container'; readonly container: ContainerId; readonly removeAnonymousVolumes: boolean }
    | SwarmOperation
  );

/** One call to a manager of a swarm, or a wait for what the swarm makes of it. */
type SwarmOperation =
  | { readonly kind: 'create-swarm-network'; readonly stack: string; readonly network: DesiredNetwork }
  | {
      readonly kind: 'create-swarm-file';
      readonly stack: string;
      readonly name: string;
      readonly file: DesiredSwarmFile;
    }
  | {
      readonly kind: 'remove-swarm-file';
      readonly file: DesiredSwarmFile['kind'];
      readonly id: string;
      readonly name: string;
    }
  | { readonly kind: 'create-swarm-service'; readonly creation: SwarmCreation }
  | {
      readonly kind: 'update-swarm-service';
      readonly id: string;
      /** The version that was looked at: the swarm refuses to change another one. */
      readonly version: number;
      readonly creation: SwarmCreation;
      /** Replace every task, whether or not anything differs. */
      readonly force: boolean;
    }
  | {
      readonly kind: 'rollback-swarm-service';
      readonly id: string;
      readonly version: number;
      readonly name: string;
    }
  | { readonly kind: 'restart-swarm-service'; readonly id: string; readonly version: number; readonly name: string }
  | { readonly kind: 'remove-swarm-service'; readonly id: string; readonly name: string }
  | {
      readonly kind: 'wait-swarm-service';
      /** On the swarm. */
      readonly name: string;
      /** `undefined`: an earlier step makes it. */
      readonly serviceId: string | undefined;
      /** `rolled-back`: as `running`, and that the swarm went back to the version before is no failure. */
      readonly until: 'running' | 'completed' | 'rolled-back' | 'gone';
      /** Longest time without any progress. */
      readonly deadlineMs: number;
      /** What waits can do without it. Default: false. */
      readonly isOptional?: boolean;
    };

/** All that one create or update of a Swarm service needs. */
export interface SwarmCreation {
  readonly name: string;
  readonly stack: string;
  readonly spec: SwarmServiceSpec;
}

/** One command in a container. */
interface HookRun {
  readonly container: ContainerRef;
  readonly hook: Hook;
  /** Its position among the service's hooks of that kind, from 0. */
  readonly index: number;
}

export type OperationKind = Operation['kind'];
export type OperationOf<Kind extends OperationKind> = Extract<Operation, { readonly kind: Kind }>;

/**
 * `healthy`: its healthcheck passes; without one, as `running`.
 * `running`: runs for two seconds without a restart.
 * `completed`: exited with code 0.
 * `elapsed`: the deadline has passed, whatever the container does.
 */
export type WaitCondition = 'running' | 'healthy' | 'completed' | 'elapsed';

/** All that one `create` needs. The engine adds the labels that record it. */
export interface ContainerCreation {
  readonly name: string;
  readonly project: Project;
  readonly service: string;
  readonly slot: number;
  readonly isOneOff: boolean;
  readonly spec: ContainerSpec;
  readonly dependsOn: readonly Dependency[];
  /** Content of the image to run, where it is known already. */
  readonly imageId: ImageId | undefined;
  /** The image's reference means other content by now: run {@link imageId} itself. Default: false. */
  readonly isPinned?: boolean;
  /** What the engine keeps free for it, recorded so that other stacks see it. Default: nothing. */
  readonly reserved?: NonNullable<Placement['reserved']>;
  /** Recorded, for `rollback`. Default: nothing. */
  readonly previous?: Previous | undefined;
  readonly network: ResolvedNetworkMode;
  /** Names of volumes on the engine by key in the stack file. */
  readonly volumeNames: Pairs;
  /** Anonymous volumes to take over, by target path: the volume's name. */
  readonly inheritedVolumes: Pairs;
  /** Every config and secret is written into it, also those that lie in files: the engine has none. Default: false. */
  readonly copiesFiles?: boolean;
  /** Containers that `service:` words mean here (`ipc`, `pid`, `volumes_from`, `links`), by service. */
  readonly containers: readonly (readonly [service: string, container: ContainerRef])[];
  /** Names of all containers that `links` mean, by service; absent: none. */
  readonly linked?: readonly (readonly [service: string, names: readonly string[]])[];
}

export type ResolvedNetworkMode =
  | { readonly kind: 'networks'; readonly attachments: readonly ResolvedAttachment[] }
  | { readonly kind: 'container'; readonly container: ContainerRef }
  | Extract<NetworkMode, { readonly kind: 'engine' }>;

export interface ResolvedAttachment {
  readonly network: NetworkRef;
  /** The network's name on the engine. */
  readonly name: string;
  readonly attachment: NetworkAttachment;
  /** The names that DNS answers on this network: the service's, the container's, and the file's aliases. */
  readonly aliases: readonly string[];
}

/** Position in {@link Plan.steps}; a step may only wait for smaller numbers. */
export type StepId = number;

export interface Step {
  readonly id: StepId;
  readonly operation: Operation;
  readonly after: readonly StepId[];
}

/** A DAG of operations in topological order. No steps means converged. */
export interface Plan {
  readonly steps: readonly Step[];
  /** What the planner noticed and left alone: orphans, drift that costs data, kept volumes. */
  readonly notices: readonly Notice[];
}

export interface Notice {
  readonly code: string;
  readonly address: Address | undefined;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Why no plan can be made. `data-safety` asks for words that allow the loss. */
export interface Refusal extends Notice {
  readonly kind: 'impossible' | 'data-safety';
}
