import type { Hook } from '../../../model/container.ts';
import { replicaAddress } from '../../../model/id.ts';
import type { ObservedContainer } from '../../../model/observed.ts';
import type { ContainerRef, StepId } from '../../../model/plan.ts';
import { isLive } from '../../fleet.ts';
import { addPostStart, countDone, hooksOf } from '../../hooks.ts';
import { candidateName, retiredName } from '../../names.ts';
import { addRemoval, addRemovalOfStopped, addStop } from '../../steps.ts';
import type { Replica, ReplicaSite } from '../site.ts';
import { addCompletion, addCreation, knownImage, type Prepared } from './creation.ts';
import { observedRef } from './gate.ts';
import { keepsName } from './naming.ts';
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
  const reasons = site.missing;
  const name = firstName(site);
  const prepared = addCreation(site, { name, reasons, replaces: undefined }, site.nameFree);
  return {
    ...blank(site),
    container: prepared.container,
    ...start(site, { prepared, reasons: reasons.slice(0, 1), name }),
  };
}

/** With `post_start` hooks a container gets the canonical name only once they have run. */
function firstName(site: ReplicaSite): string {
  const { service, canonical, up } = site;
  const isHooked = service.container.postStart !== undefined && up.request.start && site.mayStart() !== undefined;
  return isHooked ? candidateName(canonical, [service.container, knownImage(site)]) : canonical;
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
    stoppedForNetwork === undefined ? addStop({ ...leaving, container: incumbent }, site.turn()) : [stoppedForNetwork];
  site.front?.free(incumbent, stopped);
  const cleared = extras.map((container) => addRemoval({ ...leaving, container }, []));
  const name = retiredName(canonical, incumbent.id);
  const aside =
    incumbent.name === canonical
      ? [up.builder.add({ kind: 'rename-container', ...base, container: observedRef(incumbent.id), name }, stopped)]
      : stopped;
  const wantedName = firstName(site);
  const prepared = addCreation(site, { name: wantedName, reasons, replaces: incumbent }, [
    ...aside,
    ...cleared,
    ...site.nameFree,
  ]);
  const removed = addRemovalOfStopped({ ...leaving, container: incumbent }, prepared.ready, false);
  const started = start(site, { prepared: { ...prepared, ready: [removed] }, reasons, name: wantedName });
  return { ...blank(site), container: prepared.container, ...started, ended: [removed, ...started.ended] };
}

/** Keeps a matching container: wakes, completes, renames or starts it, and nothing if it is as it should be. */
function tendReplica(site: ReplicaSite, container: ObservedContainer, after: readonly StepId[]): Replica {
  const { up, engine, canonical, service, slot } = site;
  const base = { engine: engine.name, address: replicaAddress(service.name, slot) };
  const completed = addCompletion(site, container, after);
  const hooks = hooksOf(up.input, container, 'postStart');
  if (hooks.length > 0) return tendHooked(site, container, { completed, hooks });
  const renamed = nameCanonically(site, container, completed.ready);
  const replica = { ...blank(site), container: completed.container, kept: container, ended: renamed };
  if (container.state === 'paused' && up.request.start) {
    const reasons = ['the container is paused'];
    const step = up.builder.add({ kind: 'unpause-container', ...base, reasons, container: container.id }, renamed);
    return { ...replica, kept: undefined, started: [step], ended: [step] };
  }
  if (isLive(container) || isDone(site, container)) return replica;
  const prepared = { container: completed.container, ready: renamed };
  const started = start(site, { prepared, reasons: [whyStart(container)], name: canonical });
  return started.started.length === 0 ? replica : { ...replica, kept: undefined, ...started };
}

const whyStart = ({ state, exitCode }: ObservedContainer): string =>
  state === 'created' ? 'the container was never started' : `the container exited with code ${exitCode}`;

interface Hooked {
  readonly completed: Prepared;
  readonly hooks: readonly Hook[];
}

/**
 * Keeps a matching container with `post_start` hooks. It lays the canonical name down before it is started and takes
 * it up when its hooks have run, so that a later run knows of hooks that have not.
 */
function tendHooked(site: ReplicaSite, container: ObservedContainer, { completed, hooks }: Hooked): Replica {
  const { up, canonical, service } = site;
  const isNamed = container.name === canonical;
  const replica = { ...blank(site), container: completed.container, kept: container, ended: completed.ready };
  if (!up.request.start) return replica;
  if (isLive(container)) return finishHooks(site, replica, { completed, hooks });
  if (isDone(site, container)) return { ...replica, ended: nameCanonically(site, container, completed.ready) };
  if (site.mayStart() === undefined) return replica;
  const reasons = [whyStart(container)];
  const name = isNamed ? candidateName(canonical, [service.container, knownImage(site)]) : container.name;
  const aside = isNamed ? [rename(site, { container: completed.container, name, reasons }, completed.ready)] : [];
  const prepared = { container: completed.container, ready: aside.length > 0 ? aside : completed.ready };
  return { ...replica, kept: undefined, ...start(site, { prepared, reasons, name, hooks }) };
}

/** A container that runs: runs what is left of its hooks and gives it its name. */
function finishHooks(
  site: ReplicaSite,
  replica: Replica & { readonly kept: ObservedContainer },
  { completed, hooks }: Hooked,
): Replica {
  const { up, engine, canonical, service, slot } = site;
  const { kept } = replica;
  const isPaused = kept.state === 'paused';
  const reasons = [isPaused ? 'the container is paused' : 'its post_start hooks have not run'];
  const base = { engine: engine.name, address: replicaAddress(service.name, slot), reasons };
  const awake = isPaused
    ? [up.builder.add({ kind: 'unpause-container', ...base, container: kept.id }, completed.ready)]
    : completed.ready;
  const done = countDone(up.input, { id: kept.id, isNamed: kept.name === canonical, hooks });
  const hooked = addPostStart({ builder: up.builder, base, container: completed.container, hooks, done }, awake);
  const running = hooked.length > 0 ? hooked : awake;
  const ended = nameCanonically(site, kept, running);
  return isPaused || hooked.length > 0
    ? { ...replica, kept: undefined, started: running, ended }
    : { ...replica, ended };
}

function nameCanonically(site: ReplicaSite, container: ObservedContainer, after: readonly StepId[]): readonly StepId[] {
  const { id, name } = container;
  if (name === site.canonical || (keepsName(site) && isLive(container))) return after;
  return [rename(site, { container: observedRef(id), name: site.canonical, reasons: [`named ${name}`] }, after)];
}

interface Renaming {
  readonly container: ContainerRef;
  readonly name: string;
  readonly reasons: readonly string[];
}

function rename(site: ReplicaSite, renaming: Renaming, after: readonly StepId[]): StepId {
  const base = { engine: site.engine.name, address: replicaAddress(site.service.name, site.slot) };
  return site.up.builder.add({ kind: 'rename-container', ...base, ...renaming }, after);
}

/** The wanted container needs no proof: what is beside it goes. */
function settleReplica(site: ReplicaSite, wanted: ObservedContainer, rest: readonly ObservedContainer[]): Replica {
  const { builder } = site.up;
  const reasons = [`${wanted.name} serves in its place`];
  const leaving = { builder, engine: site.engine, request: site.up.request, reasons };
  const removed = rest.map((container) => {
    const step = addRemoval({ ...leaving, container }, []);
    site.front?.free(container, [step]);
    return step;
  });
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
  /** The name that it has by then. */
  readonly name: string;
  /** Default: those of the service. */
  readonly hooks?: readonly Hook[];
}

/** Starts a container, runs its `post_start` hooks, and then gives it the canonical name if it has another. */
function start(site: ReplicaSite, starting: Starting): Pick<Replica, 'started' | 'ended'> {
  const { prepared, reasons, name, hooks = site.service.container.postStart ?? [] } = starting;
  if (!site.up.request.start) return { started: [], ended: prepared.ready };
  const permitted = site.mayStart();
  if (permitted === undefined) return { started: [], ended: prepared.ready };
  const base = { engine: site.engine.name, address: replicaAddress(site.service.name, site.slot), reasons };
  const step = site.up.builder.add({ kind: 'start-container', ...base, container: prepared.container }, [
    ...prepared.ready,
    ...permitted,
  ]);
  const { container } = prepared;
  const hooked = addPostStart({ builder: site.up.builder, base, container, hooks, done: 0 }, [step]);
  const started = hooked.length > 0 ? hooked : [step];
  if (name === site.canonical) return { started, ended: started };
  return { started, ended: [rename(site, { container, name: site.canonical, reasons }, started)] };
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
