import { canonicalJson } from '../../model/canonical.ts';
import type { UpdatePolicy } from '../../model/desired.ts';
import type { SwarmCreation } from '../../model/plan.ts';
import type { SwarmMode, SwarmServiceSpec } from '../../model/swarm.ts';
import { type Body, byNameIfAny, ifAny } from '../write/body.ts';
import { label, serviceLabels, sha256 } from './labels.ts';
import { containerSpecBody, nanos, type SwarmIds } from './task-body.ts';

/** `ServiceSpec` of `POST /services/create` and `/services/{id}/update`. */
export function serviceBody(creation: SwarmCreation, ids: SwarmIds): Body {
  const { name, stack, spec } = creation;
  const container = containerSpecBody({ stack, spec, ids });
  const task = {
    Resources: resourcesBody(spec),
    RestartPolicy: restartBody(spec),
    Networks: networksBody(creation, ids),
    LogDriver: logDriverBody(spec),
  };
  const endpoint = endpointBody(spec);
  // What makes another task of it; where it may run, and how many there are, does not.
  const version = sha256(canonicalJson({ container, ...task, endpoint })).slice(0, 16);
  const labels = { ...(container['Labels'] as Readonly<Record<string, string>>), [label.version]: version };
  return {
    Name: name,
    Labels: serviceLabels(stack, spec),
    TaskTemplate: { ContainerSpec: { ...container, Labels: labels }, ...task, Placement: placementBody(spec) },
    Mode: modeBody(spec.mode),
    UpdateConfig: isJob(spec) ? undefined : policyBody(spec.update),
    RollbackConfig: isJob(spec) ? undefined : policyBody(spec.rollback),
    EndpointSpec: endpoint,
  };
}

const isJob = ({ mode }: SwarmServiceSpec): boolean => mode.kind.endsWith('-job');

function modeBody(mode: SwarmMode): Body {
  switch (mode.kind) {
    case 'replicated':
      return { Replicated: { Replicas: mode.replicas } };
    case 'replicated-job':
      return { ReplicatedJob: { MaxConcurrent: mode.replicas, TotalCompletions: mode.replicas } };
    case 'global':
      return { Global: {} };
    case 'global-job':
      return { GlobalJob: {} };
  }
}

function resourcesBody({ container: { resources }, reservations }: SwarmServiceSpec): Body | undefined {
  const limits = { NanoCPUs: resources.cpuNanos, MemoryBytes: resources.memoryBytes, Pids: resources.pidsLimit };
  const reserved = {
    NanoCPUs: reservations.cpuNanos,
    MemoryBytes: reservations.memoryBytes,
    GenericResources: ifAny(
      reservations.generic.map(({ kind, value }) => ({ DiscreteResourceSpec: { Kind: kind, Value: value } })),
    ),
  };
  const [Limits, Reservations] = [unlessEmpty(limits), unlessEmpty(reserved)];
  return unlessEmpty({ Limits, Reservations });
}

const unlessEmpty = (body: Body): Body | undefined =>
  Object.values(body).every((value) => value === undefined) ? undefined : body;

function restartBody({ restart }: SwarmServiceSpec): Body {
  return {
    Condition: restart.condition,
    Delay: nanos(restart.delayMs),
    MaxAttempts: restart.maxAttempts,
    Window: nanos(restart.windowMs),
  };
}

function placementBody({ placement }: SwarmServiceSpec): Body | undefined {
  return unlessEmpty({
    Constraints: ifAny(placement.constraints),
    Preferences: ifAny(placement.preferences.map((key) => ({ Spread: { SpreadDescriptor: key } }))),
    MaxReplicas: placement.maxReplicasPerNode,
    Platforms: ifAny(
      placement.platforms.map((platform) => {
        const [OS = '', Architecture = ''] = platform.split('/');
        return { OS, Architecture };
      }),
    ),
  });
}

function networksBody({ name, stack, spec }: SwarmCreation, { networks }: SwarmIds): unknown {
  const { network } = spec.container;
  if (network.kind === 'engine') return [{ Target: network.mode }];
  if (network.kind !== 'networks') return undefined;
  const names = new Map(spec.networkNames);
  return ifAny(
    network.attachments.map((attachment) => {
      const target = names.get(attachment.network) ?? attachment.network;
      const own = name.slice(stack.length + 1);
      return {
        Target: networks.get(target) ?? target,
        Aliases: [...new Set([own, ...attachment.aliases])],
        DriverOpts: byNameIfAny(attachment.driverOpts),
      };
    }),
  );
}

function logDriverBody({ container: { logging } }: SwarmServiceSpec): Body | undefined {
  if (logging?.driver === undefined) return undefined;
  return { Name: logging.driver, Options: byNameIfAny(logging.options) };
}

function endpointBody({ container: { ports, network }, endpointMode }: SwarmServiceSpec): Body | undefined {
  if (network.kind === 'engine' && ports.length === 0) return undefined;
  return {
    Mode: endpointMode,
    Ports: ifAny(
      ports
        .map(({ protocol, target, published, mode }) => ({
          Protocol: protocol,
          TargetPort: target,
          PublishedPort: published?.from,
          PublishMode: mode,
        }))
        .toSorted((a, b) => (a.PublishedPort ?? 0) - (b.PublishedPort ?? 0) || a.TargetPort - b.TargetPort),
    ),
  };
}

/** What is not said is the swarm's own default. */
function policyBody(policy: UpdatePolicy): Body | undefined {
  const { order, parallelism, delayMs, monitorMs, maxFailureRatio, failureAction } = policy;
  if (Object.values(policy).every((value) => value === undefined)) return undefined;
  return {
    Parallelism: parallelism ?? 1,
    Delay: nanos(delayMs),
    FailureAction: failureAction,
    Monitor: nanos(monitorMs),
    MaxFailureRatio: maxFailureRatio,
    Order: order,
  };
}
