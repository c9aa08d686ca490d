import type { ContainerSpec, Mount } from '../../model/container.ts';
import type { Desired, DesiredService, UpdatePolicy } from '../../model/desired.ts';
import type { SwarmMode, SwarmServiceSpec, SwarmVolume } from '../../model/swarm.ts';
import type { SwarmSettings } from '../../model/target.ts';
import { jobsOf } from '../select.ts';
import { volumeKeys } from '../uses.ts';
import { fileName } from './names.ts';

/** What the file's service is to be on a swarm. */
export function wantedSpec(service: DesiredService, desired: Desired, pinnedImage: string): SwarmServiceSpec {
  const { placement, swarm } = service;
  if (swarm === undefined) throw new Error(`service ${service.name} was not read for a swarm`);
  const container = taskSpec(service.container);
  return {
    container,
    pinnedImage,
    mode: modeOf(service, swarm),
    restart: swarm.restart,
    placement: {
      constraints: placement.constraints.map(({ key, operator, value }) => `${key}${operator}${value}`),
      preferences: placement.preferences,
      maxReplicasPerNode: placement.maxReplicasPerNode,
      platforms: swarm.platforms,
    },
    reservations: swarm.reservations,
    update: updateOf(service, hasToEnd(service, desired)),
    rollback: service.rollback,
    endpointMode: swarm.endpointMode,
    labels: swarm.labels,
    networkNames: attachedNames(container, desired),
    volumes: volumesOf(container, desired),
    files: container.files.flatMap(({ kind, source }) => {
      const file = desired.swarmFiles?.find((it) => it.kind === kind && it.key === source);
      return file === undefined ? [] : [{ kind, source, name: fileName(file) }];
    }),
  };
}

/** Only what a task is made of: the scheduler restarts it, and no path of this machine reaches it. */
function taskSpec(container: ContainerSpec): ContainerSpec {
  return {
    ...container,
    restart: { condition: 'no', maxAttempts: undefined },
    expose: [],
    files: container.files.map((file) => ({ ...file, delivery: 'copy', path: undefined })),
  };
}

function modeOf({ placement, replicas }: DesiredService, { isJob }: SwarmSettings): SwarmMode {
  if (placement.mode === 'global') return { kind: isJob ? 'global-job' : 'global' };
  return { kind: isJob ? 'replicated-job' : 'replicated', replicas };
}

/** It is no failure that its tasks end. */
const hasToEnd = ({ name, swarm }: DesiredService, desired: Desired): boolean =>
  swarm?.isJob !== true && (swarm?.restart.condition === 'none' || jobsOf(desired).has(name));

/**
 * Where the file is silent: the new task first unless both cannot be there at once, and back to the version before
 * if it fails, as on engines. For a swarm every task that ends while it is monitored has failed, however it ended:
 * of what has to end it must not judge.
 */
function updateOf(service: DesiredService, isToEnd: boolean): UpdatePolicy {
  const { update } = service;
  if (isToEnd)
    return {
      ...update,
      order: update.order ?? 'stop-first',
      failureAction: update.failureAction ?? 'continue',
      monitorMs: update.monitorMs ?? 1,
    };
  return {
    ...update,
    order: update.order ?? (mayOverlap(service) ? 'start-first' : 'stop-first'),
    failureAction: update.failureAction ?? 'rollback',
  };
}

const mayOverlap = ({ container, placement, swarm }: DesiredService): boolean =>
  placement.maxReplicasPerNode === undefined &&
  swarm?.isJob !== true &&
  container.network.kind === 'networks' &&
  !container.ports.some(({ mode }) => mode === 'host') &&
  !container.volumes.some(isWritable);

const isWritable = (mount: Mount): boolean => (mount.type === 'volume' || mount.type === 'bind') && !mount.readOnly;

function attachedNames({ network }: ContainerSpec, { networks }: Desired): SwarmServiceSpec['networkNames'] {
  if (network.kind === 'engine') return [[network.mode, network.mode]];
  if (network.kind !== 'networks') return [];
  return network.attachments
    .flatMap((attachment) => {
      const found = networks.find(({ key }) => key === attachment.network);
      return found === undefined ? [] : [[found.key, found.name] as const];
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function volumesOf(container: ContainerSpec, desired: Desired): readonly SwarmVolume[] {
  const keys = new Set(volumeKeys(container));
  return desired.volumes
    .filter(({ key }) => keys.has(key))
    .map(({ key, name, external, spec: { driver, driverOpts, labels } }) => ({
      key,
      name,
      external,
      driver,
      driverOpts,
      labels,
    }));
}
