import type { Placement } from '../../model/desired.ts';
import type { ObservedEngine } from '../../model/observed.ts';
import { platformWord } from '../../model/platform.ts';

type Constraint = Placement['constraints'][number];

/** The first constraint that an engine does not meet, in words. Values are compared without regard to case, as Swarm does. */
export function unmetConstraint({ constraints }: Placement, engine: ObservedEngine): string | undefined {
  const failed = constraints.find((constraint) => !isMet(constraint, engine));
  return failed && `constraint ${failed.key}${failed.operator}${failed.value} is not met`;
}

/** The value of a constraint's or preference's key on an engine; `undefined` where it has none. */
export function valueOf(key: string, { name, info, member }: ObservedEngine): string | undefined {
  const [, scope, label] = /^(node|engine)\.labels\.(.+)$/.exec(key) ?? [];
  if (label !== undefined) return labelOf(scope === 'node' ? member?.labels : info.labels, label);
  return ownValues.get(key)?.({ name, info });
}

/** An engine in no swarm is its own manager. */
const ownValues: ReadonlyMap<string, (engine: Pick<ObservedEngine, 'name' | 'info'>) => string> = new Map([
  ['node.id', ({ name, info }) => info.swarm?.nodeId ?? info.engineId ?? name],
  ['node.ip', ({ info }) => info.swarm?.nodeAddress ?? ''],
  ['node.hostname', ({ info }) => info.hostname],
  ['node.role', ({ info }) => (info.swarm?.isManager === false ? 'worker' : 'manager')],
  ['node.platform.os', ({ info }) => info.os],
  ['node.platform.arch', ({ info }) => platformWord(info.arch)],
]);

function isMet({ key, operator, value }: Constraint, engine: ObservedEngine): boolean {
  const actual = namesOf(key, engine).map((it) => it.toLowerCase());
  const wanted = key === 'node.platform.arch' ? platformWord(value) : value.toLowerCase();
  return actual.includes(wanted) === (operator === '==');
}

/** An engine answers to the name that its person gave it as well as to its machine's. */
function namesOf(key: string, engine: ObservedEngine): readonly string[] {
  const value = valueOf(key, engine);
  const names = value === undefined ? [] : [value];
  return key === 'node.hostname' || key === 'node.id' ? [...names, engine.name] : names;
}

const labelOf = (labels: readonly (readonly [string, string])[] | undefined, name: string): string | undefined =>
  labels?.find(([label]) => label === name)?.[1];
