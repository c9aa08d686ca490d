import { replicaAddress } from '../../../model/id.ts';
import type { ObservedContainer } from '../../../model/observed.ts';
import type { ContainerRef, StepId } from '../../../model/plan.ts';
import { isLive } from '../../fleet.ts';
import { addPostStart, countDone } from '../../hooks.ts';
import { candidateName, retiredName } from '../../names.ts';
import { addRemoval, addRemovalOfStopped, addStop, type Leaving } from '../../steps.ts';
import type { Replica, ReplicaSite, Shift } from '../site.ts';
import { addCompletion, addCreation, knownImage, type Prepared } from './creation.ts';
import { deadlineOf, observedRef, proofOf } from './gate.ts';
import { keepsName } from './naming.ts';
import { chooseOrder, type UpdateOrder } from './order.ts';

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
  const { engine, slot, service } = site;
  const { incumbent, extras } = update;
  const order = chooseOrder(site, incumbent);
  noticeOrder(site, order);
  const cleared = extras.map((extra) => addRemoval(leaving(site, extra, ['left over from an interrupted run']), []));
  const candidate = prepare(site, update, cleared);
  const blank = { engine, slot, container: observedRef(incumbent.id), kept: incumbent };
  const permitted = site.mayStart();
  if (permitted === undefined) return { ...blank, started: [], proofs: new Map(), ended: candidate.ready };

  const until = proofOf(service.container, engine.images.get(service.container.image));
  const before = [...candidate.ready, ...cleared, ...permitted, ...site.turn()];
  const freed = order.order === 'stop-first' ? stopFirst(site, { ...update, candidate, order }, before) : [];
  const started = start(site, { ...update, candidate }, freed.length > 0 ? freed : before);
  const deadlineMs = deadlineOf(service.container, until);
  const { monitorMs = 0 } = service.update;
  const hold = monitorMs > 0 ? { holdMs: monitorMs } : {};
  const waiting = { container: candidate.container, until, deadlineMs, ...hold };
  const gate = site.up.builder.add({ kind: 'wait-container', ...baseOf(site, update), ...waiting }, started);
  const shifted = shift(site, { from: incumbent, to: candidate.container }, [gate]);
  const named = handOver(site, { ...update, candidate }, shifted);
  const stopped = order.order === 'start-first' ? addStop(leaving(site, incumbent, update.reasons), named) : freed;
  site.front?.free(incumbent, stopped);
  const last = order.order === 'start-first' && stopped.length > 0 ? stopped : named;
  const removed = addRemovalOfStopped(leaving(site, incumbent, update.reasons), last, false);
  const proofs = new Map([[until, gate]]);
  const isProving = update.wanted !== undefined && isLive(update.wanted);
  return {
    ...blank,
    container: candidate.container,
    kept: undefined,
    isProving,
    started: [gate],
    proofs,
    ended: [removed],
  };
}

function prepare(site: ReplicaSite, update: Update, cleared: readonly StepId[]): Prepared {
  const prepared = make(site, update, cleared);
  return { ...prepared, ready: site.fill?.({ ...prepared, known: update.wanted }) ?? prepared.ready };
}

function make(site: ReplicaSite, { wanted, incumbent, reasons }: Update, cleared: readonly StepId[]): Prepared {
  if (wanted !== undefined) return addCompletion(site, wanted, cleared);
  const content = [site.service.container, knownImage(site), incumbent.id];
  const name = candidateName(site.canonical, content);
  return addCreation(site, { name, reasons, replaces: incumbent }, [...site.turn(), ...cleared]);
}

/** Stops the incumbent once it is sure that the engine can write: on a full disk a stop succeeds, and no start does. */
function stopFirst(
  site: ReplicaSite,
  swap: Swap & { readonly order: UpdateOrder },
  after: readonly StepId[],
): readonly StepId[] {
  const { wanted, incumbent, candidate, reasons, order } = swap;
  if (!isLive(incumbent)) return [];
  const shared = order.because.map((it) => `stopped first: old and new share ${it}`);
  const causes = shared.length > 0 ? shared : reasons;
  const isProbed = wanted === undefined || !isLive(wanted);
  const base = { ...baseOf(site, swap), reasons: causes };
  const probed = isProbed
    ? [site.up.builder.add({ kind: 'probe-container', ...base, container: candidate.container }, after)]
    : after;
  const left = shift(site, { from: incumbent, to: undefined }, probed);
  return addStop(leaving(site, incumbent, causes), left);
}

/** Balancers send to another container from then on. */
export const shift = ({ front }: ReplicaSite, moved: Shift, after: readonly StepId[]): readonly StepId[] =>
  front === undefined ? after : front.shift(moved, after);

/** An update whose candidate exists by then. */
interface Swap extends Update {
  readonly candidate: Prepared;
}

/** The candidate runs, and its `post_start` hooks have run. */
function start(site: ReplicaSite, swap: Swap, after: readonly StepId[]): readonly StepId[] {
  const { wanted, candidate } = swap;
  const running = run(site, swap, after);
  const hooks = site.service.container.postStart ?? [];
  const isNamed = wanted?.name === site.canonical;
  const done = wanted !== undefined && isLive(wanted) ? countDone(site.up.input, { id: wanted.id, isNamed, hooks }) : 0;
  const hooking = { builder: site.up.builder, base: baseOf(site, swap), container: candidate.container, hooks, done };
  const hooked = addPostStart(hooking, running);
  return hooked.length > 0 ? hooked : running;
}

function run(site: ReplicaSite, swap: Swap, after: readonly StepId[]): readonly StepId[] {
  const { builder } = site.up;
  const { wanted, candidate } = swap;
  const base = baseOf(site, swap);
  if (wanted?.state === 'paused')
    return [builder.add({ kind: 'unpause-container', ...base, container: wanted.id }, after)];
  if (wanted !== undefined && isLive(wanted)) return after;
  return [builder.add({ kind: 'start-container', ...base, container: candidate.container }, after)];
}

/** The canonical name passes from the incumbent to the candidate. */
function handOver(site: ReplicaSite, swap: Swap, after: readonly StepId[]): readonly StepId[] {
  const { canonical } = site;
  const { wanted, incumbent, candidate } = swap;
  if (keepsName(site)) return after;
  const rename = (container: ContainerRef, name: string, after: readonly StepId[]): readonly StepId[] => [
    site.up.builder.add({ kind: 'rename-container', ...baseOf(site, swap), container, name }, after),
  ];
  const isHeld = incumbent.name === canonical;
  const freed = isHeld ? rename(observedRef(incumbent.id), retiredName(canonical, incumbent.id), after) : after;
  return wanted?.name === canonical ? freed : rename(candidate.container, canonical, freed);
}

const baseOf = ({ engine, service, slot }: ReplicaSite, { reasons }: Update): Base => ({
  engine: engine.name,
  address: replicaAddress(service.name, slot),
  reasons,
});

type Base = Pick<Parameters<ReplicaSite['up']['builder']['add']>[0], 'engine' | 'address' | 'reasons'>;

const leaving = ({ up, engine }: ReplicaSite, container: ObservedContainer, reasons: readonly string[]): Leaving => ({
  builder: up.builder,
  request: up.request,
  engine,
  container,
  reasons,
});

function noticeOrder({ up, service, slot }: ReplicaSite, { order, because }: UpdateOrder): void {
  if (service.update.order !== 'start-first' || order !== 'stop-first') return;
  up.builder.notice({
    code: 'order-impossible',
    address: replicaAddress(service.name, slot),
    message: `${service.name} is updated stop-first: old and new cannot both have ${because.join(', ')}`,
    hint: 'leave out what only one of them can have',
  });
}
