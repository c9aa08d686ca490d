import { replicaAddress } from '../../model/id.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { StepId, WaitCondition } from '../../model/plan.ts';
import { isLive } from '../fleet.ts';
import { candidateName, retiredName } from '../names.ts';
import { addRemoval, addRemovalOfStopped, addStop } from '../steps.ts';
import { addCompletion, addCreation, knownImage, type Prepared } from './creation.ts';
import { deadlineOf, observedRef, proofOf } from './gate.ts';
import { chooseOrder } from './order.ts';
import type { Replica, ReplicaSite } from './site.ts';

/** One slot in which a container takes the place of another that serves, or served until a moment ago. */
export interface Update {
  /** The replacement, if an earlier run made it. */
  readonly wanted: ObservedContainer | undefined;
  readonly incumbent: ObservedContainer;
  /** Left over from interrupted runs; none of them serves. */
  readonly extras: readonly ObservedContainer[];
  readonly reasons: readonly string[];
}

/**
 * Create a candidate, start it, prove it, and only then retire the incumbent and hand its name over.
 *
 * Where both cannot run at once the incumbent is stopped just before the candidate starts, and stays until the
 * candidate is proven, so that it can be started again. Any prefix of these steps is a state that planning again
 * completes.
 */
export function updateReplica(site: ReplicaSite, update: Update): Replica {
  const { up, engine, service } = site;
  const { wanted, incumbent, extras, reasons } = update;
  const { order, because } = chooseOrder(site, incumbent);
  const leaving = { builder: up.builder, engine, request: up.request };
  const isStopFirst = order === 'stop-first';
  noticeOrder(site, isStopFirst);
  const cleared = extras.map((container) => addRemoval({ ...leaving, container, reasons: ['left over'] }, []));
  const candidate =
    wanted === undefined ? createCandidate(site, update, cleared) : addCompletion(site, wanted, cleared);
  const permitted = site.mayStart();
  const base = { engine: engine.name, address: replicaAddress(service.name, site.slot), reasons };
  const blank = { engine, slot: site.slot, container: observedRef(incumbent.id), kept: incumbent };
  if (permitted === undefined) return { ...blank, started: [], proofs: new Map(), ended: candidate.ready };

  const before = [...candidate.ready, ...cleared, ...permitted, ...site.turn];
  const stopReasons = because.length > 0 ? because.map((it) => `the replacement needs ${it}`) : reasons;
  const freed = isStopFirst ? addStop({ ...leaving, container: incumbent, reasons: stopReasons }, before) : [];
  const started = addStart(site, { wanted, candidate, reasons }, freed.length > 0 ? freed : before);
  const until = proofOf(service.container, engine.images.get(service.container.image));
  const deadlineMs = deadlineOf(service.container, until);
  const proof = { ...base, reasons: [`${incumbent.name} stays until this one is proven`] };
  const gate = up.builder.add(
    { kind: 'wait-container', ...proof, container: candidate.container, until, deadlineMs },
    started,
  );
  const named = handOver(site, { wanted, incumbent, candidate }, gate);
  const stopped = isStopFirst ? [] : addStop({ ...leaving, container: incumbent, reasons }, named);
  const gone = { ...leaving, container: incumbent, reasons };
  const removed = addRemovalOfStopped(gone, stopped.length > 0 ? stopped : named, false);
  const proofs = new Map<WaitCondition, StepId>([[until, gate]]);
  return { ...blank, container: candidate.container, kept: undefined, started: [gate], proofs, ended: [removed] };
}

function createCandidate(site: ReplicaSite, { incumbent, reasons }: Update, cleared: readonly StepId[]): Prepared {
  const content = [site.service.container, knownImage(site), incumbent.id];
  const name = candidateName(site.canonical, content);
  return addCreation(site, { name, reasons, replaces: incumbent }, [...site.turn, ...cleared]);
}

interface Handing {
  readonly wanted: ObservedContainer | undefined;
  readonly incumbent: ObservedContainer;
  readonly candidate: Prepared;
}

function addStart(
  site: ReplicaSite,
  {
    wanted,
    candidate,
    reasons,
  }: {
    readonly wanted: ObservedContainer | undefined;
    readonly candidate: Prepared;
    readonly reasons: readonly string[];
  },
  after: readonly StepId[],
): readonly StepId[] {
  const { builder } = site.up;
  const base = { engine: site.engine.name, address: replicaAddress(site.service.name, site.slot), reasons };
  if (wanted?.state === 'paused')
    return [builder.add({ kind: 'unpause-container', ...base, container: wanted.id }, after)];
  if (wanted !== undefined && isLive(wanted)) return after;
  return [builder.add({ kind: 'start-container', ...base, container: candidate.container }, after)];
}

/** The canonical name passes from the incumbent to the candidate. */
function handOver(site: ReplicaSite, { wanted, incumbent, candidate }: Handing, gate: StepId): readonly StepId[] {
  const { builder } = site.up;
  const { canonical } = site;
  const base = { engine: site.engine.name, address: replicaAddress(site.service.name, site.slot) };
  let last = [gate];
  if (incumbent.name === canonical) {
    const reasons = ['its replacement is proven'];
    const name = retiredName(canonical, incumbent.id);
    last = [
      builder.add({ kind: 'rename-container', ...base, reasons, container: observedRef(incumbent.id), name }, last),
    ];
  }
  if (wanted?.name === canonical) return last;
  const reasons = [`proven: takes the name ${canonical}`];
  return [
    builder.add({ kind: 'rename-container', ...base, reasons, container: candidate.container, name: canonical }, last),
  ];
}

function noticeOrder({ up, service, slot }: ReplicaSite, isStopFirst: boolean): void {
  if (service.update.order !== 'start-first' || !isStopFirst) return;
  up.builder.notice({
    code: 'order-impossible',
    address: replicaAddress(service.name, slot),
    message: `${service.name} is updated stop-first: old and new cannot run side by side`,
    hint: 'leave the host port or the fixed address out of the service',
  });
}
