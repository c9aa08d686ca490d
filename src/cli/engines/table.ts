import type { Pairs } from '../../model/container.ts';
import type { SwarmMembership } from '../../model/observed.ts';
import { formatBytes } from '../../model/units.ts';
import { availabilityOf } from '../../plan/placement/availability.ts';
import type { AnsweringEngine, SeenEngine } from './seen.ts';

export const engineHeaders = [
  'NAME',
  'ENDPOINT',
  'STATE',
  'VERSION',
  'CPUS',
  'MEMORY',
  'RESERVED',
  'RUNNING',
  'AVAILABILITY',
  'SWARM',
  'LABELS',
] as const;

/** A row of the table. What an engine that does not answer is like is unknown, and nothing stands there. */
export function engineCells(seen: SeenEngine): readonly string[] {
  const { name, address = '', member } = seen.engine;
  const labels = labelsText(member?.labels ?? []);
  if (seen.kind === 'silent') {
    return [name, address, 'unreachable', '', '', '', '', '', '', '', labels];
  }
  const { info, observed } = seen;
  return [
    name,
    address,
    'ready',
    info.version,
    ofWhole(member?.cpuNanos === undefined ? undefined : String(member.cpuNanos / 1e9), String(info.cpus)),
    ofWhole(
      member?.memoryBytes === undefined ? undefined : formatBytes(member.memoryBytes),
      formatBytes(info.memoryBytes),
    ),
    reservedText(seen),
    runningText(seen),
    availabilityOf(observed),
    swarmText(info.swarm),
    labels,
  ];
}

/** The same as data. */
export function engineFields(seen: SeenEngine): object {
  const { name, address = '', member } = seen.engine;
  const listed = { Name: name, Endpoint: address, Labels: Object.fromEntries(member?.labels ?? []) };
  if (seen.kind === 'silent') return { ...listed, State: 'unreachable', Reason: seen.error.message };
  const { info, observed } = seen;
  return {
    ...listed,
    State: 'ready',
    Version: info.version,
    ApiVersion: info.apiVersion,
    Hostname: info.hostname,
    Os: info.os,
    Arch: info.arch,
    ...loadFields(seen),
    Availability: availabilityOf(observed),
    Swarm: info.swarm === undefined ? null : swarmFields(info.swarm),
  };
}

function loadFields({ engine: { member }, info, observed: { others }, stacks }: AnsweringEngine): object {
  return {
    Cpus: member?.cpuNanos === undefined ? info.cpus : member.cpuNanos / 1e9,
    MemoryBytes: member?.memoryBytes ?? info.memoryBytes,
    Reserved: { Cpus: (others?.cpuNanos ?? 0) / 1e9, MemoryBytes: others?.memoryBytes ?? 0 },
    Running: others?.containers ?? 0,
    Stacks: stacks.map(({ name, states }) => ({ Name: name, Running: states.get('running') ?? 0 })),
  };
}

function swarmFields(swarm: SwarmMembership): object {
  return {
    Id: swarm.clusterId,
    NodeId: swarm.nodeId,
    Address: swarm.nodeAddress,
    Role: swarm.isManager ? 'manager' : 'worker',
    HasQuorum: swarm.isManager ? swarm.hasQuorum : null,
    Availability: swarm.availability ?? null,
    Problem: swarm.problem ?? null,
  };
}

const ofWhole = (part: string | undefined, whole: string): string =>
  part === undefined || part === whole ? whole : `${part} of ${whole}`;

function reservedText({ observed: { others } }: AnsweringEngine): string {
  if (others === undefined || (others.cpuNanos === 0 && others.memoryBytes === 0)) return '-';
  const cpus = others.cpuNanos === 0 ? [] : [`${others.cpuNanos / 1e9} CPUs`];
  const memory = others.memoryBytes === 0 ? [] : [formatBytes(others.memoryBytes)];
  return [...cpus, ...memory].join(', ');
}

/** `4: shop 3, blog 1`. */
function runningText({ observed, stacks }: AnsweringEngine): string {
  const running = stacks.flatMap(({ name, states }) => {
    const count = states.get('running') ?? 0;
    return count === 0 ? [] : [`${name} ${count}`];
  });
  const total = String(observed.others?.containers ?? 0);
  return running.length === 0 ? total : `${total}: ${running.join(', ')}`;
}

function swarmText(swarm: SwarmMembership | undefined): string {
  if (swarm === undefined) return '-';
  const role = swarm.isManager ? 'manager' : 'worker';
  const quorum = swarm.isManager && !swarm.hasQuorum ? ['no quorum'] : [];
  const { availability = 'active' } = swarm;
  return [role, ...quorum, ...(availability === 'active' ? [] : [availability])].join(', ');
}

const labelsText = (labels: Pairs): string => labels.map(([name, value]) => `${name}=${value}`).join(',');
