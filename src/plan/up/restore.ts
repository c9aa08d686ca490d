import { replicaAddress } from '../../model/id.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { StepId } from '../../model/plan.ts';
import { isLive } from '../fleet.ts';
import { isCandidateName } from '../names.ts';
import { addRemoval } from '../steps.ts';
import { deadlineOf, observedRef, proofOf } from './gate.ts';
import type { Replica, ReplicaSite } from './site.ts';
import { isFresh } from './verdict.ts';

/**
 * Leaves a slot with what served before: removes the candidate that failed, starts the old container if it was
 * stopped for it, and gives it its name back. Where nothing served before, what is there stays to be looked at.
 */
export function restoreReplica(site: ReplicaSite): Replica {
  const { up, engine, slot } = site;
  const failed = site.containers.filter((container) => isFailed(site, container));
  const best = site.containers.find((container) => !failed.includes(container));
  const blank = { engine, slot, kept: undefined, started: [], proofs: new Map(), ended: [] };
  if (best === undefined) return { ...blank, container: undefined };
  const removed = failed.map((container) => {
    const reason = up.input.history.failed.get(container.id) ?? 'its start was given up';
    return addRemoval({ builder: up.builder, engine, request: up.request, container, reasons: [reason] }, []);
  });
  const revived = revive(site, best, removed);
  const isNameHeld = site.containers.some((it) => it.name === site.canonical && !failed.includes(it));
  const base = { engine: engine.name, address: replicaAddress(site.service.name, slot) };
  const container = observedRef(best.id);
  if (site.isGivenUp && !isNameHeld) {
    const reasons = [`the previous version keeps the name ${site.canonical}`];
    up.builder.add({ kind: 'rename-container', ...base, reasons, container, name: site.canonical }, [
      ...removed,
      ...revived,
    ]);
  }
  return { ...blank, container, kept: best, started: revived };
}

/** A candidate that never ran goes with the failed ones: nobody will start it in this run. */
function isFailed({ up, canonical, containers }: ReplicaSite, { id, name, state }: ObservedContainer): boolean {
  if (up.input.history.failed.has(id)) return true;
  return containers.length > 1 && state === 'created' && isCandidateName(canonical, name);
}

function revive(site: ReplicaSite, best: ObservedContainer, removed: readonly StepId[]): readonly StepId[] {
  // In a slot that did not fail, a stopped container was stopped by somebody else.
  if (isLive(best) || !site.isGivenUp || isFresh(site, best.id)) return [];
  const { builder } = site.up;
  const reasons = ['the new version failed: the previous one goes on'];
  const base = { engine: site.engine.name, address: replicaAddress(site.service.name, site.slot), reasons };
  const container = observedRef(best.id);
  const started = builder.add({ kind: 'start-container', ...base, container }, removed);
  const spec = best.spec ?? site.service.container;
  const until = proofOf(spec, site.engine.images.get(best.image));
  return [
    builder.add({ kind: 'wait-container', ...base, container, until, deadlineMs: deadlineOf(spec, until) }, [started]),
  ];
}
