import { type Balancer, balancedBy } from '../../model/balancing.ts';
import { serviceAddress } from '../../model/id.ts';
import type { StepId } from '../../model/plan.ts';
import { findClashes } from '../balance/desired.ts';
import { balancerName } from '../balance/service.ts';
import { addRemoval } from '../steps.ts';
import type { Up } from './context.ts';
import { PlannedFront } from './front.ts';
import { restoreReplica } from './replica/restore.ts';
import { planService, removeSurplus, sitesOf } from './service.ts';
import type { ServiceSite, Settled } from './site.ts';

/** What all services of an `up` share. */
type Common = Pick<ServiceSite, 'up' | 'images' | 'networks' | 'volumes' | 'orphans'>;

/** Plans every service in start order, each together with the balancers in front of it. */
export function planServices(common: Common): ReadonlyMap<string, Settled> {
  const { up } = common;
  const { services } = up.selection;
  refuseClashes(up);
  const settled = new Map<string, Settled>();
  const leaving = removeUnwanted(up);
  for (const service of services) {
    if (service.balancer !== undefined) continue;
    const past = up.pasts.get(service.name);
    const inTheWay = leaving.get(service.name) ?? [];
    const site: ServiceSite = { ...common, settled, service, inTheWay, ...(past && { past }) };
    const balancing = services.find(({ balancer }) => balancer?.service === service.name);
    if (balancing?.balancer === undefined) {
      settled.set(service.name, planService(site));
      continue;
    }
    const standing = { ...common, settled, service: balancing };
    const front = openFront(site, standing, balancing.balancer);
    settled.set(service.name, planService({ ...site, front }));
    settled.set(balancing.name, planBalancers(standing, front));
  }
  return settled;
}

/** A service that is left alone keeps its balancers too. */
function openFront({ up, service }: ServiceSite, standing: ServiceSite, balancer: Balancer): PlannedFront {
  return new PlannedFront(service, balancer, up.held.has(service.name) ? [] : sitesOf(standing));
}

function planBalancers(standing: ServiceSite, front: PlannedFront): Settled {
  const { up, service } = standing;
  const replicas = front.isHalted ? sitesOf(standing).map(restoreReplica) : front.replicas();
  if (!up.held.has(service.balancer?.service ?? '')) removeSurplus(standing, []);
  return { service, replicas, isHalted: front.isHalted };
}

/** Balancers of services that have no replicas, or publish their ports themselves, go before these start. Their removals, by service. */
function removeUnwanted({ builder, request, fleet, selection }: Up): ReadonlyMap<string, readonly StepId[]> {
  const removals = new Map<string, readonly StepId[]>();
  for (const { engine, container } of [...fleet.values()].flat()) {
    const served = balancedBy(container);
    const service = selection.services.find(({ name }) => name === served);
    if (service === undefined || service.balancedPorts !== undefined) continue;
    const why = service.replicas === 0 ? 'has no replicas' : 'publishes no port for it';
    const reasons = [`${service.name} ${why}`];
    const removed = addRemoval({ builder, request, engine, container, reasons }, []);
    removals.set(service.name, [...(removals.get(service.name) ?? []), removed]);
  }
  return removals;
}

function refuseClashes({ builder, desired }: Up): void {
  for (const { name } of findClashes(desired)) {
    builder.refuse({
      kind: 'impossible',
      code: 'balancer-name-taken',
      address: serviceAddress(balancerName(name)),
      message: `service ${balancerName(name)} has the name that the load balancer of service ${name} takes`,
      hint: 'give it another name',
    });
  }
}
