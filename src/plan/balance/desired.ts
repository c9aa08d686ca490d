import { balancedBy } from '../../model/balancing.ts';
import type { ContainerSpec } from '../../model/container.ts';
import type { Desired, DesiredService } from '../../model/desired.ts';
import { isInSwarmOf } from '../../model/membership.ts';
import type { Observed } from '../../model/observed.ts';
import type { Request } from '../../model/request.ts';
import { compareText } from '../fleet.ts';
import { isFixed } from '../host-ports.ts';
import type { PlanInput } from '../input.ts';
import { unmetConstraint } from '../placement/constraints.ts';
import { isShareable, withoutShared } from './ports.ts';
import { balancerName, balancerOf, withoutAppProtocol } from './service.ts';

/**
 * What is planned where balancers are needed: a service that has one leaves its ports to it, and it is one service more.
 * A request that names the service means its balancer too.
 */
export function withBalancers(input: PlanInput): PlanInput {
  const { desired, observed } = input;
  const request = namingBalancers(input.request, observed);
  if (desired === undefined || desired.swarmFiles !== undefined) return { ...input, request };
  const hasManyEngines = observed.engines.length > 1;
  const services = desired.services.flatMap((service) =>
    needsBalancer(input, service)
      ? [behindBalancer(service), balancerOf(service, desired, hasManyEngines)]
      : [published(service)],
  );
  const disabledServices = [...desired.disabledServices, ...unwanted(desired, services, observed)];
  const sorted = services.toSorted((a, b) => compareText(a.name, b.name));
  return { ...input, request, desired: { ...desired, services: sorted, disabledServices } };
}

/**
 * Whether a balancer publishes the service's ports: where replicas would fight for them, and where an update is to
 * start the new container beside the old one. One that is there stays, so that scaling to one replica and back
 * recreates nothing, and goes with the last replica.
 */
function needsBalancer({ observed, request }: PlanInput, service: DesiredService): boolean {
  const { ports, network } = service.container;
  if (!ports.some(isShareable) || network.kind !== 'networks') return false;
  if (request.kind === 'up' && replicasOf(service, request) === 0) return false;
  const containers = observed.engines.flatMap((engine) => engine.containers);
  if (containers.some((container) => balancedBy(container) === service.name)) return true;
  if (!canReachAll(service, observed)) return false;
  // Who may not be made anew keeps the port.
  const mayChange = request.kind !== 'up' || request.recreate !== 'never';
  return wantsBalancer(service, request) && (mayChange || !containers.some((it) => it.service === service.name));
}

/** A balancer reaches replicas on other engines where all are of one swarm. Elsewhere each engine has a replica of its own. */
function canReachAll({ placement }: DesiredService, { engines }: Observed): boolean {
  const [first, ...rest] = engines.filter((engine) => unmetConstraint(placement, engine) === undefined);
  return first === undefined || rest.every((engine) => isInSwarmOf(engine, first));
}

/** By what the file and the request say alone, of a service that has a port for one. */
function wantsBalancer(service: DesiredService, request: Request): boolean {
  const { container, update } = service;
  const replicas = replicasOf(service, request);
  if (replicas > 1) return true;
  const isHeld = container.ports.some((port) => isFixed(port) && !isShareable(port));
  return replicas > 0 && update.order === 'start-first' && !isHeld && !hasFixedAddress(container);
}

/** How many are asked for. A service that is everywhere has one on each engine, whatever number it says. */
function replicasOf({ name, replicas, placement }: DesiredService, request: Request): number {
  if (placement.mode === 'global') return 1;
  return (request.kind === 'up' ? request.scale.get(name) : undefined) ?? replicas;
}

const hasFixedAddress = ({ network }: ContainerSpec): boolean =>
  network.kind === 'networks' && network.attachments.some((it) => it.ipv4Address ?? it.ipv6Address ?? it.macAddress);

const behindBalancer = (service: DesiredService): DesiredService => ({
  ...published(service),
  container: withoutShared(published(service).container),
  balancedPorts: service.container.ports.filter(isShareable).map(withoutAppProtocol),
});

/** What is spoken at a port is no concern of an engine. */
const published = (service: DesiredService): DesiredService =>
  service.container.ports.every(({ appProtocol }) => appProtocol === undefined)
    ? service
    : { ...service, container: { ...service.container, ports: service.container.ports.map(withoutAppProtocol) } };

/** Balancers that stand in front of services of the file that need none any more: no orphans of the person's making. */
function unwanted(desired: Desired, services: readonly DesiredService[], { engines }: Observed): readonly string[] {
  const known = new Set([...desired.services.map(({ name }) => name), ...desired.disabledServices]);
  const standing = engines.flatMap(({ containers }) =>
    containers.flatMap((container) => {
      const served = balancedBy(container);
      return served !== undefined && known.has(served) ? [container.service] : [];
    }),
  );
  return [...new Set(standing)].filter((name) => !services.some((service) => service.name === name)).toSorted();
}

function namingBalancers(request: Request, observed: Observed): Request {
  const isMeant = request.kind === 'down' || request.kind === 'stop' || request.kind === 'start';
  if (!isMeant || request.services.length === 0) return request;
  const containers = observed.engines.flatMap((engine) => engine.containers);
  const balancers = containers.flatMap((container) => {
    const served = balancedBy(container);
    return served !== undefined && request.services.includes(served) ? [container.service] : [];
  });
  return { ...request, services: [...new Set([...request.services, ...balancers])] };
}

/** Services whose balancer would have the name of another service of the file. */
export const findClashes = ({ services }: Desired): readonly DesiredService[] =>
  services.filter(
    ({ name, balancedPorts }) =>
      balancedPorts !== undefined &&
      services.some((other) => other.name === balancerName(name) && other.balancer === undefined),
  );
