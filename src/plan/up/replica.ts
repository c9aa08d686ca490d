import { replicaAddress } from '../../model/id.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { StepId } from '../../model/plan.ts';
import { isLive } from '../fleet.ts';
import { retiredName } from '../names.ts';
import { addRemoval, addRemovalOfStopped, addStop } from '../steps.ts';
import { addCompletion, addCreation } from './creation.ts';
import { observedRef } from './gate.ts';
import type { Replica, ReplicaSite } from './site.ts';
import { updateReplica } from './update.ts';
import { isFresh, reasonsToReplace } from './verdict.ts';

/**
 * Plans one slot, whatever an earlier run, killed at any point, left in it.
 *
 * Of the containers that match the stack file the best one is wanted; the best of the others is the incumbent.
 * A container has the canonical name only once it is proven, or if it took nobody's place: so a wanted container
 * under another name, beside one that ran, still has to prove itself.
 */
export function planReplica(site: ReplicaSite): Replica {
  const judged = site.containers.map((container) => ({ container, reasons: reasonsToReplace(site, container) }));
  const [wanted, ...alike] = judged.filter(({ reasons }) => reasons.length === 0).map(({ container }) => container);
  const others = judged.filter(({ reasons }) => reasons.length > 0);
  const [incumbent, ...extras] = [...others.map(({ container }) => container), ...alike];
  const reasons = others[0]?.reasons ?? ['an earlier run was interrupted'];
  if (incumbent === undefined) return wanted === undefined ? createReplica(site) : tendReplica(site, wanted, []);
  if (wanted === undefined ? isReplacedInPlace(site, incumbent) : !needsProof(site, wanted, incumbent)) {
    return wanted === undefined
      ? replaceReplica(site, { incumbent, extras, reasons })
      : settleReplica(site, wanted, [incumbent, ...extras]);
  }
  return updateReplica(site, { wanted, incumbent, extras, reasons });
}

/** Nothing is there that could go on serving, or the person wants it stopped: no proof is needed. */
function isReplacedInPlace({ up, service, networks }: ReplicaSite, incumbent: ObservedContainer): boolean {
  const isStopped = networks.stopOf(incumbent.id) !== undefined;
  return !isLive(incumbent) || isStopped || !up.request.start || up.jobs.has(service.name);
}

function needsProof(
  { up, canonical, service }: ReplicaSite,
  wanted: ObservedContainer,
  incumbent: ObservedContainer,
): boolean {
  if (!up.request.start || up.jobs.has(service.name)) return false;
  if (isLive(wanted) && wanted.name === canonical) return false;
  if (isLive(incumbent)) return true;
  return wanted.name !== canonical && incumbent.state === 'exited';
}

function createReplica(site: ReplicaSite): Replica {
  const reasons = ['no container'];
  const prepared = addCreation(site, { name: site.canonical, reasons, replaces: undefined }, site.nameFree);
  return { ...blank(site), container: prepared.container, ...start(site, { prepared, reasons }) };
}

interface Replacing {
  readonly incumbent: ObservedContainer;
  readonly extras: readonly ObservedContainer[];
  readonly reasons: readonly string[];
}

/**
 * The old container steps aside before the new one is made under its name, and goes once the new one holds its
 * anonymous volumes.
 */
function replaceReplica(site: ReplicaSite, { incumbent, extras, reasons }: Replacing): Replica {
  const { up, engine, canonical, service, slot } = site;
  const base = { engine: engine.name, address: replicaAddress(service.name, slot), reasons };
  const stoppedForNetwork = site.networks.stopOf(incumbent.id);
  const leaving = { builder: up.builder, engine, request: up.request, reasons };
  const stopped =
    stoppedForNetwork === undefined ? addStop({ ...leaving, container: incumbent }, site.turn) : [stoppedForNetwork];
  const cleared = extras.map((container) => addRemoval({ ...leaving, container }, []));
  const name = retiredName(canonical, incumbent.id);
  const aside =
    incumbent.name === canonical
      ? [up.builder.add({ kind: 'rename-container', ...base, container: observedRef(incumbent.id), name }, stopped)]
      : stopped;
  const prepared = addCreation(site, { name: canonical, reasons, replaces: incumbent }, [
    ...aside,
    ...cleared,
    ...site.nameFree,
  ]);
  const removed = addRemovalOfStopped({ ...leaving, container: incumbent }, prepared.ready, false);
  const started = start(site, { prepared: { ...prepared, ready: [removed] }, reasons });
  return { ...blank(site), container: prepared.container, ...started, ended: [removed, ...started.started] };
}

/** Keeps a matching container: wakes, completes, renames or starts it, and nothing if it is as it should be. */
function tendReplica(site: ReplicaSite, container: ObservedContainer, after: readonly StepId[]): Replica {
  const { up, engine, canonical, service, slot } = site;
  const base = { engine: engine.name, address: replicaAddress(service.name, slot) };
  const completed = addCompletion(site, container, after);
  const renamed =
    container.name === canonical
      ? completed.ready
      : [
          up.builder.add(
            {
              kind: 'rename-container',
              ...base,
              reasons: [`named ${container.name}`],
              container: completed.container,
              name: canonical,
            },
            completed.ready,
          ),
        ];
  const replica = { ...blank(site), container: completed.container, kept: container, ended: renamed };
  if (container.state === 'paused' && up.request.start) {
    const reasons = ['the container is paused'];
    const step = up.builder.add({ kind: 'unpause-container', ...base, reasons, container: container.id }, renamed);
    return { ...replica, kept: undefined, started: [step], ended: [step] };
  }
  if (isLive(container) || isDone(site, container)) return replica;
  const started = start(site, {
    prepared: { container: completed.container, ready: renamed },
    reasons: [
      container.state === 'created'
        ? 'the container was never started'
        : `the container exited with code ${container.exitCode}`,
    ],
  });
  return started.started.length === 0 ? replica : { ...replica, kept: undefined, ...started };
}

/** The wanted container needs no proof: what is beside it goes. */
function settleReplica(site: ReplicaSite, wanted: ObservedContainer, rest: readonly ObservedContainer[]): Replica {
  const { builder } = site.up;
  const reasons = [`${wanted.name} serves in its place`];
  const leaving = { builder, engine: site.engine, request: site.up.request, reasons };
  const removed = rest.map((container) => addRemoval({ ...leaving, container }, []));
  const replica = tendReplica(site, wanted, removed);
  return { ...replica, ended: [...removed, ...replica.ended] };
}

/** A container is started once a run: one that ends at once must not keep us busy. A job that is done stays done. */
function isDone(site: ReplicaSite, container: ObservedContainer): boolean {
  const isDoneJob = site.up.jobs.has(site.service.name) && container.exitCode === 0;
  return container.state === 'exited' && (isFresh(site, container.id) || isDoneJob);
}

interface Starting {
  readonly prepared: { readonly container: NonNullable<Replica['container']>; readonly ready: readonly StepId[] };
  readonly reasons: readonly string[];
}

function start(site: ReplicaSite, { prepared, reasons }: Starting): Pick<Replica, 'started' | 'ended'> {
  if (!site.up.request.start) return { started: [], ended: prepared.ready };
  const permitted = site.mayStart();
  if (permitted === undefined) return { started: [], ended: prepared.ready };
  const base = { engine: site.engine.name, address: replicaAddress(site.service.name, site.slot), reasons };
  const step = site.up.builder.add({ kind: 'start-container', ...base, container: prepared.container }, [
    ...prepared.ready,
    ...permitted,
  ]);
  return { started: [step], ended: [step] };
}

const blank = ({ engine, slot }: ReplicaSite): Replica => ({
  engine,
  slot,
  container: undefined,
  kept: undefined,
  started: [],
  proofs: new Map(),
  ended: [],
});
