import { replicaAddress } from '../model/id.ts';
import type { ObservedContainer, ObservedEngine } from '../model/observed.ts';
import type { ContainerRef, Operation, StepId } from '../model/plan.ts';
import type { PlanBuilder } from './builder.ts';
import { isLive } from './fleet.ts';
import { addPostStart, addPreStop, hooksOf } from './hooks.ts';

/** A container that is to go, and why. */
export interface Leaving {
  readonly builder: PlanBuilder;
  readonly engine: ObservedEngine;
  readonly container: ObservedContainer;
  readonly reasons: readonly string[];
  readonly request: { readonly stopTimeoutMs: number | undefined };
}

/**
 * The steps that stop a container, none if it does not run; the last one stops it. A paused one is unpaused: it could
 * not hear the signal. Its `pre_stop` hooks run first, unless it never proved itself.
 */
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
  const hooks = builder.input.history.failed.has(container.id) ? [] : hooksOf(builder.input, container, 'preStop');
  const prepared = addPreStop({ builder, base, container: { from: 'observed', id: container.id }, hooks }, awake);
  const graceMs = request.stopTimeoutMs ?? container.spec?.stopGracePeriodMs;
  const last = prepared.length > 0 ? prepared : awake;
  return [builder.add({ kind: 'stop-container', ...base, container: container.id, graceMs }, last)];
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

/** A container that is restarted in one call. */
interface Restarting {
  readonly builder: PlanBuilder;
  readonly base: Pick<Operation, 'engine' | 'address' | 'reasons'>;
  readonly container: ObservedContainer;
  readonly request: Leaving['request'];
}

/** The steps that restart a running container, with its hooks before and after; the last one. */
export function addRestart(
  { builder, base, container, request }: Restarting,
  after: readonly StepId[],
): readonly StepId[] {
  const ref: ContainerRef = { from: 'observed', id: container.id };
  const preStop = isLive(container) ? hooksOf(builder.input, container, 'preStop') : [];
  const prepared = addPreStop({ builder, base, container: ref, hooks: preStop }, after);
  const graceMs = request.stopTimeoutMs ?? container.spec?.stopGracePeriodMs;
  const restarted = builder.add(
    { kind: 'restart-container', ...base, container: container.id, graceMs },
    prepared.length > 0 ? prepared : after,
  );
  const hooks = hooksOf(builder.input, container, 'postStart');
  const done = addPostStart({ builder, base, container: ref, hooks, done: 0 }, [restarted]);
  return done.length > 0 ? done : [restarted];
}
