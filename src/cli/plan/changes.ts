import type { Address, EngineName } from '../../model/id.ts';
import type { OperationKind, Plan, Step } from '../../model/plan.ts';

/** What happens to one resource, in a word for people. */
export type Action =
  | 'create'
  | 'recreate'
  | 'update'
  | 'roll back'
  | 'remove'
  | 'restart'
  | 'start'
  | 'resume'
  | 'stop'
  | 'connect'
  | 'balance'
  | 'rename'
  | 'pull'
  | 'copy'
  | 'build'
  | 'wait';

/** All steps of a plan that concern one resource, as one change. */
export interface Change {
  readonly engine: EngineName;
  readonly address: Address;
  readonly action: Action;
  /** Each once, in the order of the steps. */
  readonly reasons: readonly string[];
}

/** One change for each resource on each engine, in the order in which the plan first touches them. */
export function changesOf(plan: Plan): readonly Change[] {
  const groups = Map.groupBy(plan.steps, ({ operation }) => `${operation.engine} ${operation.address}`);
  return [...groups.values()].flatMap((steps) => {
    const [first] = steps;
    if (first === undefined) return [];
    const { engine, address } = first.operation;
    return [{ engine, address, action: actionOf(steps), reasons: reasonsOf(steps) }];
  });
}

/** How many changes there are of each action. */
export function countActions(changes: readonly Change[]): ReadonlyMap<Action, number> {
  return new Map([...Map.groupBy(changes, ({ action }) => action)].map(([action, group]) => [action, group.length]));
}

/** From what says most to what says least: of a container that is stopped, renamed and removed, the removal counts. */
const actions: readonly (readonly [OperationKind, Action])[] = [
  ['update-swarm-service', 'update'],
  ['rollback-swarm-service', 'roll back'],
  ['restart-swarm-service', 'restart'],
  ['restart-container', 'restart'],
  ['start-container', 'start'],
  ['run-post-start', 'start'],
  ['unpause-container', 'resume'],
  ['stop-container', 'stop'],
  ['connect-network', 'connect'],
  ['balance', 'balance'],
  ['rename-container', 'rename'],
  ['pull-image', 'pull'],
  ['copy-image', 'copy'],
  ['build-image', 'build'],
];

const creations: readonly OperationKind[] = [
  'create-container',
  'create-network',
  'create-volume',
  'create-swarm-network',
  'create-swarm-file',
  'create-swarm-service',
];
const removals: readonly OperationKind[] = [
  'remove-container',
  'remove-network',
  'remove-volume',
  'remove-image',
  'remove-swarm-file',
  'remove-swarm-service',
];

function actionOf(steps: readonly Step[]): Action {
  const kinds = new Set(steps.map(({ operation }) => operation.kind));
  const isCreated = has(kinds, ...creations);
  const isRemoved = has(kinds, ...removals);
  if (isCreated) return isRemoved ? 'recreate' : 'create';
  if (isRemoved) return 'remove';
  if (has(kinds, 'stop-container') && has(kinds, 'start-container')) return 'restart';
  return actions.find(([kind]) => kinds.has(kind))?.[1] ?? 'wait';
}

function has(kinds: ReadonlySet<OperationKind>, ...wanted: readonly OperationKind[]): boolean {
  return wanted.some((kind) => kinds.has(kind));
}

/** A balancer is told after each change behind it: the last time says where that leads. */
function reasonsOf(steps: readonly Step[]): readonly string[] {
  const told = steps.findLast(({ operation }) => operation.kind === 'balance');
  const telling = steps.filter((step) => step.operation.kind !== 'balance' || step === told);
  return [...new Set(telling.flatMap(({ operation }) => operation.reasons))];
}
