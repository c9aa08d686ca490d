import type { SwarmLook } from '../../engine/swarm/port.ts';
import type { ObservedSwarmService, SwarmTask } from '../../model/swarm.ts';
import { isWanted, latest, slotOf, taskName } from '../../plan/swarm/standing.ts';

/** What has gone wrong while a service was waited for. */
export interface Trouble {
  /** Ids of tasks that had ended before the wait began: an earlier run's failures are not this one's. */
  before: ReadonlySet<string> | undefined;
  /** Ids of tasks that ended although they should run, by slot. */
  readonly failed: Map<string, Set<string>>;
  /** Since when a slot has had no node, by our own clock. */
  readonly pendingSince: Map<string, number>;
  /** Since when the service has had no task at all. */
  emptySince: number | undefined;
}

/** A task that will not come to run, and why. */
export interface Hopeless {
  readonly message: string;
  readonly task: SwarmTask;
}

/** After so many tasks that ended, a slot is not coming up. */
const maxFailures = 3;
/** While the swarm carries out an update it decides itself what too many failures are. */
const maxUpdateFailures = 10;
/** Nodes come and go; for so long a task without one may still get one. */
const pendingMs = 15_000;

const endings: ReadonlySet<string> = new Set(['failed', 'rejected', 'complete']);

/** The slot that failed for good, or too often. */
export function hopelessTask(
  service: ObservedSwarmService,
  { tasks }: Pick<SwarmLook, 'tasks'>,
  trouble: Trouble,
): Hopeless | undefined {
  const { failed } = trouble;
  const before = (trouble.before ??= new Set(tasks.filter(hasEnded).map(({ id }) => id)));
  for (const [slot, all] of slotsOf(service, tasks)) {
    const ended = all.filter(hasEnded);
    const known = failed.get(slot) ?? new Set();
    for (const { id } of ended) if (!before.has(id)) known.add(id);
    failed.set(slot, known);
    const last = latest(ended);
    if (last === undefined || all.some((task) => isWanted(task) && task.state === 'running')) continue;
    const message = judgeEnd(service, last, { isLast: !all.some(isComing), failures: known.size });
    if (message !== undefined) return { message, task: last };
  }
  return undefined;
}

const hasEnded = ({ state }: SwarmTask): boolean => endings.has(state);

const isComing = (task: SwarmTask): boolean => isWanted(task) && !hasEnded(task);

/** Why a slot whose tasks have ended is given up; `undefined`: another may still do better. */
function judgeEnd(
  service: ObservedSwarmService,
  last: SwarmTask,
  { isLast, failures }: { readonly isLast: boolean; readonly failures: number },
): string | undefined {
  const name = taskName(service, last);
  const mayEnd = service.restart !== 'any';
  if (mayEnd && last.state === 'complete') return undefined;
  if (mayEnd && isLast) return `${name} ${endOf(last)}`;
  const limit = service.updateState === 'updating' ? maxUpdateFailures : maxFailures;
  return failures < limit ? undefined : `${name} does not stay up: ${failures} times it ${endOf(last)}`;
}

/** The slot that has found no node for a while. */
export function longPending(
  service: ObservedSwarmService,
  { tasks }: Pick<SwarmLook, 'tasks'>,
  { pendingSince }: Trouble,
  now: number,
): Hopeless | undefined {
  for (const [slot, all] of slotsOf(service, tasks)) {
    const waiting = latest(all.filter((task) => isWanted(task) && task.state === 'pending' && task.error !== ''));
    if (waiting === undefined) {
      pendingSince.delete(slot);
      continue;
    }
    const since = pendingSince.get(slot) ?? now;
    pendingSince.set(slot, since);
    if (now - since >= pendingMs) return { message: `${taskName(service, waiting)}: ${waiting.error}`, task: waiting };
  }
  return undefined;
}

/** Why a service has long had no task at all; `undefined`: it has some, wants none, or they may still come. */
export function longEmpty(
  service: ObservedSwarmService,
  { tasks }: Pick<SwarmLook, 'tasks'>,
  trouble: Trouble,
  now: number,
): string | undefined {
  const wantsNone = 'replicas' in service.mode && service.mode.replicas === 0;
  if (wantsNone || tasks.some(({ serviceId }) => serviceId === service.id)) {
    trouble.emptySince = undefined;
    return undefined;
  }
  trouble.emptySince ??= now;
  if (now - trouble.emptySince < pendingMs) return undefined;
  if (service.mode.kind.startsWith('global')) return `no node may run ${service.service}: none fits its placement`;
  if (service.restart === 'any') return undefined;
  return `the history of the swarm has no task of ${service.service}: whether it ended well is unknown`;
}

const slotsOf = (service: ObservedSwarmService, tasks: readonly SwarmTask[]): ReadonlyMap<string, SwarmTask[]> =>
  Map.groupBy(
    tasks.filter((task) => task.serviceId === service.id && task.version === service.taskVersion),
    (task) => slotOf(service, task),
  );

function endOf({ state, exitCode, error }: SwarmTask): string {
  if (state === 'complete') return 'ends with code 0';
  if (state === 'rejected') return `was rejected: ${error}`;
  return exitCode === undefined ? `failed: ${error}` : `exited with code ${exitCode}`;
}
