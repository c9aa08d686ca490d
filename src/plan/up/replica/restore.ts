import { replicaAddress } from '../../../model/id.ts';
import type { ObservedContainer } from '../../../model/observed.ts';
import type { StepId } from '../../../model/plan.ts';
import { isLive } from '../../fleet.ts';
import { addPostStart, countDone, hooksOf } from '../../hooks.ts';
import { isCandidateName, retiredName } from '../../names.ts';
import { addRemovalOfStopped, addStop } from '../../steps.ts';
import type { Replica, ReplicaSite } from '../site.ts';
import { deadlineOf, observedRef, proofOf } from './gate.ts';
import { keepsName } from './naming.ts';
import { missingFor, siteAt } from './past.ts';
import { isSameVersion, versionOf } from './previous.ts';
import { updateReplica } from './update.ts';
import { isFresh } from './verdict.ts';

/**
 * Leaves a slot with what served before: stops the candidate that failed, starts the old container if it was
 * stopped for it, and gives it its name back. Where nothing served before, what is there stays to be looked at.
 *
 * The candidate goes last: as long as it is there, a later run knows that the old container is worth keeping.
 */
export function restoreReplica(site: ReplicaSite): Replica {
  const { up, engine, slot } = site;
  const stranded = site.isGivenUp ? site.containers.find((container) => isStranded(site, container)) : undefined;
  if (stranded !== undefined) return remakeReplica(site, stranded);
  const failed = site.containers.filter((container) => isFailed(site, container));
  const best = site.containers.find((container) => !failed.includes(container));
  const blank = { engine, slot, kept: undefined, started: [], proofs: new Map(), ended: [] };
  if (best === undefined) return { ...blank, container: undefined, ended: settleFailed(site, failed) };
  const leaving = failed.map((container) => {
    const reasons = [up.input.history.failed.get(container.id) ?? 'not started: what it waits for failed'];
    return { builder: up.builder, engine, request: up.request, container, reasons };
  });
  const stopped = leaving.flatMap((it) => addStop(it, []));
  const revived = revive(site, best, stopped);
  const serving = revived.length > 0 ? revived : stopped;
  const named = giveNameBack(site, { best, failed }, serving);
  for (const it of leaving) addRemovalOfStopped(it, named, false);
  return { ...blank, container: observedRef(best.id), kept: best, started: revived };
}

/**
 * Where nothing served before, a container that failed under another name takes the slot's and is stopped: one that
 * runs under that name has run its hooks.
 */
function settleFailed(site: ReplicaSite, [failed]: readonly ObservedContainer[]): readonly StepId[] {
  const { up, engine, canonical, service, slot } = site;
  if (failed === undefined || site.containers.some(({ name }) => name === canonical)) return [];
  const reasons = [up.input.history.failed.get(failed.id) ?? ''];
  const stopped = addStop({ builder: up.builder, engine, request: up.request, container: failed, reasons }, []);
  const base = { engine: engine.name, address: replicaAddress(service.name, slot), reasons };
  const renaming = { container: observedRef(failed.id), name: canonical };
  return [up.builder.add({ kind: 'rename-container', ...base, ...renaming }, [...site.nameFree, ...stopped])];
}

/** What it shared a namespace with is gone: it cannot be started again. */
function isStranded({ up, engine }: ReplicaSite, container: ObservedContainer): boolean {
  if (isLive(container) || up.input.history.failed.has(container.id)) return false;
  return (container.joins ?? []).some((id) => !engine.containers.some((other) => other.id === id));
}

/**
 * Makes the previous version anew, since the container that ran it cannot start again, and proves it like any
 * replacement. Where that failed as well, or cannot be done, everything stays to be looked at.
 */
function remakeReplica(site: ReplicaSite, stranded: ObservedContainer): Replica {
  const { up, engine, slot, containers } = site;
  const version = versionOf(stranded);
  const failed = containers.filter(({ id }) => up.input.history.failed.has(id));
  const leaving = failed.map((container) => {
    const reasons = [up.input.history.failed.get(container.id) ?? ''];
    return { builder: up.builder, engine, request: up.request, container, reasons };
  });
  const stopped = leaving.flatMap((it) => addStop(it, []));
  const missing = version === undefined ? ['its recorded configuration'] : missingFor(site, version);
  if (missing.length > 0) noticeStranded(site, stranded, missing);
  const isTried = (it: ObservedContainer): boolean =>
    version !== undefined && it.spec !== undefined && isSameVersion({ spec: it.spec, imageId: it.imageId }, version);
  if (version === undefined || missing.length > 0 || failed.some(isTried)) {
    return { engine, slot, container: undefined, kept: undefined, started: [], proofs: new Map(), ended: stopped };
  }
  const reasons = ['the new version failed: the previous one is made anew, since what it shared is gone'];
  const others = containers.filter((it) => it !== stranded && !failed.includes(it));
  const wanted = others.find(isTried);
  const extras = others.filter((it) => it !== wanted);
  const past = {
    ...siteAt(site, version, { because: reasons[0] ?? '', previous: stranded.previous }),
    turn: () => stopped,
  };
  const replica = updateReplica(past, { wanted, incumbent: stranded, extras, reasons });
  for (const it of leaving) addRemovalOfStopped(it, replica.ended, false);
  return replica;
}

function noticeStranded(
  { up, service, slot }: ReplicaSite,
  { name }: ObservedContainer,
  missing: readonly string[],
): void {
  up.builder.notice({
    code: 'restore-impossible',
    address: replicaAddress(service.name, slot),
    message: `${name} cannot be started again and cannot be made anew without ${missing.join(', ')}`,
    hint: `correct the service and run \`stack up\` again`,
  });
}

/** A candidate that never ran goes with the failed ones: nobody will start it in this run. */
function isFailed({ up, canonical, containers }: ReplicaSite, { id, name, state }: ObservedContainer): boolean {
  if (up.input.history.failed.has(id)) return true;
  return containers.length > 1 && state === 'created' && isCandidateName(canonical, name);
}

function revive(site: ReplicaSite, best: ObservedContainer, after: readonly StepId[]): readonly StepId[] {
  // In a slot that did not fail, a stopped container was stopped by somebody else.
  if (!site.isGivenUp || (!isLive(best) && isFresh(site, best.id))) return [];
  const { builder, input } = site.up;
  const hooks = hooksOf(input, best, 'postStart');
  const reasons = ['the new version failed: the previous one goes on'];
  const base = { engine: site.engine.name, address: replicaAddress(site.service.name, site.slot), reasons };
  const container = observedRef(best.id);
  const hooking = { builder, base, container, hooks };
  if (isLive(best))
    return addPostStart({ ...hooking, done: countDone(input, { id: best.id, isNamed: true, hooks }) }, after);
  const running = [builder.add({ kind: 'start-container', ...base, container }, after)];
  const hooked = addPostStart({ ...hooking, done: 0 }, running);
  const spec = best.spec ?? site.service.container;
  const until = proofOf(spec, site.engine.images.get(best.image));
  const deadlineMs = deadlineOf(spec, until);
  return [
    builder.add(
      { kind: 'wait-container', ...base, container, until, deadlineMs },
      hooked.length > 0 ? hooked : running,
    ),
  ];
}

interface Naming {
  readonly best: ObservedContainer;
  readonly failed: readonly ObservedContainer[];
}

function giveNameBack(site: ReplicaSite, { best, failed }: Naming, after: readonly StepId[]): readonly StepId[] {
  const { canonical, containers } = site;
  const holder = containers.find(({ name }) => name === canonical);
  if (keepsName(site) && isLive(best)) return after;
  if (!site.isGivenUp || best === holder || (holder !== undefined && !failed.includes(holder))) return after;
  const { builder } = site.up;
  const reasons = [`the previous version keeps the name ${canonical}`];
  const base = { engine: site.engine.name, address: replicaAddress(site.service.name, site.slot), reasons };
  const rename = (container: ObservedContainer, name: string, last: readonly StepId[]): readonly StepId[] => [
    builder.add({ kind: 'rename-container', ...base, container: observedRef(container.id), name }, last),
  ];
  const freed = holder === undefined ? after : rename(holder, retiredName(canonical, holder.id), after);
  return rename(best, canonical, freed);
}
