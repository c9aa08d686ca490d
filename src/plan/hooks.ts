import type { Hook } from '../model/container.ts';
import type { ContainerId } from '../model/id.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { ContainerRef, Operation, StepId } from '../model/plan.ts';
import type { PlanBuilder } from './builder.ts';
import type { PlanInput } from './input.ts';

type Base = Pick<Operation, 'engine' | 'address' | 'reasons'>;

/** A container about to run its hooks. */
export interface HookSite {
  readonly builder: PlanBuilder;
  readonly base: Base;
  readonly container: ContainerRef;
  readonly hooks: readonly Hook[];
  /** How many of them have run already. */
  readonly done: number;
}

/** Runs what is left of a container's `post_start` hooks, in order. The last step, or none if nothing is left. */
export const addPostStart = (site: HookSite, after: readonly StepId[]): readonly StepId[] =>
  addHooks('run-post-start', site, after);

/** Runs a container's `pre_stop` hooks, in order. The last step, or none. */
export const addPreStop = (site: Omit<HookSite, 'done'>, after: readonly StepId[]): readonly StepId[] =>
  addHooks('run-pre-stop', { ...site, done: 0 }, after);

function addHooks(
  kind: 'run-post-start' | 'run-pre-stop',
  { builder, base, container, hooks, done }: HookSite,
  after: readonly StepId[],
): readonly StepId[] {
  let last: readonly StepId[] = [];
  for (const [index, hook] of hooks.entries()) {
    if (index < done) continue;
    last = [builder.add({ kind, ...base, container, hook, index }, last.length > 0 ? last : after)];
  }
  return last;
}

type Hooks = 'postStart' | 'preStop';

/** The hooks that came with a container; those of the stack file where nothing is recorded, as after Compose. */
export function hooksOf(
  { desired }: Pick<PlanInput, 'desired'>,
  { spec, service, isOneOff }: ObservedContainer,
  which: Hooks,
): readonly Hook[] {
  if (isOneOff) return [];
  const declared = desired?.services.find(({ name }) => name === service)?.container;
  return (spec ?? declared)?.[which] ?? [];
}

/**
 * How many `post_start` hooks of a running container need not run any more.
 *
 * This run knows what it did since the last start. Of other runs the name tells: it is the canonical one only once
 * all hooks have run.
 */
export function countDone(
  { history }: Pick<PlanInput, 'history'>,
  { id, isNamed, hooks }: { readonly id: ContainerId; readonly isNamed: boolean; readonly hooks: readonly Hook[] },
): number {
  return history.hooksDone.get(id) ?? (isNamed ? hooks.length : 0);
}
