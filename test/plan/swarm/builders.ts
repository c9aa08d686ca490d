import type { Desired, DesiredService } from '../../../src/model/desired.ts';
import { networkId } from '../../../src/model/id.ts';
import type { ObservedEngine } from '../../../src/model/observed.ts';
import type { ObservedSwarm, ObservedSwarmService, SwarmTask } from '../../../src/model/swarm.ts';
import type { SwarmSettings } from '../../../src/model/target.ts';
import { wantedSpec } from '../../../src/plan/swarm/wanted.ts';
import { service, stack } from '../../support/builders.ts';

const settings = (overrides: Partial<SwarmSettings> = {}): SwarmSettings => ({
  isJob: false,
  restart: { condition: 'any', delayMs: undefined, maxAttempts: undefined, windowMs: undefined },
  endpointMode: 'vip',
  labels: [],
  reservations: { cpuNanos: undefined, memoryBytes: undefined, generic: [] },
  platforms: [],
  ...overrides,
});

/** A service of the file, read for a swarm. */
export const wanted = (
  overrides: Parameters<typeof service>[0] = {},
  swarm: Partial<SwarmSettings> = {},
): DesiredService => ({ ...service(overrides), swarm: settings(swarm) });

/** The service as the swarm has it once it was made of this one. */
export function made(
  from: DesiredService,
  desired: Desired,
  overrides: Partial<ObservedSwarmService> = {},
): ObservedSwarmService {
  const spec = wantedSpec(from, desired, `${from.container.image}@sha256:${'a'.repeat(64)}`);
  return {
    id: `id-${from.name}`,
    name: `${stack}_${from.name}`,
    service: from.name,
    version: 7,
    updatedAt: '2026-01-01T00:00:00Z',
    spec,
    drift: [],
    imageAsWritten: from.container.image,
    mode: spec.mode,
    taskVersion: 'v1#0#0',
    restart: spec.restart.condition,
    updateState: undefined,
    updateMessage: '',
    wantedTasks: from.replicas,
    completedTasks: 0,
    hasPrevious: false,
    fileIds: [],
    ...overrides,
  };
}

/** A running task of the service that {@link made} makes of `web`. */
export const task = (overrides: Partial<SwarmTask> = {}): SwarmTask => ({
  id: `task-${overrides.serviceId ?? 'id-web'}-${overrides.slot ?? 1}`,
  serviceId: 'id-web',
  slot: 1,
  nodeId: 'node-1',
  state: 'running',
  desiredState: 'running',
  since: '2026-01-01T00:00:01Z',
  createdAt: '2026-01-01T00:00:00Z',
  error: '',
  exitCode: undefined,
  containerId: 'c',
  image: 'nginx:1.27',
  version: 'v1#0#0',
  ports: [],
  ...overrides,
});

/** A swarm of one node with the stack's network and nothing else. */
export const swarm = (overrides: Partial<ObservedSwarm> = {}): ObservedSwarm => ({
  seenAt: '2026-01-01T00:00:10Z',
  services: [],
  tasks: [],
  nodes: [{ id: 'node-1', hostname: 'one', state: 'ready', availability: 'active' }],
  networks: [{ id: networkId('n'), name: `${stack}_default`, scope: 'swarm', isOwn: true }],
  files: [],
  images: new Map([['nginx:1.27', { kind: 'registry', reference: `nginx:1.27@sha256:${'a'.repeat(64)}` }]]),
  hasIpvs: true,
  ...overrides,
});

/** A manager that stands in for the swarm. */
export const manager = (overrides: Partial<ObservedSwarm> = {}): Partial<ObservedEngine> => ({
  swarm: swarm(overrides),
});
