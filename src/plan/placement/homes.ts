import type { DesiredService } from '../../model/desired.ts';
import type { ObservedContainer, ObservedEngine } from '../../model/observed.ts';
import { compareText, isLive, type Located, rank } from '../fleet.ts';
import { canonicalName } from '../names.ts';
import type { Placing } from './words.ts';

/** The containers of one slot on all engines, the one that serves best first. */
export function containersOf({ stack, fleet }: Placing, service: DesiredService, slot: number): readonly Located[] {
  const name = canonicalName(stack, service, slot);
  return (fleet.get(service.name) ?? [])
    .filter(({ container }) => container.slot === slot)
    .toSorted((a, b) => bestFirst(name)(a.container, b.container) || compareText(a.engine.name, b.engine.name));
}

/** Runs, and is not known to be ill. */
export const isServing = ({ state, health }: ObservedContainer): boolean =>
  state === 'running' && (health === 'none' || health === 'healthy');

/** What serves, then what runs, then what has proven itself, then the youngest: it took the place of the others. */
const bestFirst =
  (name: string) =>
  (a: ObservedContainer, b: ObservedContainer): number =>
    rank(isServing(a), isServing(b)) ||
    rank(isLive(a), isLive(b)) ||
    rank(a.name === name, b.name === name) ||
    compareText(b.createdAt, a.createdAt);

/** The engines on which services have containers, the one that serves best first. */
export function homesOf({ fleet }: Placing, services: readonly DesiredService[]): readonly ObservedEngine[] {
  const located = services.flatMap(({ name }) => fleet.get(name) ?? []);
  const engines = [...new Map(located.map(({ engine }) => [engine.name, engine])).values()];
  const score = (engine: ObservedEngine): readonly [number, number, string] => {
    const here = located.filter((it) => it.engine.name === engine.name).map(({ container }) => container);
    const youngest = here
      .map(({ createdAt }) => createdAt)
      .toSorted(compareText)
      .at(-1);
    return [here.filter(isServing).length, here.filter(isLive).length, youngest ?? ''];
  };
  return engines.toSorted((a, b) => {
    const [one, other] = [score(a), score(b)];
    return other[0] - one[0] || other[1] - one[1] || compareText(other[2], one[2]) || compareText(a.name, b.name);
  });
}
