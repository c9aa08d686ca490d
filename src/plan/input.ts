import type { Desired } from '../model/desired.ts';
import type { Observed } from '../model/observed.ts';
import type { History, Request } from '../model/request.ts';

/** All that planning reads. There is no clock and no randomness: equal input gives an equal plan. */
export interface PlanInput {
  /** The stack's name on the engines. */
  readonly stack: string;
  /** `undefined`: there is no stack file, and what the engines hold is all we know. */
  readonly desired: Desired | undefined;
  readonly observed: Observed;
  readonly request: Request;
  readonly history: History;
}
