import type { Desired, DesiredService } from '../model/desired.ts';
import { serviceAddress } from '../model/id.ts';
import type { PlanBuilder } from './builder.ts';
import { closure, type Needs, orderByNeed } from './graph.ts';

/** The services that one request is about. */
export interface Selection {
  /** In start order, with the request's scale applied. */
  readonly services: readonly DesiredService[];
  /** Those that the person named, or all if none was. */
  readonly named: ReadonlySet<string>;
}

/** The words of a request that choose services. */
export interface Choice {
  readonly services: readonly string[];
  readonly withDependencies: boolean;
  readonly scale: ReadonlyMap<string, number>;
}

/** Chooses services and orders them; refuses names that the stack file does not have, and loops. */
export function selectServices(desired: Desired, choice: Choice, builder: PlanBuilder): Selection {
  const byName = new Map(desired.services.map((service) => [service.name, service]));
  refuseUnknown(desired, [...choice.services, ...choice.scale.keys()], builder);
  const needs = needsOf(desired.services);
  const { names, cycles } = orderByNeed(needs);
  for (const cycle of cycles) {
    builder.refuse({
      kind: 'impossible',
      code: 'dependency-cycle',
      address: undefined,
      message: `services depend on each other in a circle: ${cycle.join(' → ')}`,
      hint: 'remove one of these depends_on entries',
    });
  }
  const named = new Set(choice.services.length > 0 ? choice.services : byName.keys());
  const wanted = choice.withDependencies ? closure(needs, [...named]) : named;
  const isWanted = ({ name, balancer }: DesiredService): boolean => wanted.has(balancer?.service ?? name);
  const services = names.flatMap((name) => byName.get(name) ?? []).filter(isWanted);
  return { services: services.map((service) => scaled(service, choice.scale)), named };
}

/** Services that another one waits for to complete: they end, and are not run again once they have. */
export const jobsOf = ({ services }: Desired): ReadonlySet<string> =>
  new Set(
    services.flatMap(({ dependsOn }) => dependsOn.flatMap((it) => (it.condition === 'completed' ? it.service : []))),
  );

/** What each service needs, by name. */
const needsOf = (services: readonly DesiredService[]): Needs =>
  new Map(services.map(({ name, dependsOn }) => [name, dependsOn.map(({ service }) => service)]));

function scaled(service: DesiredService, scale: ReadonlyMap<string, number>): DesiredService {
  if (service.balancer !== undefined) return service;
  return { ...service, replicas: scale.get(service.name) ?? service.replicas };
}

function refuseUnknown(desired: Desired, names: readonly string[], builder: PlanBuilder): void {
  const known = desired.services.flatMap(({ name, balancer }) => (balancer === undefined ? [name] : []));
  for (const name of new Set(names)) {
    if (known.includes(name)) continue;
    builder.refuse({
      kind: 'impossible',
      code: 'unknown-service',
      address: serviceAddress(name),
      message: desired.disabledServices.includes(name)
        ? `service ${name} is switched off by its profiles`
        : `there is no service ${name}`,
      hint: known.length > 0 ? `services are ${known.join(', ')}` : undefined,
    });
  }
}
