import type { RecordedVersion } from '../../model/container.ts';
import type { Desired, DesiredService } from '../../model/desired.ts';
import { serviceAddress } from '../../model/id.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { RollbackRequest, UpRequest } from '../../model/request.ts';
import type { PlanBuilder } from '../builder.ts';
import { byPreference, type Fleet, gatherFleet } from '../fleet.ts';
import type { PlanInput } from '../input.ts';
import { canonicalName } from '../names.ts';
import { selectServices } from '../select.ts';
import type { PastVersion } from '../up/context.ts';
import { missingFor, serviceAt } from '../up/replica/past.ts';
import { versionOf } from '../up/replica/previous.ts';
import { planVersions } from '../up/up.ts';

/**
 * Plans `rollback`: an `up` of services as the version before was, by what their containers remember of it.
 *
 * A container that went back remembers that it did, so a run that was killed goes on where it was, and a second one
 * finds nothing to do.
 */
export function planRollback(input: PlanInput, desired: Desired, request: RollbackRequest, builder: PlanBuilder): void {
  const choice = { ...request, withDependencies: false, scale: new Map<string, number>() };
  const chosen = selectServices(desired, choice, builder).services.filter(({ balancer }) => balancer === undefined);
  const fleet = gatherFleet(input.observed);
  const targets = new Map<string, RecordedVersion>();
  for (const service of chosen) {
    const target = targetOf(input.stack, service, fleet);
    if (target !== undefined) targets.set(service.name, target);
    else if (!hasMoved(service, fleet, input)) noticeNothing(service, builder);
  }
  if (targets.size === 0) return;
  const services = desired.services.map((service) => {
    const target = targets.get(service.name);
    return target === undefined ? service : { ...serviceAt(service, target), replicas: slotsOf(service, fleet) };
  });
  refuseMissing({ desired, targets, builder });
  const pasts = new Map([...targets].map(([name, { imageId }]) => [name, { imageId, ...wentBack }] as const));
  planVersions({
    input,
    desired: { ...desired, services },
    request: asUp(request, [...targets.keys()]),
    builder,
    pasts,
  });
}

const wentBack: Omit<PastVersion, 'imageId'> = { because: 'a rollback was asked for', previous: 'went-back' };

/** The version that a replica went back to already; else the one that the first replica remembers. */
function targetOf(stack: string, service: DesiredService, fleet: Fleet): RecordedVersion | undefined {
  const containers = (fleet.get(service.name) ?? [])
    .map(({ container }) => container)
    .toSorted((a, b) => a.slot - b.slot || byPreference(canonicalName(stack, service, a.slot))(a, b));
  const isBack = ({ previous }: ObservedContainer): boolean => previous === 'went-back';
  if (containers.every(isBack)) return undefined;
  const back = containers.find(isBack);
  if (back !== undefined) return versionOf(back);
  return containers.flatMap(({ previous }) => (previous === undefined || previous === 'went-back' ? [] : previous))[0];
}

const slotsOf = ({ name }: DesiredService, fleet: Fleet): number =>
  Math.max(0, ...(fleet.get(name) ?? []).map(({ container }) => container.slot));

/** Whether this run has taken it back already. */
const hasMoved = ({ name }: DesiredService, fleet: Fleet, { history }: PlanInput): boolean =>
  (fleet.get(name) ?? []).some(({ container }) => history.freshContainers.has(container.id));

function noticeNothing({ name }: DesiredService, builder: PlanBuilder): void {
  builder.notice({
    code: 'nothing-to-roll-back',
    address: serviceAddress(name),
    message: `${name} has no version to go back to`,
    hint: undefined,
  });
}

interface Aims {
  readonly desired: Desired;
  readonly targets: ReadonlyMap<string, RecordedVersion>;
  readonly builder: PlanBuilder;
}

function refuseMissing({ desired, targets, builder }: Aims): void {
  for (const service of desired.services) {
    const target = targets.get(service.name);
    const missing = target === undefined ? [] : missingFor({ up: { desired }, service }, target);
    if (missing.length === 0) continue;
    builder.refuse({
      kind: 'impossible',
      code: 'rollback-impossible',
      address: serviceAddress(service.name),
      message: `the version of ${service.name} before needs what the stack file does not have: ${missing.join(', ')}`,
      hint: 'put it back into the file, or take the file of that version and run `stack up`',
    });
  }
}

const asUp = ({ stopTimeoutMs }: RollbackRequest, services: readonly string[]): UpRequest => ({
  kind: 'up',
  services,
  withDependencies: false,
  scale: new Map(),
  recreate: 'changed',
  recreateDependencies: false,
  renewAnonymousVolumes: false,
  pull: 'never',
  build: 'never',
  start: true,
  removeOrphans: false,
  wait: false,
  stopTimeoutMs,
});
