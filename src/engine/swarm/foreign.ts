import type { Healthcheck, Pairs } from '../../model/container.ts';
import type { UpdatePolicy } from '../../model/desired.ts';
import type { ForeignSwarmService } from '../../model/swarm.ts';
import { at, listAt, numberAt, objectOf, pairsAt, textAt, textsAt } from '../read/answer.ts';
import { label } from './labels.ts';

/** What a service that we did not make says of itself, in the words of the stack file. */
export function readForeignService(answer: unknown): ForeignSwarmService {
  const spec = at(answer, 'Spec');
  const task = at(spec, 'TaskTemplate');
  const container = at(task, 'ContainerSpec');
  const [limits, reserved] = [at(task, 'Resources', 'Limits'), at(task, 'Resources', 'Reservations')];
  return {
    container: {
      image: new Map(pairsAt(spec, 'Labels')).get(label.image) ?? textAt(container, 'Image'),
      command: listIfAny(container, 'Args'),
      entrypoint: listIfAny(container, 'Command'),
      environment: environmentOf(textsAt(container, 'Env')),
      labels: usersOwn(pairsAt(container, 'Labels')),
      workingDir: textAt(container, 'Dir') || undefined,
      user: textAt(container, 'User') || undefined,
      hostname: textAt(container, 'Hostname') || undefined,
      healthcheck: healthcheckOf(at(container, 'Healthcheck')),
      ports: listAt(spec, 'EndpointSpec', 'Ports').map(portOf),
    },
    cpuNanos: positiveAt(limits, 'NanoCPUs'),
    memoryBytes: positiveAt(limits, 'MemoryBytes'),
    pidsLimit: positiveAt(limits, 'Pids'),
    reservations: { cpuNanos: positiveAt(reserved, 'NanoCPUs'), memoryBytes: positiveAt(reserved, 'MemoryBytes') },
    placement: {
      constraints: textsAt(task, 'Placement', 'Constraints').map((it) => it.replace(/\s*([!=]=)\s*/, '$1')),
      preferences: listAt(task, 'Placement', 'Preferences').map((it) => textAt(it, 'Spread', 'SpreadDescriptor')),
      maxReplicasPerNode: positiveAt(at(task, 'Placement'), 'MaxReplicas'),
    },
    update: policyOf(at(spec, 'UpdateConfig')),
    rollback: policyOf(at(spec, 'RollbackConfig')),
    endpointMode: textAt(spec, 'EndpointSpec', 'Mode') === 'dnsrr' ? 'dnsrr' : 'vip',
    labels: usersOwn(pairsAt(spec, 'Labels')),
    networkIds: listAt(task, 'Networks').map((it) => textAt(it, 'Target')),
    mounts: listAt(container, 'Mounts').map(mountText),
    files: [
      ...listAt(container, 'Configs').map((it) => ({ kind: 'config', name: textAt(it, 'ConfigName') }) as const),
      ...listAt(container, 'Secrets').map((it) => ({ kind: 'secret', name: textAt(it, 'SecretName') }) as const),
    ],
  };
}

const listIfAny = (value: unknown, key: string): readonly string[] | undefined =>
  listAt(value, key).length === 0 ? undefined : textsAt(value, key);

function environmentOf(entries: readonly string[]): Pairs {
  return entries
    .filter((entry) => entry.includes('='))
    .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const usersOwn = (labels: Pairs): Pairs => labels.filter(([name]) => !name.startsWith('com.docker.stack.'));

/** The API leaves out what is not limited, or says 0. */
function positiveAt(value: unknown, key: string): number | undefined {
  const number = numberAt(value, key);
  return number > 0 ? number : undefined;
}

const millisAt = (value: unknown, key: string): number | undefined => {
  const nanos = positiveAt(value, key);
  return nanos === undefined ? undefined : nanos / 1e6;
};

function healthcheckOf(check: unknown): Healthcheck | undefined {
  const test = textsAt(check, 'Test');
  if (Object.keys(objectOf(check)).length === 0) return undefined;
  if (test[0] === 'NONE') return { kind: 'disabled' };
  return {
    kind: 'command',
    test: test.length === 0 ? undefined : test,
    intervalMs: millisAt(check, 'Interval'),
    timeoutMs: millisAt(check, 'Timeout'),
    retries: positiveAt(check, 'Retries'),
    startPeriodMs: millisAt(check, 'StartPeriod'),
    startIntervalMs: millisAt(check, 'StartInterval'),
  };
}

function portOf(port: unknown): ForeignSwarmService['container']['ports'][number] {
  const published = positiveAt(port, 'PublishedPort');
  return {
    target: numberAt(port, 'TargetPort'),
    protocol: textAt(port, 'Protocol') || 'tcp',
    hostIp: undefined,
    published: published === undefined ? undefined : { from: published, to: published },
    mode: textAt(port, 'PublishMode') === 'host' ? 'host' : 'ingress',
  };
}

function policyOf(policy: unknown): UpdatePolicy {
  const [action, order] = [textAt(policy, 'FailureAction'), textAt(policy, 'Order')];
  const ratio = at(policy, 'MaxFailureRatio');
  return {
    order: order === 'start-first' || order === 'stop-first' ? order : undefined,
    parallelism: at(policy, 'Parallelism') === undefined ? undefined : numberAt(policy, 'Parallelism'),
    delayMs: millisAt(policy, 'Delay'),
    monitorMs: millisAt(policy, 'Monitor'),
    maxFailureRatio: typeof ratio === 'number' && ratio > 0 ? ratio : undefined,
    failureAction: action === 'rollback' || action === 'pause' || action === 'continue' ? action : undefined,
  };
}

/** `app_data:/var/lib/data:ro`, a memory file system as `tmpfs:/run`. */
function mountText(mount: unknown): string {
  const source = textAt(mount, 'Type') === 'tmpfs' ? 'tmpfs' : textAt(mount, 'Source');
  const mode = at(mount, 'ReadOnly') === true ? ':ro' : '';
  return `${source === '' ? '' : `${source}:`}${textAt(mount, 'Target')}${mode}`;
}
