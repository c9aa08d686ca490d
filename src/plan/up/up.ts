import type { Desired } from '../../model/desired.ts';
import { serviceAddress } from '../../model/id.ts';
import type { UpRequest } from '../../model/request.ts';
import type { PlanBuilder } from '../builder.ts';
import { gatherFleet, isLive } from '../fleet.ts';
import type { PlanInput } from '../input.ts';
import { findOrphans, planOrphans } from '../orphans.ts';
import { placeServices } from '../placement/place.ts';
import { jobsOf, selectServices } from '../select.ts';
import { planServices } from './balancers.ts';
import type { Up } from './context.ts';
import { planImages } from './images/images.ts';
import { planNetworks } from './networks/networks.ts';
import { addWait, proofOf } from './replica/gate.ts';
import { removeReturned } from './returned.ts';
import { refuseCrowding } from './service.ts';
import type { Replica, Settled } from './site.ts';
import { planVolumes } from './volumes.ts';

/** Plans `up`: images first, then networks and volumes, then services in start order. */
export function planUp(input: PlanInput, desired: Desired, request: UpRequest, builder: PlanBuilder): void {
  planVersions({ input, desired, request, builder, pasts: new Map() });
}

/** Plans an `up` in which some services are versions that ran before, as `desired` has them. */
export function planVersions(planning: Pick<Up, 'input' | 'desired' | 'request' | 'builder' | 'pasts'>): void {
  const { input, desired, request, builder } = planning;
  const selection = selectServices(desired, request, builder);
  const fleet = gatherFleet(input.observed);
  const placed = placeServices({
    stack: input.stack,
    desired,
    observed: input.observed,
    fleet,
    services: selection.services,
    rebalance: request.rebalance ?? false,
    leaveDataBehind: request.leaveDataBehind ?? false,
  });
  for (const notice of placed.notices) builder.notice(notice);
  for (const refusal of placed.refusals) builder.refuse(refusal);
  const { assignments, held } = placed;
  const context = { ...planning, selection, fleet, assignments, held, jobs: jobsOf(desired) };
  const up: Up = { ...context, returned: removeReturned(context) };
  for (const service of selection.services) refuseCrowding({ up, service });
  const images = planImages(up);
  const networks = planNetworks(up);
  const volumes = planVolumes(up);
  const orphans = planOrphans(builder, findOrphans(input, desired), request);
  const settled = planServices({ up, images, networks, volumes, orphans });
  if (request.wait && request.start) for (const service of settled.values()) awaitService(up, service);
  noticeEnded(up);
}

/** `--wait`: every replica is proven, every job completes. */
function awaitService(up: Up, { service, replicas, isHalted }: Settled): void {
  if (isHalted) return;
  const isJob = up.jobs.has(service.name);
  for (const replica of replicas) {
    if (isSatisfied(replica, isJob)) continue;
    const image = replica.engine.images.get(service.container.image);
    const until = isJob ? 'completed' : proofOf(service.container, image);
    addWait(up.builder, replica, {
      service: service.name,
      spec: service.container,
      until,
      reason: '--wait was asked for',
    });
  }
}

function isSatisfied({ kept, container }: Replica, isJob: boolean): boolean {
  if (container === undefined) return true;
  if (kept === undefined) return false;
  if (isJob) return kept.state === 'exited' && kept.exitCode === 0;
  return !isLive(kept) || (kept.state === 'running' && (kept.health === 'none' || kept.health === 'healthy'));
}

/** Mentions containers that this run started and that have ended since. */
function noticeEnded({ input: { observed, history }, jobs, builder }: Up): void {
  for (const container of observed.engines.flatMap(({ containers }) => containers)) {
    if (container.isOneOff || container.state !== 'exited' || !history.freshContainers.has(container.id)) continue;
    if (history.failed.has(container.id) || (jobs.has(container.service) && container.exitCode === 0)) continue;
    builder.notice({
      code: 'ended-after-start',
      address: serviceAddress(container.service),
      message: `${container.name} was started and has exited with code ${container.exitCode}`,
      hint: `see its output with \`stack logs ${container.service}\``,
    });
  }
}
