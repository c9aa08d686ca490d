import { replicaAddress } from '../model/id.ts';
import type { ObservedContainer, ObservedEngine } from '../model/observed.ts';
import type { StepId } from '../model/plan.ts';
import type { PlanBuilder } from './builder.ts';
import { isLive } from './fleet.ts';

/** A container that is to go, and why. */
export interface Leaving {
  readonly builder: PlanBuilder;
  readonly engine: ObservedEngine;
  readonly container: ObservedContainer;
  readonly reasons: readonly string[];
  readonly request: { readonly stopTimeoutMs: number | undefined };
}

/** The steps that stop a container, none if it does not run. A paused one is unpaused: it could not hear the signal. */
export function addStop(
  { builder, engine, container, reasons, request }: Leaving,
  after: readonly StepId[],
): readonly StepId[] {
  if (!isLive(container)) return [];
  const base = { engine: engine.name, address: replicaAddress(container.service, container.slot), reasons };
  const awake =
    container.state === 'paused'
      ? [builder.add({ kind: 'unpause-container', ...base, container: container.id }, after)]
      : after;
  const graceMs = request.stopTimeoutMs ?? container.spec?.stopGracePeriodMs;
  return [builder.add({ kind: 'stop-container', ...base, container: container.id, graceMs }, awake)];
}

/** The step that removes a container, stopped first. Its anonymous volumes stay. */
export function addRemoval(leaving: Leaving, after: readonly StepId[]): StepId {
  const stopped = addStop(leaving, after);
  return addRemovalOfStopped(leaving, stopped.length > 0 ? stopped : after, false);
}

/** The step that removes a container which has stopped by then. */
export function addRemovalOfStopped(
  { builder, engine, container, reasons }: Leaving,
  after: readonly StepId[],
  removeAnonymousVolumes: boolean,
): StepId {
  const base = { engine: engine.name, address: replicaAddress(container.service, container.slot), reasons };
  return builder.add({ kind: 'remove-container', ...base, container: container.id, removeAnonymousVolumes }, after);
}
