import { replicaAddress, serviceAddress } from '../../model/id.ts';
import type { StepId } from '../../model/plan.ts';
import { byPreference, isLive, type Located } from '../fleet.ts';
import { canonicalName } from '../names.ts';
import type { Assignment } from '../placement.ts';
import { addRemoval, addRestart } from '../steps.ts';
import { awaitDependencies, dependsOnHalted, mustFollow } from './dependencies.ts';
import { findNameHolder } from './holders.ts';
import { planReplica } from './replica.ts';
import { restoreReplica } from './restore.ts';
import type { Replica, ReplicaSite, ServiceSite, Settled } from './site.ts';
import { isFresh } from './verdict.ts';

/** Plans every slot of a service, and the removal of replicas that are one too many or in the wrong place. */
export function planService(site: ServiceSite): Settled {
  const { up, service } = site;
  const assignments = up.assignments.get(service.name) ?? [];
  const dependencies = once(() => awaitDependencies(site));
  const isOwnFailure = assignments.some(({ engine, slot }) => isGivenUp(site, { engine, slot }));
  const isHalted = isOwnFailure || dependsOnHalted(site);
  const replicas: Replica[] = [];
  const ends: (readonly StepId[])[] = [];
  for (const assignment of assignments) {
    const replicaSite = siteOf(site, assignment, { mayStart: dependencies, turn: turnOf(site, ends) });
    const replica = isHalted && !continues(site, replicaSite) ? restoreReplica(replicaSite) : planReplica(replicaSite);
    if (replica.ended.length > 0) ends.push(replica.ended);
    replicas.push(follow(replicaSite, replica));
  }
  removeSurplus(site, assignments, replicas);
  return { service, replicas, isHalted };
}

/** `failure_action: continue` goes on with the other slots. */
const continues = ({ service, ...site }: ServiceSite, { isGivenUp: isFailed }: ReplicaSite): boolean =>
  service.update.failureAction === 'continue' && !isFailed && !dependsOnHalted({ service, ...site });

/** Updates go one after the other unless `parallelism` says otherwise; 0 is all at once. */
function turnOf({ service }: ServiceSite, ends: readonly (readonly StepId[])[]): readonly StepId[] {
  const parallelism = service.update.parallelism ?? 1;
  return parallelism === 0 ? [] : (ends[ends.length - parallelism] ?? []);
}

function siteOf(
  site: ServiceSite,
  { engine, slot }: Assignment,
  order: Pick<ReplicaSite, 'mayStart' | 'turn'>,
): ReplicaSite {
  const { up, service } = site;
  const canonical = canonicalName(up.input.stack, service, slot);
  const located = (up.fleet.get(service.name) ?? []).filter(
    (it) => it.engine.name === engine.name && it.container.slot === slot,
  );
  const containers = located.map(({ container }) => container).toSorted(byPreference(canonical));
  const nameFree = findNameHolder(site, { engine, slot, canonical });
  return {
    ...site,
    ...order,
    engine,
    slot,
    canonical,
    containers,
    nameFree,
    isGivenUp: isGivenUp(site, { engine, slot }),
  };
}

const isGivenUp = ({ up, service }: ServiceSite, { engine, slot }: Assignment): boolean =>
  up.input.history.givenUp.some((it) => it.engine === engine.name && it.address === replicaAddress(service.name, slot));

/** Restarts a replica that stays, if a dependency that asks for it did not. */
function follow(site: ReplicaSite, replica: Replica): Replica {
  const { kept } = replica;
  if (kept === undefined || !isLive(kept) || isFresh(site, kept.id) || site.isGivenUp) return replica;
  const reasons = mustFollow(site);
  const permitted = reasons.length > 0 ? site.mayStart() : undefined;
  if (permitted === undefined) return replica;
  const base = { engine: site.engine.name, address: replicaAddress(site.service.name, site.slot), reasons };
  const steps = addRestart({ builder: site.up.builder, base, container: kept, request: site.up.request }, [
    ...permitted,
    ...replica.ended,
  ]);
  return { ...replica, kept: undefined, started: steps, ended: steps };
}

function removeSurplus(
  { up, service }: ServiceSite,
  assignments: readonly Assignment[],
  replicas: readonly Replica[],
): void {
  const isAssigned = ({ engine, container }: Located): boolean =>
    assignments.some((it) => it.slot === container.slot && it.engine.name === engine.name);
  const surplus = (up.fleet.get(service.name) ?? []).filter((located) => !isAssigned(located));
  const highestFirst = surplus.toSorted(
    (a, b) => b.container.slot - a.container.slot || (a.container.id < b.container.id ? -1 : 1),
  );
  for (const { engine, container } of highestFirst) {
    const successor = replicas.find(({ slot }) => slot === container.slot);
    const reasons = [
      successor === undefined ? `scaled to ${assignments.length}` : `runs on engine ${successor.engine.name}`,
    ];
    addRemoval({ builder: up.builder, engine, container, reasons, request: up.request }, successor?.started ?? []);
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
      hint: `publish a range ("${fixed.published.from}-${fixed.published.from + crowd - 1}:${fixed.target}"), leave the host port out, or scale ${service.name} to 1`,
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

function once<T>(compute: () => T): () => T {
  let memory: { readonly value: T } | undefined;
  return () => (memory ??= { value: compute() }).value;
}
