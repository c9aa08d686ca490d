import type { PullPolicy } from './desired.ts';
import type { Address, ContainerId, EngineName } from './id.ts';
import type { OperationKind } from './plan.ts';

/** What a person asked of one stack, in the words of the command. The planner reads it beside Desired and Observed. */
export type Request = UpRequest | RollbackRequest | DownRequest | LifecycleRequest | PullRequest | BuildRequest;

export interface UpRequest {
  readonly kind: 'up';
  /** Services that were named; empty means all. Their dependencies come along unless `withDependencies` is false. */
  readonly services: readonly string[];
  readonly withDependencies: boolean;
  /** `--scale` and `stack scale`, over what the file says. */
  readonly scale: ReadonlyMap<string, number>;
  readonly recreate: 'changed' | 'always' | 'never';
  /** Recreate also the dependencies of named services when `recreate` is `always`. */
  readonly recreateDependencies: boolean;
  readonly renewAnonymousVolumes: boolean;
  /** `undefined`: each service's own policy. */
  readonly pull: PullPolicy | undefined;
  /** `never` is `--no-build`, `always` is `--build`. */
  readonly build: 'missing' | 'always' | 'never';
  /** False is `--no-start`. */
  readonly start: boolean;
  readonly removeOrphans: boolean;
  /** Move running replicas to where they would be placed today. Absent: they stay where they are. */
  readonly rebalance?: boolean;
  /** `--leave-data-behind`: a service may be placed without its volume, whose engine does not answer. */
  readonly leaveDataBehind?: boolean;
  /** Containers to restart, because they are unhealthy. Absent: none. */
  readonly mend?: ReadonlySet<ContainerId>;
  /** End only when every replica is running, and healthy where it has a healthcheck. */
  readonly wait: boolean;
  /** `-t`: over each service's own grace period. */
  readonly stopTimeoutMs: number | undefined;
}

/** Back to the version before, which the containers remember. */
export interface RollbackRequest {
  readonly kind: 'rollback';
  /** Services that were named; empty means all. */
  readonly services: readonly string[];
  readonly stopTimeoutMs: number | undefined;
}

export interface DownRequest {
  readonly kind: 'down';
  readonly services: readonly string[];
  /** `--volumes`: the words that allow removing data. */
  readonly removeVolumes: boolean;
  /** `local` keeps images that a service names with a tag of its own. */
  readonly removeImages: 'none' | 'local' | 'all';
  readonly removeOrphans: boolean;
  readonly stopTimeoutMs: number | undefined;
}

export interface LifecycleRequest {
  readonly kind: 'start' | 'stop' | 'restart';
  readonly services: readonly string[];
  /** What the services depend on comes along; for `restart`, what asks to be restarted with them does instead. */
  readonly withDependencies: boolean;
  readonly stopTimeoutMs: number | undefined;
  readonly wait: boolean;
}

export interface PullRequest {
  readonly kind: 'pull';
  readonly services: readonly string[];
  readonly withDependencies: boolean;
  /** `missing` leaves images alone that are there. */
  readonly policy: 'always' | 'missing';
  readonly ignoreBuildable: boolean;
}

export interface BuildRequest {
  readonly kind: 'build';
  readonly services: readonly string[];
  readonly withDependencies: boolean;
  readonly noCache: boolean;
  readonly pull: boolean;
  readonly args: readonly (readonly [name: string, value: string | undefined])[];
}

/** What earlier rounds of this run have done, so that "always" means once. */
export interface History {
  /** Image references pulled or built in this run. */
  readonly freshImages: ReadonlySet<string>;
  /** Containers created, started or restarted in this run. */
  readonly freshContainers: ReadonlySet<ContainerId>;
  /** Candidates that failed their gate in this run, with the reason. */
  readonly failed: ReadonlyMap<ContainerId, string>;
  /** How many `post_start` hooks have run since the last start, for containers started or restarted in this run. */
  readonly hooksDone: ReadonlyMap<ContainerId, number>;
  /** Containers whose `pre_stop` hook failed in this run: they are not stopped. */
  readonly heldBack: ReadonlySet<ContainerId>;
  /** Names of Swarm services that this run created, updated, restarted or took back. Absent: none. */
  readonly freshServices?: ReadonlySet<string>;
  /** Steps that failed for good in this run: what was there is put back, and they are not tried again. */
  readonly givenUp: readonly GivenUp[];
}

export interface GivenUp {
  readonly engine: EngineName;
  readonly address: Address;
  readonly kind: OperationKind;
  readonly reason: string;
}

export const emptyHistory: History = {
  freshImages: new Set(),
  freshContainers: new Set(),
  failed: new Map(),
  hooksDone: new Map(),
  heldBack: new Set(),
  givenUp: [],
};
