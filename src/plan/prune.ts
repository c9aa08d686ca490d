import type { EngineName } from '../model/id.ts';
import type { Operation, Plan, Step, StepId } from '../model/plan.ts';
import type { GivenUp, History } from '../model/request.ts';

/**
 * Leaves out steps that were given up in this run, and whatever waits for them.
 *
 * Of replicas only what stops one whose `pre_stop` hook failed: else their planner puts back what was there, with
 * steps of the same kinds.
 */
export function prune(plan: Plan, { givenUp, heldBack }: Pick<History, 'givenUp' | 'heldBack'>): Plan {
  const bad = new Set(givenUp.filter(({ address }) => !address.startsWith('service/')).map(keyOf));
  const isHeldBack = (it: Operation): boolean =>
    it.kind === 'run-pre-stop' && it.container.from === 'observed' && heldBack.has(it.container.id);
  return bad.size + heldBack.size === 0
    ? plan
    : without(plan, ({ operation }) => bad.has(keyOf(operation)) || isHeldBack(operation));
}

/** Leaves out the steps of engines that do not answer, and whatever waits for them. */
export const withoutEngines = (plan: Plan, engines: ReadonlySet<EngineName>): Plan =>
  engines.size === 0 ? plan : without(plan, ({ operation }) => engines.has(operation.engine));

function without(plan: Plan, isBad: (step: Step) => boolean): Plan {
  const ids = new Map<StepId, StepId>();
  const steps: Step[] = [];
  for (const step of plan.steps) {
    if (isBad(step) || step.after.some((id) => !ids.has(id))) continue;
    ids.set(step.id, steps.length);
    steps.push(renumber(step, ids));
  }
  return { ...plan, steps };
}

const keyOf = ({ engine, kind, address }: Pick<GivenUp, 'engine' | 'kind' | 'address'>): string =>
  `${engine} ${kind} ${address}`;

function renumber(step: Step, ids: ReadonlyMap<StepId, StepId>): Step {
  const to = (id: StepId): StepId => ids.get(id) ?? id;
  return { id: to(step.id), after: step.after.map(to), operation: redirect(step.operation, to) };
}

/** References to earlier steps move along with them. */
function redirect<T>(value: T, to: (id: StepId) => StepId): T {
  if (Array.isArray(value)) return value.map((item: unknown) => redirect(item, to)) as T;
  if (!isPlainObject(value)) return value;
  if (value['from'] === 'step' && typeof value['step'] === 'number') return { ...value, step: to(value['step']) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redirect(inner, to)])) as T;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
