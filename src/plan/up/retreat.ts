import type { RecordedVersion } from '../../model/container.ts';
import { serviceAddress } from '../../model/id.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import { compareContainerSpecs } from '../compare/container.ts';
import type { PastVersion } from './context.ts';
import { missingFor, siteAt } from './replica/past.ts';
import { isSameVersion, versionOf } from './replica/previous.ts';
import { planReplica } from './replica/replica.ts';
import { restoreReplica } from './replica/restore.ts';
import type { Replica, ReplicaSite, ServiceSite } from './site.ts';

/** The version that a service goes back to because its update failed. */
export interface Retreat {
  readonly version: RecordedVersion;
  readonly previous: PastVersion['previous'];
}

/** What slots of one service hold. */
export interface SlotView {
  readonly containers: readonly ObservedContainer[];
  /** Its change failed for good in this run. */
  readonly isGivenUp: boolean;
}

/**
 * Whether updates go on although slots failed: `failure_action: continue` says so, and `max_failure_ratio` allows as
 * many of all slots.
 */
export function isTolerated({ update }: ServiceSite['service'], slots: readonly SlotView[]): boolean {
  const failed = slots.filter(({ isGivenUp }) => isGivenUp).length;
  return update.failureAction === 'continue' || failed <= (update.maxFailureRatio ?? 0) * slots.length;
}

/**
 * What the replicas that were updated already go back to: the version that a slot whose update failed keeps.
 * `undefined` if the service stays as it is, or if going back failed and is not to be tried with others.
 */
export function findRetreat(site: ServiceSite, slots: readonly SlotView[]): Retreat | undefined {
  const { service, up } = site;
  if ((service.update.failureAction ?? 'rollback') !== 'rollback' || isTolerated(service, slots)) return undefined;
  const kept = slots
    .filter(({ isGivenUp }) => isGivenUp)
    .map(({ containers }) => containers.find(({ id, spec }) => spec !== undefined && !up.input.history.failed.has(id)));
  const isOld = (it: ObservedContainer | undefined): boolean =>
    it?.spec !== undefined && compareContainerSpecs(it.spec, service.container).length > 0;
  const stuck = kept.filter((it) => it !== undefined && !isOld(it)).length;
  const { failureAction, maxFailureRatio = 0 } = service.rollback;
  if (stuck > maxFailureRatio * slots.length && failureAction !== 'continue') return undefined;
  const old = kept.find(isOld);
  const version = old && versionOf(old);
  if (version === undefined) return undefined;
  const missing = missingFor(site, version);
  if (missing.length === 0) return { version, previous: old?.previous };
  up.builder.notice({
    code: 'rollback-impossible',
    address: serviceAddress(service.name),
    message: `replicas of ${service.name} that are updated already stay so: the version before needs ${missing.join(', ')}`,
    hint: undefined,
  });
  return undefined;
}

/** Takes a slot that was updated back to the version before; others keep what they have. */
export function retreatReplica(site: ReplicaSite, { version, previous }: Retreat): Replica {
  const isUpdated = site.containers.some(
    (it) => it.previous !== undefined && it.previous !== 'went-back' && isSameVersion(it.previous, version),
  );
  if (site.isGivenUp || !isUpdated) return restoreReplica(site);
  const because = 'rolled back: the update of another replica failed';
  return planReplica(siteAt(site, version, { because, previous }));
}
