import { networkAddress, serviceAddress } from '../../model/id.ts';
import type { StepId } from '../../model/plan.ts';
import type { DownRequest, LifecycleRequest, RollbackRequest } from '../../model/request.ts';
import { unreachable } from '../../model/result.ts';
import type { ObservedSwarm, ObservedSwarmService } from '../../model/swarm.ts';
import type { PlanBuilder } from '../builder.ts';
import type { PlanInput } from '../input.ts';
import {
  addServiceWait,
  deadlineOf,
  findService,
  goneMs,
  isFresh,
  isGivenUp,
  onService,
  type SwarmSite,
} from './site.ts';
import { aliveOn } from './standing.ts';
import { planSwarmUp } from './up.ts';

/** The swarm that the plan is for; `undefined`: the target are plain engines. */
export function findSwarm({ observed }: PlanInput): Pick<SwarmSite, 'engine' | 'swarm'> | undefined {
  for (const { name, swarm } of observed.engines) if (swarm !== undefined) return { engine: name, swarm };
  return undefined;
}

/** Plans a request for services of a swarm. */
export function planSwarm(
  input: PlanInput,
  { engine, swarm }: { readonly engine: SwarmSite['engine']; readonly swarm: ObservedSwarm },
  builder: PlanBuilder,
): void {
  const { request, desired, stack, history } = input;
  const site: SwarmSite = { stack, engine, swarm, history, builder };
  switch (request.kind) {
    case 'up':
      if (desired === undefined) throw new Error('up needs a stack file');
      planSwarmUp(site, desired, request);
      return;
    case 'rollback':
      planRollback(site, request);
      return;
    case 'down':
      planDown(site, request);
      return;
    case 'restart':
      planRestart(site, request);
      return;
    case 'start':
    case 'stop':
    case 'pull':
    case 'build':
      refuse(site, refused[request.kind][0], refused[request.kind][1]);
      return;
    default:
      unreachable(request);
  }
}

const unknownState = 'a swarm keeps its services running: there is no stopping and starting';
const scaleDown = 'use `stack scale SERVICE=0`, and `stack up` to go back, or `stack down`';

/** What is no request to a swarm, with what to do instead. */
const refused = {
  start: [unknownState, scaleDown],
  stop: [unknownState, scaleDown],
  pull: [
    'nodes of a swarm pull images themselves when they need them',
    '`stack up --pull always` looks for newer images',
  ],
  build: [
    'an image that is built on a manager is on no other node',
    'build with `--target engines`, then `docker push` it',
  ],
} as const;

function refuse({ builder }: SwarmSite, message: string, hint: string): void {
  builder.refuse({ kind: 'impossible', code: 'not-on-swarm', address: undefined, message, hint });
}

/** The services that were named, or all; refuses names that the stack does not have. */
function chosen(site: SwarmSite, services: readonly string[]): readonly ObservedSwarmService[] {
  if (services.length === 0) return site.swarm.services;
  return services.flatMap((name) => {
    const found = findService(site, name);
    if (found === undefined) {
      const message = 'the swarm has no such service';
      site.builder.refuse({
        kind: 'impossible',
        code: 'unknown-service',
        address: serviceAddress(name),
        message,
        hint: undefined,
      });
    }
    return found ?? [];
  });
}

function planRestart(site: SwarmSite, { services }: LifecycleRequest): void {
  for (const observed of chosen(site, services)) {
    const { id, version, name, service } = observed;
    if (isFresh(site, service) || isGivenUp(site, service)) continue;
    const head = onService(site, service, ['restart was asked for']);
    const step = site.builder.add({ kind: 'restart-swarm-service', ...head, id, version, name });
    settle(site, observed, 'running', { step, reasons: head.reasons });
  }
}

function planRollback(site: SwarmSite, { services }: RollbackRequest): void {
  for (const observed of chosen(site, services)) {
    const { id, version, name, service, hasPrevious } = observed;
    if (isFresh(site, service) || isGivenUp(site, service)) continue;
    if (!hasPrevious) {
      if (services.length > 0) refuseRollback(site, service);
      continue;
    }
    const head = onService(site, service, ['rollback was asked for']);
    const step = site.builder.add({ kind: 'rollback-swarm-service', ...head, id, version, name });
    settle(site, observed, 'rolled-back', { step, reasons: head.reasons });
  }
}

function refuseRollback({ builder }: SwarmSite, service: string): void {
  builder.refuse({
    kind: 'impossible',
    code: 'no-previous',
    address: serviceAddress(service),
    message: 'the swarm remembers no version before this one',
    hint: undefined,
  });
}

function settle(
  site: SwarmSite,
  { id, service, spec }: ObservedSwarmService,
  until: 'running' | 'rolled-back',
  { step, reasons }: { readonly step: StepId; readonly reasons: readonly string[] },
): void {
  const deadlineMs = spec === undefined ? goneMs : deadlineOf(spec);
  addServiceWait(site, { service, serviceId: id, until, reasons, deadlineMs }, [step]);
}

/** Removes services, waits until their tasks are gone, then networks, configs and secrets. */
function planDown(site: SwarmSite, request: DownRequest): void {
  const { builder, engine, swarm } = site;
  refuseData(site, request);
  const services = chosen(site, request.services).filter(({ service }) => !isGivenUp(site, service));
  const gone = services.map(({ id, name, service }) => {
    const head = onService(site, service, ['down was asked for']);
    const step = builder.add({ kind: 'remove-swarm-service', ...head, id, name });
    return addServiceWait(
      site,
      { service, serviceId: id, until: 'gone', reasons: ['down was asked for'], deadlineMs: goneMs },
      [step],
    );
  });
  if (request.services.length > 0) return;
  const left = [...gone, ...waitForLeaving(site)];
  const reasons = ['down was asked for'];
  for (const { id, name, isOwn } of swarm.networks) {
    if (isOwn)
      builder.add({ kind: 'remove-network', engine, address: networkAddress(name), reasons, network: id, name }, left);
  }
  for (const { kind, id, name, isOwn } of swarm.files) {
    if (isOwn)
      builder.add(
        { kind: 'remove-swarm-file', engine, address: `${kind}/${name}`, reasons, file: kind, id, name },
        left,
      );
  }
}

/** Tasks of services that are removed already hold on to their networks. */
function waitForLeaving(site: SwarmSite): readonly StepId[] {
  const { services, tasks, nodes } = site.swarm;
  const known = new Set(services.map(({ id }) => id));
  const isUp = aliveOn(nodes);
  const leaving = new Set(
    tasks.filter((task) => !known.has(task.serviceId) && isUp(task)).map(({ serviceId }) => serviceId),
  );
  return [...leaving]
    .filter((id) => !isGivenUp(site, id))
    .map((id) =>
      addServiceWait(
        site,
        { service: id, serviceId: id, until: 'gone', reasons: ['down was asked for'], deadlineMs: goneMs },
        [],
      ),
    );
}

function refuseData(site: SwarmSite, { removeVolumes, removeImages }: DownRequest): void {
  if (removeVolumes)
    refuse(
      site,
      'volumes are on the nodes, where a manager cannot remove them',
      'leave out --volumes; on each node `docker volume rm` removes one',
    );
  if (removeImages !== 'none')
    refuse(
      site,
      'images are on the nodes, where a manager cannot remove them',
      'leave out --rmi; on each node `docker image prune` removes what is not used',
    );
}
