import type { SwarmLook } from '../../engine/swarm/port.ts';
import type { ObservedSwarmService, SwarmTask } from '../../model/swarm.ts';
import { isWanted, latest, slotOf, taskName } from '../../plan/swarm/standing.ts';

/** What has gone wrong while a service was waited for. */
export interface Trouble {
  /** Ids of tasks that ended although they should run, by slot. */
  readonly failed: Map<string, Set<string>>;
  /** Since when a slot has had no node, by our own clock. */
  readonly pendingSince: Map<string, number>;
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
  { failed }: Trouble,
): Hopeless | undefined {
  for (const [slot, all] of slotsOf(service, tasks)) {
    const ended = all.filter(({ state }) => endings.has(state));
    const known = failed.get(slot) ?? new Set();
    for (const { id } of ended) known.add(id);
    failed.set(slot, known);
    const last = latest(ended);
    if (last === undefined || all.some((task) => isWanted(task) && task.state === 'running')) continue;
    const message = judgeEnd(service, last, { isLast: !all.some(isComing), failures: known.size });
    if (message !== undefined) return { message, task: last };
  }
  return undefined;
}

const isComing = (task: SwarmTask): boolean => isWanted(task) && !endings.has(task.state);

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

const slotsOf = (service: ObservedSwarmService, tasks: readonly SwarmTask[]): ReadonlyMap<string, SwarmTask[]> =>
  Map.groupBy(
    tasks.filter((task) => task.serviceId === service.id && task.version === service.taskVersion),
    slotOf,
  );

function endOf({ state, exitCode, error }: SwarmTask): string {
  if (state === 'complete') return 'ends with code 0';
  if (state === 'rejected') return `was rejected: ${error}`;
  return exitCode === undefined ? `failed: ${error}` : `exited with code ${exitCode}`;
}
