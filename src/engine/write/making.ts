import type { Pairs } from '../../model/container.ts';
import type { ContainerCreation } from '../../model/plan.ts';
import type { Resolve } from '../engine.ts';

/** What decides how a container is asked for: the plan's words, where ids come from, and what the engine's API can take. */
export interface Making {
  readonly creation: ContainerCreation;
  readonly resolve: Resolve;
  readonly apiVersion: string;
  /** Variables for every container that sets none of that name. Default: none. */
  readonly proxies?: Pairs;
}
