import { replicaAddress } from '../../../model/id.ts';
import type { StepId } from '../../../model/plan.ts';
import { isLive, type Located } from '../../fleet.ts';
import { once } from '../../once.ts';
import { addRemoval, addRemovalOfStopped, addStop } from '../../steps.ts';
import type { Replica, ReplicaSite } from '../site.ts';
import { addWait, proofOf } from './gate.ts';
import { fixedAddresses } from './order.ts';
import { planReplica } from './replica.ts';
import { restoreReplica } from './restore.ts';
import { shift } from './update.ts';

/**
 * Moves a slot to another engine: the replica there is made and proven before the one that served is stopped and
 * removed. Where the two cannot run at once, the old one is stopped first and stays until the new one is proven.
 */
export function moveReplica(site: ReplicaSite, old: readonly Located[]): Replica {
  const { up, engine, service } = site;
  if (site.isGivenUp) return restoreMoved(site, old);
  const live = old.filter(({ container }) => isLive(container));
  const missing = [`moves from ${namesOf(old)}`, ...site.missing.slice(1)];
  const stopped = new Set<Located>();
  const permitted = once(() => permit(site, live, stopped));
  const replica = planReplica({ ...site, missing, mayStart: permitted });
  const isReady = up.request.start && site.mayStart() !== undefined;
  if (!isReady && live.length > 0) return replica;
  const until = proofOf(service.container, engine.images.get(service.container.image));
  const wait = { service: service.name, spec: service.container, until, reason: `moves from ${namesOf(old)}` };
  const proven = live.length > 0 ? addWait(up.builder, replica, wait) : replica.ended;
  const reasons = [`runs on engine ${engine.name}`];
  const removed = old.map((located) => {
    const shifted = shift(site, { from: located.container, to: replica.container }, proven);
    const leaving = { builder: up.builder, request: up.request, ...located, reasons };
    const step = stopped.has(located) ? addRemovalOfStopped(leaving, shifted, false) : addRemoval(leaving, shifted);
    site.front?.free(located.container, [step]);
    return step;
  });
  return { ...replica, ended: removed };
}

/** The replica elsewhere failed: it goes, and what served goes on. */
function restoreMoved(site: ReplicaSite, old: readonly Located[]): Replica {
  const { up, engine } = site;
  const failed = site.containers.filter(({ id, state }) => up.input.history.failed.has(id) || state === 'created');
  for (const container of failed) {
    const reasons = [up.input.history.failed.get(container.id) ?? 'not started: what it waits for failed'];
    addRemoval({ builder: up.builder, request: up.request, engine, container, reasons }, []);
  }
  const [first] = old;
  if (first === undefined) return restoreReplica(site);
  const there = old.filter((it) => it.engine.name === first.engine.name).map(({ container }) => container);
  return restoreReplica({ ...site, engine: first.engine, containers: there });
}

const namesOf = (old: readonly Located[]): string => [...new Set(old.map(({ engine }) => engine.name))].join(', ');

/** What must hold before the replica may start: its turn among the updates too, and that nobody has what only one can. */
function permit(site: ReplicaSite, live: readonly Located[], stopped: Set<Located>): readonly StepId[] | undefined {
  const permitted = site.mayStart();
  if (permitted === undefined) return undefined;
  const before = [...permitted, ...site.turn()];
  const shared = fixedAddresses(site);
  if (shared.length === 0 && site.service.update.order !== 'stop-first') return before;
  const { builder, request } = site.up;
  const reasons =
    shared.length > 0
      ? shared.map((it) => `stopped first: old and new share ${it}`)
      : ['stopped first: update_config.order is stop-first'];
  const address = replicaAddress(site.service.name, site.slot);
  const made = builder.steps.filter(
    ({ operation }) => operation.engine === site.engine.name && operation.address === address,
  );
  const after = [...before, ...made.map(({ id }) => id)];
  return live.flatMap((located) => {
    stopped.add(located);
    return addStop({ builder, request, ...located, reasons }, after);
  });
}
