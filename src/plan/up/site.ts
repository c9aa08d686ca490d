import type { DesiredService } from '../../model/desired.ts';
import type { ContainerId } from '../../model/id.ts';
import type { ObservedContainer, ObservedEngine } from '../../model/observed.ts';
import type { ContainerRef, StepId, WaitCondition } from '../../model/plan.ts';
import type { PastVersion, Up } from './context.ts';
import type { PlannedImages } from './images/images.ts';
import type { PlannedNetworks } from './networks/networks.ts';
import type { PlannedVolumes } from './volumes.ts';

/** One service, with what was planned before it. */
export interface ServiceSite {
  readonly up: Up;
  readonly service: DesiredService;
  readonly images: PlannedImages;
  readonly networks: PlannedNetworks;
  readonly volumes: PlannedVolumes;
  /** Removals of orphans in this plan. */
  readonly orphans: ReadonlyMap<ContainerId, StepId>;
  /** Services that come earlier in start order, as this plan leaves them. */
  readonly settled: ReadonlyMap<string, Settled>;
  /** {@link service} is not what the stack file says but a version that ran before. Default: it is. */
  readonly past?: PastVersion;
  /** The balancers in front of it. Default: there is none. */
  readonly front?: Front;
  /** What has to go before it may start. Default: nothing. */
  readonly inTheWay?: readonly StepId[];
}

/** One slot on the engine where it belongs. */
export interface ReplicaSite extends ServiceSite {
  readonly engine: ObservedEngine;
  readonly slot: number;
  readonly canonical: string;
  /** Every container of the slot on this engine, best first. */
  readonly containers: readonly ObservedContainer[];
  /** Its change failed for good in this run. */
  readonly isGivenUp: boolean;
  /** Why it is made, and why on this engine, if it has no container. */
  readonly missing: readonly string[];
  /** What must be gone before the canonical name is free. */
  readonly nameFree: readonly StepId[];
  /** What must hold before the replica may start; undefined if it never will in this run. */
  readonly mayStart: () => readonly StepId[] | undefined;
  /** Ends of the updates that come before this one. */
  readonly turn: () => readonly StepId[];
  /** What else a container needs before it starts. Default: nothing. */
  readonly fill?: (filling: Filling) => readonly StepId[];
}

/** A container of this plan that is otherwise ready to start. */
export interface Filling {
  readonly container: ContainerRef;
  readonly ready: readonly StepId[];
  /** The same, if an earlier run made it. */
  readonly known: ObservedContainer | undefined;
}

/** One container that stops serving, and what serves instead. */
export interface Shift {
  readonly from: ObservedContainer;
  readonly to: ContainerRef | undefined;
}

/** The balancers of one service, as the service is planned. */
export interface Front {
  /** One of them failed for good in this run: whoever serves goes on as it is. */
  readonly isHalted: boolean;
  /** Sends nothing new to one container, and to another instead. The steps after which that is so. */
  readonly shift: (shift: Shift, after: readonly StepId[]) => readonly StepId[];
  /** A container that may hold the balancers' port has stopped after these steps. */
  readonly free: (container: ObservedContainer, steps: readonly StepId[]) => void;
  /** Sends to the replicas as the plan leaves them. The steps after which nothing new goes to any other. */
  readonly settle: (replicas: readonly Replica[]) => readonly StepId[];
}

/** A service as this plan leaves it. */
export interface Settled {
  readonly service: DesiredService;
  readonly replicas: readonly Replica[];
  /** It failed in this run, or waits for one that did. */
  readonly isHalted: boolean;
}

/** One replica as this plan leaves it. */
export interface Replica {
  readonly engine: ObservedEngine;
  readonly slot: number;
  /** What serves; undefined if the slot stays empty. */
  readonly container: ContainerRef | undefined;
  /** The observed container, if it stays as it is. */
  readonly kept: ObservedContainer | undefined;
  /** It runs already and has yet to prove itself. Default: false. */
  readonly isProving?: boolean;
  /** Steps after which it runs; empty if it runs already or is not to run. */
  readonly started: readonly StepId[];
  /** Waits that prove it, by condition. Planned at most once each. */
  readonly proofs: Map<WaitCondition, StepId>;
  /** Steps after which nothing more happens in the slot. */
  readonly ended: readonly StepId[];
}
