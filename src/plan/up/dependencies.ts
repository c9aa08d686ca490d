import type { Dependency } from '../../model/desired.ts';
import { serviceAddress } from '../../model/id.ts';
import type { StepId } from '../../model/plan.ts';
import { isLive } from '../fleet.ts';
import { addWait } from './replica/gate.ts';
import type { Replica, ServiceSite, Settled } from './site.ts';

/**
 * The steps after which a service's dependencies are as it asks, waits included; `undefined` if one of them
 * failed in this run and is required. What holds already costs no step.
 */
export function awaitDependencies(site: ServiceSite): readonly StepId[] | undefined {
  const steps: StepId[] = [];
  for (const dependency of site.service.dependsOn) {
    const settled = site.settled.get(dependency.service);
    if (settled === undefined) continue;
    if (!settled.isHalted)
      steps.push(...settled.replicas.flatMap((replica) => awaitReplica(site, { dependency, settled, replica })));
    else if (dependency.required) return undefined;
  }
  return steps;
}

/** Whether a service cannot go on because of one that it needs. */
export const dependsOnHalted = ({ service, settled }: ServiceSite): boolean =>
  service.dependsOn.some((it) => it.required && settled.get(it.service)?.isHalted);

/** Whether a dependency that asks for it was started, restarted or replaced in this run. */
export function mustFollow({ up, service, settled }: ServiceSite): readonly string[] {
  return service.dependsOn.flatMap(({ service: name, restart }) => {
    const isNew = ({ container, kept }: Replica): boolean =>
      container !== undefined && (kept === undefined || up.input.history.freshContainers.has(kept.id));
    return restart && settled.get(name)?.replicas.some(isNew)
      ? [`${name} was restarted (depends_on.${name}.restart)`]
      : [];
  });
}

interface Needed {
  readonly dependency: Dependency;
  readonly settled: Settled;
  readonly replica: Replica;
}

function awaitReplica(site: ServiceSite, { dependency: { condition }, settled, replica }: Needed): readonly StepId[] {
  if (condition === 'started') return replica.started;
  if (holds(replica, condition)) return [];
  const isOptional = isOptionalFor(site.up, settled.service.name);
  const failed = isOptional ? failureOf(site.up, replica) : undefined;
  if (failed !== undefined) return skipOptional(site, settled.service.name, failed);
  return addWait(site.up.builder, replica, {
    service: settled.service.name,
    spec: settled.service.container,
    until: condition,
    isOptional,
    reason: `${site.service.name} waits for ${settled.service.name}: ${condition === 'healthy' ? 'service_healthy' : 'service_completed_successfully'}`,
  });
}

/** Whether every service of this request that waits for it can do without. */
const isOptionalFor = ({ request, selection }: ServiceSite['up'], name: string): boolean =>
  !request.wait &&
  !selection.services.some(({ dependsOn }) =>
    dependsOn.some(({ service, condition, required }) => service === name && condition !== 'started' && required),
  );

const failureOf = ({ input }: ServiceSite['up'], { container }: Replica): string | undefined =>
  container?.from === 'observed' ? input.history.failed.get(container.id) : undefined;

function skipOptional({ up, service }: ServiceSite, name: string, failure: string): readonly StepId[] {
  up.builder.notice({
    code: 'optional-dependency-skipped',
    address: serviceAddress(service.name),
    message: `${service.name} goes on without ${name}, which it does not require: ${failure}`,
    hint: `see its output with \`stack logs ${name}\``,
  });
  return [];
}

function holds({ kept }: Replica, condition: 'healthy' | 'completed'): boolean {
  if (kept === undefined) return false;
  if (condition === 'completed') return kept.state === 'exited' && kept.exitCode === 0;
  return isLive(kept) && (kept.health === 'healthy' || kept.health === 'none');
}
