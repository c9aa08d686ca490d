import type { Dependency, Desired, DesiredService } from '../../model/desired.ts';
import { serviceAddress } from '../../model/id.ts';
import type { StepId } from '../../model/plan.ts';
import type { UpRequest } from '../../model/request.ts';
import type { ObservedSwarmService, SwarmServiceSpec } from '../../model/swarm.ts';
import { jobsOf, selectServices } from '../select.ts';
import { compareServices, needsRecreation } from './compare.ts';
import { choosePin, noticePins } from './images.ts';
import { noticeIpvs } from './ipvs.ts';
import { serviceName } from './names.ts';
import { needsOf, planLeftovers, planResources, type ResourceSteps } from './resources.ts';
import { addServiceWait, deadlineOf, findService, isFresh, isGivenUp, onService, type SwarmSite } from './site.ts';
import { failedRun, isForgotten, isUnderWay, standingOf } from './standing.ts';

/** One `up` on a swarm. */
interface Up extends SwarmSite {
  readonly desired: Desired;
  readonly request: UpRequest;
  readonly resources: ResourceSteps;
  readonly jobs: ReadonlySet<string>;
  /** The wait of each service that does not stand yet, and those that this run has given up. */
  readonly waits: Map<string, StepId | 'given up'>;
  readonly changed: Set<string>;
}

/** Plans `up`: networks, configs and secrets, then services stage by stage, each waited for, at last what is left over. */
export function planSwarmUp(site: SwarmSite, desired: Desired, request: UpRequest): void {
  const { builder, history } = site;
  const { services } = selectServices(desired, request, builder);
  refuseScale(site, services, request);
  if (!request.start) refuseNoStart(site);
  const resources = planResources(site, desired, services);
  const up = {
    ...site,
    desired,
    request,
    resources,
    jobs: jobsOf(desired),
    waits: new Map(),
    changed: new Set<string>(),
  };
  for (const service of services) planService(up, service);
  noticePins(
    site,
    services.filter(({ name }) => up.changed.has(name)),
  );
  noticeIpvs(site, services);
  planOrphans(up);
  const isQuiet = up.waits.size === 0 && resources.size === 0 && history.givenUp.length === 0;
  if (isQuiet) planLeftovers(site, desired);
}

function planService(up: Up, service: DesiredService): void {
  const { name } = service;
  if (isGivenUp(up, name) || service.dependsOn.some((it) => it.required && up.waits.get(it.service) === 'given up')) {
    up.waits.set(name, 'given up');
    return;
  }
  const observed = findService(up, name);
  const spec = choosePin(up, { service, desired: up.desired, request: up.request, observed });
  const made = makeService(up, service, spec, observed);
  const until = up.jobs.has(name) || service.swarm?.isJob === true ? 'completed' : 'running';
  const wait = { service: name, serviceId: observed?.id, until, deadlineMs: deadlineOf(spec) } as const;
  if (made !== undefined) {
    up.changed.add(name);
    up.waits.set(name, addServiceWait(up, { ...wait, reasons: made.reasons }, [made.step]));
  } else if (observed !== undefined) {
    const reason = missingOf(up, observed, until);
    if (reason !== undefined)
      up.waits.set(name, addServiceWait(up, { ...wait, reasons: [reason] }, conditionsOf(up, service)));
  }
}

/** How the service stands where that is not as wanted. What the swarm has forgotten cannot be waited for. */
function missingOf(up: Up, observed: ObservedSwarmService, until: 'completed' | 'running'): string | undefined {
  const { isCompleted, isConverged, wanted, text } = standingOf(observed, up.swarm);
  if (until === 'completed' ? isCompleted : isConverged) return undefined;
  if (wanted === 0 || !isForgotten(observed, up.swarm)) return text;
  noticeForgotten(up, observed.service);
  return undefined;
}

function noticeForgotten({ builder }: SwarmSite, service: string): void {
  builder.notice({
    code: 'tasks-forgotten',
    address: serviceAddress(service),
    message: `the history of the swarm has no task of ${service} any more: it is taken as ended well`,
    hint: `run it again with \`stack up --force-recreate ${service}\``,
  });
}

interface Made {
  readonly step: StepId;
  readonly reasons: readonly string[];
}

/** The step that brings the service to what it is to be; `undefined`: it is so. */
function makeService(
  up: Up,
  service: DesiredService,
  spec: SwarmServiceSpec,
  observed: ObservedSwarmService | undefined,
): Made | undefined {
  const { builder, stack, request } = up;
  const name = serviceName(stack, service.name);
  const creation = { name, stack, spec };
  if (observed !== undefined && request.recreate === 'never') return undefined;
  const reasons = observed === undefined ? ['the swarm has no such service'] : reasonsFor(up, observed, spec);
  if (reasons.length === 0) return undefined;
  const head = onService(up, service.name, reasons);
  const after = [...resourcesOf(up, service), ...conditionsOf(up, service)];
  if (observed === undefined)
    return { reasons, step: builder.add({ kind: 'create-swarm-service', ...head, creation }, after) };
  const { id, version } = observed;
  if (needsRecreation(observed, spec)) {
    const removed = builder.add({ kind: 'remove-swarm-service', ...head, id, name }, after);
    return { reasons, step: builder.add({ kind: 'create-swarm-service', ...head, creation }, [removed]) };
  }
  const force = isForced(up, service.name) || toRepeat(up, observed) !== undefined;
  return {
    reasons,
    step: builder.add({ kind: 'update-swarm-service', ...head, id, version, creation, force }, after),
  };
}

function reasonsFor(up: Up, observed: ObservedSwarmService, spec: SwarmServiceSpec): readonly string[] {
  const drift = isFresh(up, observed.service) ? [] : observed.drift;
  const differences = compareServices({ ...observed, drift }, spec, up.swarm.networks);
  const isPaused = isUnderWay(observed) && observed.updateState?.endsWith('paused') === true;
  return [
    ...differences,
    ...(differences.length === 0 && isPaused ? [`its update is paused: ${observed.updateMessage}`] : []),
    ...(isForced(up, observed.service) ? ['--force-recreate was asked for'] : []),
    ...(differences.length === 0 ? (toRepeat(up, observed) ?? []) : []),
  ];
}

/** A run that failed is tried again by the next `up`, as on engines. */
function toRepeat(up: Up, observed: ObservedSwarmService): readonly string[] | undefined {
  const failure = isFresh(up, observed.service) ? undefined : failedRun(observed, up.swarm);
  return failure === undefined ? undefined : [failure];
}

const isForced = (up: Up, service: string): boolean => up.request.recreate === 'always' && !isFresh(up, service);

const resourcesOf = ({ resources }: Up, service: DesiredService): readonly StepId[] =>
  needsOf(service).flatMap((need) => resources.get(need) ?? []);

/**
 * What a service waits for before it is touched: dependencies that do not stand yet. One that it does not require is
 * waited for too, until this run has given it up.
 */
function conditionsOf({ waits }: Up, { dependsOn }: DesiredService): readonly StepId[] {
  return dependsOn.flatMap(({ service }: Dependency) => {
    const wait = waits.get(service);
    return typeof wait === 'number' ? [wait] : [];
  });
}

function planOrphans(up: Up): void {
  const { builder, desired, request, swarm } = up;
  const known = new Set([...desired.services.map(({ name }) => name), ...desired.disabledServices]);
  const orphans = swarm.services.filter(({ service }) => !known.has(service));
  if (orphans.length === 0) return;
  if (!request.removeOrphans) {
    const names = orphans.map(({ name }) => name).toSorted();
    builder.notice({
      code: 'orphans',
      address: undefined,
      message: `services that the stack file does not have: ${names.join(', ')}`,
      hint: 'remove them with --remove-orphans',
    });
    return;
  }
  for (const { id, name, service } of orphans.filter((it) => !isGivenUp(up, it.service))) {
    const head = onService(up, service, ['the stack file has no such service']);
    builder.add({ kind: 'remove-swarm-service', ...head, id, name });
  }
}

function refuseScale({ builder }: SwarmSite, services: readonly DesiredService[], { scale }: UpRequest): void {
  for (const { name, placement } of services) {
    if (placement.mode !== 'global' || !scale.has(name)) continue;
    builder.refuse({
      kind: 'impossible',
      code: 'global-scale',
      address: serviceAddress(name),
      message: 'runs once on every node, so it has no number of replicas',
      hint: 'choose its nodes with deploy.placement.constraints',
    });
  }
}

function refuseNoStart({ builder }: SwarmSite): void {
  builder.refuse({
    kind: 'impossible',
    code: 'no-start',
    address: undefined,
    message: 'a swarm starts what it creates',
    hint: 'leave out --no-start, or create services with no replicas: --scale SERVICE=0',
  });
}
