import { replicaAddress } from '../model/id.ts';
import type { ObservedContainer, ObservedEngine } from '../model/observed.ts';
import type { ContainerRef, Operation, StepId } from '../model/plan.ts';
import type { PlanBuilder } from './builder.ts';
import { isLive } from './fleet.ts';
import { addPostStart, addPreStop, countDone, hooksOf } from './hooks.ts';
import { candidateName, provenName } from './names.ts';

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

/** A container that is started or restarted as it is. */
interface Restarting {
  readonly builder: PlanBuilder;
  readonly base: Pick<Operation, 'engine' | 'address' | 'reasons'>;
  readonly container: ObservedContainer;
  readonly request: Leaving['request'];
  /** Another container has its name: it keeps the one that it has. Default: false. */
  readonly isNameTaken?: boolean;
}

type Starting = Omit<Restarting, 'request'>;

/** The steps that restart a running container, with its hooks before and after; the last one. */
export function addRestart({ request, ...starting }: Restarting, after: readonly StepId[]): readonly StepId[] {
  const { builder, base, container } = starting;
  const ref: ContainerRef = { from: 'observed', id: container.id };
  const preStop = isLive(container) ? hooksOf(builder.input, container, 'preStop') : [];
  const graceMs = request.stopTimeoutMs ?? container.spec?.stopGracePeriodMs;
  const prepared = addPreStop({ builder, base, container: ref, hooks: preStop }, after);
  return addUnnamed(starting, prepared.length > 0 ? prepared : after, (unnamed) =>
    builder.add({ kind: 'restart-container', ...base, container: container.id, graceMs }, unnamed),
  );
}

/** The steps that start a container as it is, with its hooks; the last one. */
export function addStart(starting: Starting, after: readonly StepId[]): readonly StepId[] {
  const { builder, base, container } = starting;
  return addUnnamed(starting, after, (unnamed) =>
    builder.add({ kind: 'start-container', ...base, container: { from: 'observed', id: container.id } }, unnamed),
  );
}

/**
 * Starts a container by `begin` and runs its `post_start` hooks. From before the start until they have run it goes
 * by another name, which tells a later run that they have not.
 */
function addUnnamed(
  { builder, base, container, isNameTaken = false }: Starting,
  after: readonly StepId[],
  begin: (after: readonly StepId[]) => StepId,
): readonly StepId[] {
  const hooks = hooksOf(builder.input, container, 'postStart');
  if (hooks.length === 0) return [begin(after)];
  const ref: ContainerRef = { from: 'observed', id: container.id };
  const proven = provenName(container.name);
  const rename = (name: string, last: readonly StepId[]): readonly StepId[] => [
    builder.add({ kind: 'rename-container', ...base, container: ref, name }, last),
  ];
  const aside = proven === container.name && !isNameTaken ? rename(candidateName(proven, container.id), after) : after;
  const hooked = addPostStart({ builder, base, container: ref, hooks, done: 0 }, [begin(aside)]);
  return isNameTaken ? hooked : rename(proven, hooked);
}

/** The steps that run what is left of a running container's `post_start` hooks and give it its name; the last one. */
export function addHooksLeft(
  { builder, base, container, isNameTaken = false }: Starting,
  after: readonly StepId[],
): readonly StepId[] {
  const hooks = hooksOf(builder.input, container, 'postStart');
  const proven = provenName(container.name);
  const isNamed = proven === container.name || isNameTaken;
  const ref: ContainerRef = { from: 'observed', id: container.id };
  const done = countDone(builder.input, { id: container.id, isNamed, hooks });
  const hooked = addPostStart({ builder, base, container: ref, hooks, done }, after);
  if (isNamed || hooks.length === 0) return hooked;
  const last = hooked.length > 0 ? hooked : after;
  return [builder.add({ kind: 'rename-container', ...base, container: ref, name: proven }, last)];
}
