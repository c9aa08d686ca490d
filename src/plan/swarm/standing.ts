import type { ObservedSwarm, ObservedSwarmService, SwarmNode, SwarmTask } from '../../model/swarm.ts';

/** How a service stands at one moment. */
export interface Standing {
  /** Slots that run, or have ended well where that is an end. */
  readonly done: number;
  readonly wanted: number;
  /** As many as wanted, all of this version, nothing on its way out, no update under way. */
  readonly isConverged: boolean;
  /** The same for a service that has to end: every slot has ended well. */
  readonly isCompleted: boolean;
  /** Ids of the tasks that make it so: other ids mean that something was replaced. */
  readonly tasks: readonly string[];
  /** In words: `1 of 3 run; web.2: no suitable node (…)`. */
  readonly text: string;
}

type Look = Pick<ObservedSwarm, 'tasks' | 'nodes'>;

/** States in which a task still holds something on its node. */
const unfinished: ReadonlySet<string> = new Set(['assigned', 'accepted', 'preparing', 'ready', 'starting', 'running']);

/** Judges a service by its tasks. Those on nodes that are down count for nothing: what they do is unknown. */
export function standingOf(service: ObservedSwarmService, { tasks, nodes }: Look): Standing {
  const own = tasks.filter((task) => task.serviceId === service.id);
  const current = own.filter(({ version }) => version === service.taskVersion);
  const slots = [...Map.groupBy(current, (task) => slotOf(service, task)).values()];
  const isUp = aliveOn(nodes);
  const running = current.filter((task) => isWanted(task) && task.state === 'running' && isUp(task));
  const finished = service.restart === 'any' ? [] : slots.flatMap((slot) => endedWell(slot));
  const good = [...running, ...finished];
  const done = isJob(service) ? service.completedTasks : new Set(good.map((task) => slotOf(service, task))).size;
  const leaving = own.filter((task) => !isWanted(task) && unfinished.has(task.state) && isUp(task));
  const outdated = own.filter((task) => isComing(task) && task.version !== service.taskVersion);
  const wanted = wantedOf(service, current);
  const isSettled = !isUnderWay(service) && leaving.length + outdated.length === 0;
  return {
    done,
    wanted,
    isConverged: isSettled && done >= wanted,
    isCompleted: isSettled && completedSlots(service, slots) >= wanted,
    tasks: good.map(({ id }) => id).toSorted(),
    text: describe(service, { done, wanted, leaving: leaving.length, current }),
  };
}

/** So long after a change a manager has made tasks of it, however busy it is. */
const makingMs = 30_000;

/** Whether a service must have had tasks and the history of the swarm has none of them. */
export function isForgotten(
  { id, updatedAt, restart }: ObservedSwarmService,
  { tasks, seenAt }: Pick<ObservedSwarm, 'tasks' | 'seenAt'>,
): boolean {
  if (restart === 'any' || tasks.some(({ serviceId }) => serviceId === id)) return false;
  return Date.parse(seenAt) - Date.parse(updatedAt) > makingMs;
}

/**
 * How the last run of a service that is not started again has failed, where no other run is coming; `undefined`: it
 * has not. Only another update makes the swarm try once more.
 */
export function failedRun(service: ObservedSwarmService, { tasks }: Pick<ObservedSwarm, 'tasks'>): string | undefined {
  if (service.restart === 'any' || isUnderWay(service)) return undefined;
  const current = tasks.filter(({ serviceId, version }) => serviceId === service.id && version === service.taskVersion);
  if (current.some(isComing)) return undefined;
  const slots = [...Map.groupBy(current, (task) => slotOf(service, task)).values()];
  const failed = slots
    .flatMap((slot) => latest(slot) ?? [])
    .find(({ state }) => state === 'failed' || state === 'rejected');
  return failed && `the last run of ${taskName(service, failed)} failed: ${failed.error}`;
}

const ended: ReadonlySet<string> = new Set(['complete', 'failed', 'rejected', 'shutdown', 'orphaned', 'remove']);

/** It runs or is about to. Of a job's earlier run the swarm goes on wanting that it has completed. */
const isComing = (task: SwarmTask): boolean => isWanted(task) && !ended.has(task.state);

/** Whether the swarm still carries out, or has given up, a change of the service. */
export const isUnderWay = ({ updateState }: ObservedSwarmService): boolean =>
  updateState !== undefined && updateState !== 'completed' && updateState !== 'rollback_completed';

/** `web.2`; where a service runs once a node, `web`. */
export const taskName = (service: ObservedSwarmService, { slot }: SwarmTask): string =>
  isGlobal(service) ? service.service : `${service.service}.${slot}`;

/** What stands for one place of a service: its slot, which jobs count from 0, or its node. */
export const slotOf = (service: ObservedSwarmService, { slot, nodeId }: SwarmTask): string =>
  isGlobal(service) ? nodeId : String(slot);

const isGlobal = ({ mode }: ObservedSwarmService): boolean => mode.kind === 'global' || mode.kind === 'global-job';

/** The swarm wants this task to run, now or next. */
export const isWanted = ({ desiredState }: SwarmTask): boolean =>
  desiredState === 'running' || desiredState === 'ready' || desiredState === 'complete';

/** The task made last. */
export function latest(tasks: readonly SwarmTask[]): SwarmTask | undefined {
  return tasks.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
}

/** Whether a task's node answers; a task without a node waits for one. */
export function aliveOn(nodes: readonly SwarmNode[]): (task: SwarmTask) => boolean {
  const down = new Set(nodes.filter(({ state }) => state !== 'ready').map(({ id }) => id));
  return ({ nodeId }) => !down.has(nodeId);
}

const isJob = ({ mode }: ObservedSwarmService): boolean => mode.kind.endsWith('-job');

/** A service of one task a node has at least one, before the swarm has counted. */
function wantedOf(service: ObservedSwarmService, current: readonly SwarmTask[]): number {
  const { mode, wantedTasks } = service;
  if (mode.kind === 'replicated' || mode.kind === 'replicated-job') return mode.replicas;
  const places = current.filter(isWanted).map((task) => slotOf(service, task));
  return Math.max(wantedTasks, new Set(places).size, 1);
}

function endedWell(slot: readonly SwarmTask[]): readonly SwarmTask[] {
  const last = latest(slot);
  return last?.state === 'complete' ? [last] : [];
}

function completedSlots(service: ObservedSwarmService, slots: readonly (readonly SwarmTask[])[]): number {
  if (isJob(service)) return service.completedTasks;
  return slots.filter((slot) => slot.some(({ state }) => state === 'complete')).length;
}

interface Count {
  readonly done: number;
  readonly wanted: number;
  readonly leaving: number;
  readonly current: readonly SwarmTask[];
}

function describe(service: ObservedSwarmService, { done, wanted, leaving, current }: Count): string {
  const trouble = latest(current.filter(({ error }) => error !== ''));
  return [
    `${done} of ${wanted} ${isJob(service) ? 'completed' : 'run'}`,
    ...(leaving === 0 ? [] : [`${leaving} stopping`]),
    ...(trouble === undefined || done >= wanted ? [] : [`${taskName(service, trouble)}: ${trouble.error}`]),
  ].join('; ');
}
