import type { ContainerCreation, ContainerRef } from '../../../model/plan.ts';
import { canonicalName, provenName } from '../../names.ts';
import type { ReplicaSite } from '../site.ts';
import { observedRef } from './gate.ts';

/** What a service's `links` mean on its engine. */
interface Linked {
  /** By service, the names that its containers have once they are proven. */
  readonly names: NonNullable<ContainerCreation['linked']>;
  /** All of them have to be there first. */
  readonly containers: readonly ContainerRef[];
}

/** Every replica of the linked services on the same engine, as this plan leaves it or as it is. */
export function linkedContainers(site: ReplicaSite): Linked {
  const services = new Set(site.service.container.links.flatMap((link) => link.split(':')[0] ?? []));
  const found = [...services].map((name) => [name, containersOf(site, name)] as const);
  return {
    names: found.map(([service, containers]) => [service, containers.map(({ name }) => name)]),
    containers: found.flatMap(([, containers]) => containers.map(({ container }) => container)),
  };
}

interface Named {
  readonly name: string;
  readonly container: ContainerRef;
}

function containersOf({ up, engine, settled }: ReplicaSite, service: string): readonly Named[] {
  const other = settled.get(service);
  if (other !== undefined) {
    const here = other.replicas.filter((replica) => replica.engine.name === engine.name);
    return here.flatMap(({ slot, container }) =>
      container === undefined ? [] : [{ name: canonicalName(up.input.stack, other.service, slot), container }],
    );
  }
  const observed = (up.fleet.get(service) ?? []).filter((located) => located.engine.name === engine.name);
  return observed
    .toSorted((a, b) => a.container.slot - b.container.slot)
    .map(({ container: { id, name } }) => ({ name: provenName(name), container: observedRef(id) }));
}
