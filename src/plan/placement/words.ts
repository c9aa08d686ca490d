import type { Desired, DesiredService } from '../../model/desired.ts';
import type { EngineName } from '../../model/id.ts';
import type { Observed, ObservedEngine } from '../../model/observed.ts';
import type { Notice, Refusal } from '../../model/plan.ts';
import type { Fleet } from '../fleet.ts';

/** Where one replica belongs. */
export interface Assignment {
  readonly slot: number;
  readonly engine: ObservedEngine;
  /** Why there and not elsewhere; absent where there is no choice, or where the replica stays. */
  readonly because?: string;
}

/** Why one engine was passed over. */
export interface Rejection {
  readonly engine: EngineName;
  readonly because: string;
}

/** Everything that placement weighs. */
export interface Placing {
  readonly stack: string;
  readonly desired: Desired;
  readonly observed: Observed;
  readonly fleet: Fleet;
  /** The services to place, in start order, with the request's scale applied. */
  readonly services: readonly DesiredService[];
  /** Move what may move to where it would be placed today. */
  readonly rebalance: boolean;
  /** Services may be placed without their data, if its engine cannot have them. */
  readonly leaveDataBehind: boolean;
}

/** Where everything belongs, as far as it can be said. */
export interface Placements {
  /** By service; one that is held has none. */
  readonly assignments: ReadonlyMap<string, readonly Assignment[]>;
  /** Services that are left alone as they are, since what they need may be on an engine that does not answer. */
  readonly held: ReadonlySet<string>;
  readonly notices: readonly Notice[];
  readonly refusals: readonly Refusal[];
}
