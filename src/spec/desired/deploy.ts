import type { Dependency, Placement, PullPolicy, UpdatePolicy } from '../../model/desired.ts';
import {
  bytesAt,
  durationMsAt,
  entriesOf,
  flagAt,
  limitAt,
  mappingsOf,
  type Node,
  numberAt,
  textsAt,
  wordAt,
} from '../read.ts';
import { find } from '../tree.ts';

/** `scale` says the same as `deploy.replicas`; neither is one replica. */
export function readReplicas(service: Node): number {
  return numberAt(service, 'scale') ?? numberAt(service, 'deploy', 'replicas') ?? 1;
}

export function readPlacement(service: Node): Placement {
  const deploy = find(service, 'deploy');
  return {
    mode: wordAt(deploy, 'mode')?.startsWith('global') === true ? 'global' : 'replicated',
    constraints: textsAt(deploy, 'placement', 'constraints').flatMap((text) => parseConstraint(text) ?? []),
    preferences: mappingsOf(find(deploy, 'placement', 'preferences')).flatMap((item) => wordAt(item, 'spread') ?? []),
    maxReplicasPerNode: limitAt(deploy, 'placement', 'max_replicas_per_node'),
    reserved: readReserved(find(deploy, 'resources', 'reservations')),
  };
}

function readReserved(reservations: Node): Placement['reserved'] {
  const cpuNanos = Math.round((limitAt(reservations, 'cpus') ?? 0) * 1e9);
  const memoryBytes = bytesAt(reservations, 'memory') ?? 0;
  return cpuNanos + memoryBytes > 0 ? { cpuNanos, memoryBytes } : undefined;
}

/** Whether placement knows what a constraint is about: Swarm's words. */
export const isConstraintKey = (key: string): boolean =>
  /^(?:node\.(?:id|hostname|ip|role|platform\.os|platform\.arch|labels\..+)|engine\.labels\..+)$/.test(key);

/** `node.labels.zone == a`; `undefined` for what is no constraint. */
export function parseConstraint(text: string): Placement['constraints'][number] | undefined {
  const match = /^\s*([\w.-]+)\s*(==|!=)\s*(\S[^=!]*)$/.exec(text.slice(0, 1024));
  const [, key = '', operator, value = ''] = match ?? [];
  return operator === '==' || operator === '!=' ? { key, operator, value: value.trimEnd() } : undefined;
}

export function readUpdate(service: Node, attribute: 'update_config' | 'rollback_config'): UpdatePolicy {
  const node = find(service, 'deploy', attribute);
  const order = wordAt(node, 'order');
  const action = wordAt(node, 'failure_action');
  return {
    order: order === 'start-first' || order === 'stop-first' ? order : undefined,
    parallelism: numberAt(node, 'parallelism'),
    delayMs: durationMsAt(node, 'delay'),
    monitorMs: durationMsAt(node, 'monitor'),
    maxFailureRatio: numberAt(node, 'max_failure_ratio'),
    failureAction: action === 'rollback' || action === 'pause' || action === 'continue' ? action : undefined,
  };
}

/** Policies by the age of an image (`daily`, `every_12h`) count as `missing`; the checks say so. */
export function readPullPolicy(service: Node): PullPolicy {
  const word = wordAt(service, 'pull_policy');
  return word === 'always' || word === 'never' || word === 'build' ? word : 'missing';
}

const conditions: ReadonlyMap<string, Dependency['condition']> = new Map([
  ['service_started', 'started'],
  ['service_healthy', 'healthy'],
  ['service_completed_successfully', 'completed'],
]);

/** Sorted by name; dependencies on what has no container of ours are left out. */
export function readDependencies(service: Node, containers: ReadonlySet<string>): readonly Dependency[] {
  return entriesOf(find(service, 'depends_on'))
    .filter(([name]) => containers.has(name))
    .map(([name, { value }]) => ({
      service: name,
      condition: conditions.get(wordAt(value, 'condition') ?? '') ?? 'started',
      restart: flagAt(value, 'restart') ?? false,
      required: flagAt(value, 'required') ?? true,
    }))
    .toSorted((a, b) => (a.service < b.service ? -1 : 1));
}
