import type { PublishedPort } from '../../model/container.ts';
import type { UpdatePolicy } from '../../model/desired.ts';
import { replicaAddress, serviceAddress } from '../../model/id.ts';
import type { StepId } from '../../model/plan.ts';
import { formatDuration } from '../../model/units.ts';
import { byPreference, isLive } from '../fleet.ts';
import { canonicalName } from '../names.ts';
import { once } from '../once.ts';
import type { Assignment } from '../placement/words.ts';
import { addRemoval, addRestart } from '../steps.ts';
import { awaitDependencies, dependsOnHalted, mustFollow } from './dependencies.ts';
import { findNameHolder } from './replica/holders.ts';
import { moveReplica } from './replica/move.ts';
import { planReplica } from './replica/replica.ts';
import { restoreReplica } from './replica/restore.ts';
import { isFresh } from './replica/verdict.ts';
import { findRetreat, isTolerated, type Retreat, retreatReplica } from './retreat.ts';
import type { Replica, ReplicaSite, ServiceSite, Settled } from './site.ts';

/** Plans every slot of a service, and the removal of replicas that are one too many or in the wrong place. */
export function planService(site: ServiceSite): Settled {
  const { up, service } = site;
  if (up.held.has(service.name)) return { service, replicas: [], isHalted: true };
  const assignments = up.assignments.get(service.name) ?? [];
  const dependencies = once(() => mayStart(site));
  const slots = assignments.map((assignment) => slotOf(site, assignment));
  const isBlocked = isHeldUp(site);
  const isHalted = isBlocked || slots.some(({ isGivenUp: isFailed }) => isFailed);
  const mayGoOn = !isBlocked && isTolerated(service, slots);
  const retreat = isBlocked ? undefined : findRetreat(site, slots);
  const policy = retreat === undefined ? service.update : service.rollback;
  const replicas: Replica[] = [];
  const ends: Replica[] = [];
  for (const slot of slots) {
    const earlier = ends.length;
    const turn = once(() => turnOf(site, policy, ends.slice(0, earlier)));
    const replicaSite = siteOf(site, slot, { mayStart: dependencies, turn });
    const replica = planSlot(replicaSite, { mayGoOn, retreat });
    if (replica.ended.length > 0) ends.push(replica);
    replicas.push(follow(replicaSite, replica));
  }
  settle(site, replicas);
  return { service, replicas, isHalted };
}

/** The sites of a service's slots where nothing has to be waited for. */
export const sitesOf = (site: ServiceSite): readonly ReplicaSite[] =>
  (site.up.assignments.get(site.service.name) ?? []).map((assignment) =>
    siteOf(site, slotOf(site, assignment), { mayStart: () => [], turn: () => [] }),
  );

/** What is one too many goes once nothing is sent to it: never, where a balancer cannot be told. */
function settle(site: ServiceSite, replicas: readonly Replica[]): void {
  const { front, inTheWay = [] } = site;
  if (front === undefined) removeSurplus(site, inTheWay);
  else if (!front.isHalted) removeSurplus(site, front.settle(replicas));
}

const isHeldUp = (site: ServiceSite): boolean => dependsOnHalted(site) || site.front?.isHalted === true;

function mayStart(site: ServiceSite): readonly StepId[] | undefined {
  const dependencies = awaitDependencies(site);
  return dependencies && [...dependencies, ...(site.inTheWay ?? [])];
}

interface Course {
  readonly mayGoOn: boolean;
  readonly retreat: Retreat | undefined;
}

function planSlot(site: ReplicaSite, { mayGoOn, retreat }: Course): Replica {
  if (retreat !== undefined) return retreatReplica(site, retreat);
  const elsewhere = (site.up.fleet.get(site.service.name) ?? []).filter(
    ({ engine, container }) =>
      container.slot === site.slot && engine.name !== site.engine.name && !site.up.returned.has(container.id),
  );
  if (elsewhere.length > 0 && (mayGoOn || site.isGivenUp)) return moveReplica(site, elsewhere);
  return mayGoOn && !site.isGivenUp ? planReplica(site) : restoreReplica(site);
}

/** Updates go one after the other unless `parallelism` says otherwise, 0 is all at once; `delay` passes in between. */
function turnOf(
  { up, service }: ServiceSite,
  { parallelism = 1, delayMs = 0 }: UpdatePolicy,
  ends: readonly Replica[],
): readonly StepId[] {
  const before = parallelism === 0 ? undefined : ends[ends.length - parallelism];
  if (before?.container === undefined || delayMs <= 0) return before?.ended ?? [];
  const { engine, slot, container, proofs, ended } = before;
  const known = proofs.get('elapsed');
  if (known !== undefined) return [known];
  const base = { engine: engine.name, address: replicaAddress(service.name, slot) };
  const reasons = [`a delay of ${formatDuration(delayMs)} between updates`];
  const waiting = { container, until: 'elapsed', deadlineMs: delayMs } as const;
  const step = up.builder.add({ kind: 'wait-container', ...base, reasons, ...waiting }, ended);
  proofs.set('elapsed', step);
  return [step];
}

type Slot = Pick<ReplicaSite, 'engine' | 'slot' | 'canonical' | 'containers' | 'isGivenUp' | 'missing'>;

function slotOf(site: ServiceSite, { engine, slot, because }: Assignment): Slot {
  const { up, service } = site;
  const canonical = canonicalName(up.input.stack, service, slot);
  const located = (up.fleet.get(service.name) ?? []).filter(
    (it) => it.engine.name === engine.name && it.container.slot === slot,
  );
  const missing = ['no container', ...(because === undefined ? [] : [because])];
  const containers = located.map(({ container }) => container).toSorted(byPreference(canonical));
  return { engine, slot, canonical, containers, isGivenUp: isGivenUp(site, { engine, slot }), missing };
}

const siteOf = (site: ServiceSite, slot: Slot, order: Pick<ReplicaSite, 'mayStart' | 'turn'>): ReplicaSite => ({
  ...site,
  ...slot,
  ...order,
  nameFree: findNameHolder(site, slot),
});

const isGivenUp = ({ up, service }: ServiceSite, { engine, slot }: Assignment): boolean =>
  up.input.history.givenUp.some((it) => it.engine === engine.name && it.address === replicaAddress(service.name, slot));

/** Restarts a replica that stays, if a dependency that asks for it did not. */
function follow(site: ReplicaSite, replica: Replica): Replica {
  const { kept } = replica;
  if (kept === undefined || !isLive(kept) || isFresh(site, kept.id) || site.isGivenUp) return replica;
  const isUnhealthy = site.up.request.mend?.has(kept.id) === true;
  const reasons = [...(isUnhealthy ? ['the container is unhealthy'] : []), ...mustFollow(site)];
  const permitted = reasons.length > 0 ? site.mayStart() : undefined;
  if (permitted === undefined) return replica;
  const base = { engine: site.engine.name, address: replicaAddress(site.service.name, site.slot), reasons };
  const steps = addRestart({ builder: site.up.builder, base, container: kept, request: site.up.request }, [
    ...permitted,
    ...replica.ended,
  ]);
  return { ...replica, kept: undefined, started: steps, ended: steps };
}

/** Containers of numbers that no replica has any more, the highest first. */
export function removeSurplus({ up, service }: ServiceSite, after: readonly StepId[]): void {
  const assignments = up.assignments.get(service.name) ?? [];
  const wanted = new Set(assignments.map(({ slot }) => slot));
  const surplus = (up.fleet.get(service.name) ?? []).filter(
    ({ container }) => !wanted.has(container.slot) && !up.returned.has(container.id),
  );
  const highestFirst = surplus.toSorted(
    (a, b) => b.container.slot - a.container.slot || (a.container.id < b.container.id ? -1 : 1),
  );
  for (const { engine, container } of highestFirst) {
    const isGlobal = service.placement.mode === 'global';
    const reasons = [isGlobal ? `no replica is wanted on ${engine.name}` : `scaled to ${assignments.length}`];
    addRemoval({ builder: up.builder, engine, container, reasons, request: up.request }, after);
  }
}

/** Refuses replicas that cannot stand beside each other on one engine. */
export function refuseCrowding({ up, service }: Pick<ServiceSite, 'up' | 'service'>): void {
  const assignments = up.assignments.get(service.name) ?? [];
  const crowd = Math.max(
    0,
    ...assignments.map(({ engine }) => assignments.filter((it) => it.engine.name === engine.name).length),
  );
  if (crowd < 2) return;
  const address = serviceAddress(service.name);
  const fixed = service.container.ports.find(
    ({ published }) => published !== undefined && published.to - published.from + 1 < crowd,
  );
  if (fixed?.published !== undefined) {
    up.builder.refuse({
      kind: 'impossible',
      code: 'port-shared-by-replicas',
      address,
      message: `${crowd} replicas of ${service.name} on one engine cannot all publish host port ${fixed.published.from}`,
      hint: `${whyNotBalanced(fixed)}publish a range ("${fixed.published.from}-${fixed.published.from + crowd - 1}:${fixed.target}"), leave the host port out, or scale ${service.name} to 1`,
    });
  }
  if (service.containerName !== undefined) {
    up.builder.refuse({
      kind: 'impossible',
      code: 'name-shared-by-replicas',
      address,
      message: `${crowd} replicas of ${service.name} cannot all be called ${service.containerName}`,
      hint: 'remove container_name',
    });
  }
}

/** A load balancer would hold the port for all of them, if it were another one. */
function whyNotBalanced({ mode, protocol }: PublishedPort): string {
  if (mode === 'host') return 'leave out mode: host, so that a load balancer shares it, ';
  return protocol === 'tcp' ? '' : `a load balancer shares TCP ports only: `;
}
