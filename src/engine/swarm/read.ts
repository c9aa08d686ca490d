import { networkId } from '../../model/id.ts';
import type {
  ObservedSwarmFile,
  ObservedSwarmNetwork,
  ObservedSwarmService,
  SwarmMode,
  SwarmNode,
  SwarmTask,
  UpdateState,
} from '../../model/swarm.ts';
import type { SwarmRestart } from '../../model/target.ts';
import { at, listAt, numberAt, pairsAt, textAt } from '../read/answer.ts';
import { readForeignService } from './foreign.ts';
import { label, recordedService } from './labels.ts';

/** Reads one service of `GET /services?status=true`, all but its drift. */
export function readService(answer: unknown, stack: string): ObservedSwarmService {
  const labels = pairsAt(answer, 'Spec', 'Labels');
  const name = textAt(answer, 'Spec', 'Name');
  const task = at(answer, 'Spec', 'TaskTemplate');
  const spec = recordedService(labels);
  const specs = [at(answer, 'Spec'), at(answer, 'PreviousSpec')];
  return {
    id: textAt(answer, 'ID'),
    name,
    service: name.startsWith(`${stack}_`) ? name.slice(stack.length + 1) : name,
    version: numberAt(answer, 'Version', 'Index'),
    updatedAt: textAt(answer, 'UpdatedAt'),
    ...(spec === undefined ? { spec, foreign: readForeignService(answer) } : { spec }),
    drift: [],
    imageAsWritten: new Map(labels).get(label.image) ?? '',
    mode: readMode(at(answer, 'Spec', 'Mode')),
    taskVersion: versionOf(task, numberAt(answer, 'JobStatus', 'JobIteration', 'Index')),
    restart: restartOf(textAt(task, 'RestartPolicy', 'Condition')),
    updateState: updateStateOf(textAt(answer, 'UpdateStatus', 'State')),
    updateMessage: textAt(answer, 'UpdateStatus', 'Message'),
    wantedTasks: numberAt(answer, 'ServiceStatus', 'DesiredTasks'),
    completedTasks: numberAt(answer, 'ServiceStatus', 'CompletedTasks'),
    hasPrevious: at(answer, 'PreviousSpec') !== undefined && at(answer, 'PreviousSpec') !== null,
    fileIds: specs.flatMap((spec) => filesOf(spec)),
  };
}

/** Reads one task of `GET /tasks`. */
export function readTask(answer: unknown): SwarmTask {
  const status = at(answer, 'Status');
  const exitCode = at(status, 'ContainerStatus', 'ExitCode');
  return {
    id: textAt(answer, 'ID'),
    serviceId: textAt(answer, 'ServiceID'),
    slot: numberAt(answer, 'Slot'),
    nodeId: textAt(answer, 'NodeID'),
    state: textAt(status, 'State'),
    desiredState: textAt(answer, 'DesiredState'),
    since: textAt(status, 'Timestamp'),
    createdAt: textAt(answer, 'CreatedAt'),
    error: textAt(status, 'Err'),
    exitCode: typeof exitCode === 'number' ? exitCode : undefined,
    containerId: textAt(status, 'ContainerStatus', 'ContainerID'),
    image: textAt(answer, 'Spec', 'ContainerSpec', 'Image'),
    version: versionOf(at(answer, 'Spec'), numberAt(answer, 'JobIteration', 'Index')),
    ports: listAt(status, 'PortStatus', 'Ports').map((port) => ({
      published: numberAt(port, 'PublishedPort'),
      target: numberAt(port, 'TargetPort'),
      protocol: textAt(port, 'Protocol'),
    })),
  };
}

/** Reads one node of `GET /nodes`. */
export function readNode(answer: unknown): SwarmNode {
  return {
    id: textAt(answer, 'ID'),
    hostname: textAt(answer, 'Description', 'Hostname'),
    state: textAt(answer, 'Status', 'State'),
    availability: textAt(answer, 'Spec', 'Availability'),
  };
}

/** Reads one network of `GET /networks`. */
export function readSwarmNetwork(answer: unknown, stack: string): ObservedSwarmNetwork {
  return {
    id: networkId(textAt(answer, 'Id')),
    name: textAt(answer, 'Name'),
    scope: textAt(answer, 'Scope'),
    isOwn: new Map(pairsAt(answer, 'Labels')).get(label.namespace) === stack,
  };
}

/** Reads one item of `GET /configs` or `GET /secrets`. */
export function readFile(kind: ObservedSwarmFile['kind'], answer: unknown, stack: string): ObservedSwarmFile {
  const labels = new Map(pairsAt(answer, 'Spec', 'Labels'));
  const isOwn = labels.get(label.namespace) === stack;
  return {
    kind,
    id: textAt(answer, 'ID'),
    name: textAt(answer, 'Spec', 'Name'),
    isOwn,
    isOurs: isOwn && labels.has(label.file),
  };
}

/** A task is of its service's version if both were made of one template, forced equally often, in one run of a job. */
function versionOf(task: unknown, iteration: number): string {
  const version = new Map(pairsAt(task, 'ContainerSpec', 'Labels')).get(label.version) ?? '';
  return `${version}#${numberAt(task, 'ForceUpdate')}#${iteration}`;
}

function filesOf(spec: unknown): readonly string[] {
  const container = at(spec, 'TaskTemplate', 'ContainerSpec');
  return [
    ...listAt(container, 'Configs').map((file) => textAt(file, 'ConfigID')),
    ...listAt(container, 'Secrets').map((file) => textAt(file, 'SecretID')),
  ];
}

function readMode(mode: unknown): SwarmMode {
  if (at(mode, 'Global') !== undefined) return { kind: 'global' };
  if (at(mode, 'GlobalJob') !== undefined) return { kind: 'global-job' };
  const job = at(mode, 'ReplicatedJob');
  if (job !== undefined) return { kind: 'replicated-job', replicas: numberAt(job, 'TotalCompletions') };
  return { kind: 'replicated', replicas: numberAt(mode, 'Replicated', 'Replicas') };
}

const restartOf = (word: string): SwarmRestart['condition'] =>
  word === 'none' || word === 'on-failure' ? word : 'any';

const updateStates: readonly UpdateState[] = [
  'updating',
  'paused',
  'completed',
  'rollback_started',
  'rollback_paused',
  'rollback_completed',
];

const updateStateOf = (word: string): UpdateState | undefined => updateStates.find((state) => state === word);

/** The ids of files that the service's body is made of anew, by kind and name. */
export function idsIn(answer: unknown): ReadonlyMap<string, string> {
  const container = at(answer, 'Spec', 'TaskTemplate', 'ContainerSpec');
  return new Map([
    ...listAt(container, 'Configs').map(
      (it) => [`config/${textAt(it, 'ConfigName')}`, textAt(it, 'ConfigID')] as const,
    ),
    ...listAt(container, 'Secrets').map(
      (it) => [`secret/${textAt(it, 'SecretName')}`, textAt(it, 'SecretID')] as const,
    ),
  ]);
}
