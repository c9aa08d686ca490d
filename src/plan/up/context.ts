import type { Previous } from '../../model/container.ts';
import type { Desired, DesiredService } from '../../model/desired.ts';
import type { ContainerId, EngineName, ImageId } from '../../model/id.ts';
import type { ObservedEngine } from '../../model/observed.ts';
import type { StepId } from '../../model/plan.ts';
import type { UpRequest } from '../../model/request.ts';
import type { PlanBuilder } from '../builder.ts';
import type { Fleet } from '../fleet.ts';
import type { PlanInput } from '../input.ts';
import type { Assignment } from '../placement/words.ts';
import type { Selection } from '../select.ts';

/** What every planner of an `up` reads, and the plan that they write together. */
export interface Up {
  readonly input: PlanInput;
  readonly desired: Desired;
  readonly request: UpRequest;
  readonly builder: PlanBuilder;
  readonly selection: Selection;
  readonly fleet: Fleet;
  /** Where the replicas of each selected service belong. */
  readonly assignments: ReadonlyMap<string, readonly Assignment[]>;
  /** Services that are left as they are, since what they need may be on an engine that does not answer. */
  readonly held: ReadonlySet<string>;
  /** Removals of containers whose slot is served on another engine. */
  readonly returned: ReadonlyMap<ContainerId, StepId>;
  /** Services that are planned as a version that ran before; their content of the image is what it was. */
  readonly pasts: ReadonlyMap<string, PastVersion>;
  /** Services that another one waits for to complete: they end, and are not run again once they have. */
  readonly jobs: ReadonlySet<string>;
}

/** Why a service goes back, and to which content of its image. */
export interface PastVersion {
  readonly imageId: ImageId;
  readonly because: string;
  /** What its containers remember. */
  readonly previous: Previous | undefined;
}

/** A thing that each engine has one of: a network or a volume by its key, an image by its reference. */
export class EngineMap<T> {
  readonly #entries = new Map<string, T>();

  get(engine: EngineName, key: string): T | undefined {
    return this.#entries.get(keyOf(engine, key));
  }

  set(engine: EngineName, key: string, value: T): void {
    this.#entries.set(keyOf(engine, key), value);
  }
}

const keyOf = (engine: EngineName, key: string): string => `${engine}\n${key}`;

/** The engines on which a selected service has a replica, with those services, in the engines' order. */
export function servicesByEngine(up: Up): readonly { engine: ObservedEngine; services: readonly DesiredService[] }[] {
  return up.input.observed.engines.map((engine) => ({
    engine,
    services: up.selection.services.filter(({ name }) =>
      up.assignments.get(name)?.some((assignment) => assignment.engine.name === engine.name),
    ),
  }));
}
