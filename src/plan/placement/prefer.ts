import type { DesiredService } from '../../model/desired.ts';
import type { ObservedEngine } from '../../model/observed.ts';
import { compareText } from '../fleet.ts';
import { valueOf } from './constraints.ts';
import type { Field } from './filters.ts';

/** Why one engine comes before another, from what counts most to what counts least. */
interface Measure {
  /** For the reader of a plan. */
  readonly words: string;
  readonly of: (engine: ObservedEngine) => number;
}

/** The engine that a new replica goes to, of those that may have it, and why. */
export function choose(
  service: DesiredService,
  engines: readonly ObservedEngine[],
  field: Field,
): { readonly engine: ObservedEngine; readonly why: string } | undefined {
  const measures = measuresOf(service, engines, field);
  const sorted = engines.toSorted((a, b) => compareBy(measures, a, b) || compareText(a.name, b.name));
  const [engine, second] = sorted;
  if (engine === undefined) return undefined;
  if (second === undefined) return { engine, why: 'the only one that can have it' };
  const deciding = measures.find(({ of }) => of(engine) !== of(second));
  return { engine, why: deciding?.words ?? 'first by name' };
}

/** Labels to spread over that some engines lack, of those that may have the service. */
export const missingLabels = (
  { placement }: DesiredService,
  engines: readonly ObservedEngine[],
): readonly { readonly key: string; readonly engines: readonly ObservedEngine[] }[] =>
  placement.preferences.flatMap((key) => {
    const without = engines.filter((engine) => valueOf(key, engine) === undefined);
    return without.length > 0 && without.length < engines.length ? [{ key, engines: without }] : [];
  });

const compareBy = (measures: readonly Measure[], a: ObservedEngine, b: ObservedEngine): number => {
  for (const { of } of measures) {
    const difference = of(a) - of(b);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** Spread over each label in turn, engines without it last; then fewest of the service; then fewest of all. */
export function measuresOf(
  service: DesiredService,
  engines: readonly ObservedEngine[],
  { ledger }: Pick<Field, 'ledger'>,
): readonly Measure[] {
  const labels = service.placement.preferences.flatMap((key, index): readonly Measure[] => {
    const path = service.placement.preferences.slice(0, index + 1);
    const branchOf = (engine: ObservedEngine): string => JSON.stringify(path.map((it) => valueOf(it, engine) ?? ''));
    const sums = new Map<string, number>();
    for (const engine of engines)
      sums.set(branchOf(engine), (sums.get(branchOf(engine)) ?? 0) + ledger.count(service, engine));
    return [
      { words: `has ${key}`, of: (engine) => Number(valueOf(key, engine) === undefined) },
      { words: `fewest replicas by ${key}`, of: (engine) => sums.get(branchOf(engine)) ?? 0 },
    ];
  });
  return [
    ...labels,
    { words: 'fewest replicas', of: (engine) => ledger.count(service, engine) },
    { words: 'fewest containers', of: (engine) => ledger.load(engine) },
  ];
}
