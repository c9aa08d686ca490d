import type { Desired } from '../../model/desired.ts';
import type { Observed } from '../../model/observed.ts';
import { compareText, type Located } from '../fleet.ts';
import { closure, type Needs, orderByNeed } from '../graph.ts';

/** A service as its containers tell of it, one-off ones included, whether or not a stack file has it. */
export interface Standing {
  readonly name: string;
  readonly needs: readonly string[];
  /** By slot, then by name. */
  readonly containers: readonly Located[];
}

/** Services that have containers, in start order. The stack file's dependencies count before what labels recorded. */
export function gatherStanding(observed: Observed, desired: Desired | undefined): readonly Standing[] {
  const containers = observed.engines.flatMap((engine) =>
    engine.containers.map((container) => ({ engine, container })),
  );
  const present = containers.filter(({ container }) => container.state !== 'removing');
  const names = [...new Set(present.map(({ container }) => container.service))].toSorted();
  const standing = new Map(names.map((name) => [name, standingOf(name, present, desired)]));
  const needs: Needs = new Map([...standing.values()].map((it) => [it.name, it.needs]));
  return orderByNeed(needs).names.flatMap((name) => standing.get(name) ?? []);
}

/** The services that are meant: those named, with what they need if that is asked for; all if none is named. */
export function chooseStanding(
  standing: readonly Standing[],
  { services, withDependencies }: { readonly services: readonly string[]; readonly withDependencies: boolean },
): readonly Standing[] {
  if (services.length === 0) return standing;
  const needs: Needs = new Map(standing.map((it) => [it.name, it.needs]));
  const chosen = withDependencies ? closure(needs, services) : new Set(services);
  return standing.filter(({ name }) => chosen.has(name));
}

function standingOf(name: string, all: readonly Located[], desired: Desired | undefined): Standing {
  const containers = all
    .filter(({ container }) => container.service === name)
    .toSorted((a, b) => a.container.slot - b.container.slot || compareText(a.container.name, b.container.name));
  const declared = desired?.services.find((service) => service.name === name)?.dependsOn.map(({ service }) => service);
  return {
    name,
    containers,
    needs: declared ?? [...new Set(containers.flatMap(({ container }) => container.dependsOn))].toSorted(),
  };
}
