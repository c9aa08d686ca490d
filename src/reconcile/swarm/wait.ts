import { EngineError } from '../../engine/engine.ts';
import type { SwarmLook } from '../../engine/swarm/port.ts';
import type { EngineName } from '../../model/id.ts';
import type { OperationOf } from '../../model/plan.ts';
import type { ObservedSwarmService, SwarmTask } from '../../model/swarm.ts';
import { formatDuration } from '../../model/units.ts';
import { aliveOn, latest, type Standing, standingOf } from '../../plan/swarm/standing.ts';
import type { Clock } from '../clock.ts';
import { hintFor } from './hint.ts';
import { hopelessTask, longEmpty, longPending, type Trouble } from './trouble.ts';
import type { SwarmWatcher } from './watch.ts';

/** A service does not come to stand as it was waited for. `task` is the one whose output may tell why. */
export class ConvergenceError extends Error {
  override readonly name = 'ConvergenceError';
  readonly task: SwarmTask | undefined;
  readonly hint: string | undefined;

  constructor(message: string, task: SwarmTask | undefined) {
    super(message);
    this.task = task;
    this.hint = hintFor(message);
  }
}

export interface SwarmWaiting {
  readonly engine: EngineName;
  readonly operation: OperationOf<'wait-swarm-service'>;
  readonly watcher: SwarmWatcher;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told each time that something is different. */
  readonly report: (text: string) => void;
}

/** Tasks without a healthcheck are taken as good once they ran that long. */
const stableMs = 2000;
/** While an image comes to a node nothing else moves. */
const preparingMs = 600_000;

/** For so long the version before may take to run again before the failure is told. */
const comingBackMs = 30_000;

/** What has been seen so far. */
interface Memory {
  /** Places that were done at most, by the version of the tasks. */
  best: string;
  bestDone: number;
  progressAt: number;
  held: { readonly tasks: string; readonly since: number } | undefined;
  said: string;
  /** Since when the swarm says that it went back. */
  backAt: number | undefined;
  readonly trouble: Trouble;
}

/**
 * Waits until the swarm has made of a service what was asked for.
 *
 * Rejects with {@link ConvergenceError} once that cannot be: the swarm went back or paused, tasks fail again and
 * again, none finds a node, or nothing has moved for the deadline. Rejects with {@link EngineError} if no manager
 * can be asked.
 */
export async function waitForService(waiting: SwarmWaiting): Promise<void> {
  const { operation, watcher, clock, signal, engine } = waiting;
  const memory = begin(clock.now());
  for (;;) {
    if (signal.aborted) throw new EngineError('aborted', engine, 'interrupted');
    const look = await watcher.next(signal);
    if (operation.until === 'gone') {
      if (isGone(waiting, look, memory)) return;
    } else {
      const service = look.services.find(({ name }) => name === operation.name);
      if (service === undefined) throw new ConvergenceError(`${operation.name} was removed meanwhile`, undefined);
      if (judge(waiting, service, look, memory)) return;
    }
    if (clock.now() - memory.progressAt > patience(operation, look))
      throw new ConvergenceError(
        `${memory.said} after ${formatDuration(operation.deadlineMs)} without progress`,
        undefined,
      );
  }
}

const begin = (now: number): Memory => ({
  best: '',
  bestDone: -1,
  progressAt: now,
  held: undefined,
  said: '',
  backAt: undefined,
  trouble: { before: undefined, failed: new Map(), pendingSince: new Map(), emptySince: undefined },
});

/** True if the service stands as wanted; throws what makes it hopeless. */
function judge(
  { operation, clock, report }: SwarmWaiting,
  service: ObservedSwarmService,
  look: SwarmLook,
  memory: Memory,
): boolean {
  const standing = standingOf(service, look);
  say(memory, standing.text, report);
  if (service.updateState === 'rollback_completed') memory.backAt ??= clock.now();
  const backMs = clock.now() - (memory.backAt ?? clock.now());
  if (isComingBack(operation, service, standing, backMs)) return false;
  refuseGivenUp(operation, service, look);
  note(memory, `${service.taskVersion} ${service.updateState ?? ''}`, standing.done, clock.now());
  const holds = operation.until === 'completed' ? standing.isCompleted : standing.isConverged;
  if (!holds) {
    memory.held = undefined;
    refuseHopeless(service, look, memory.trouble, clock.now());
    return false;
  }
  return isSteady(service, standing, memory, clock.now());
}

function refuseHopeless(service: ObservedSwarmService, look: SwarmLook, trouble: Trouble, now: number): void {
  const lost = hopelessTask(service, look, trouble) ?? longPending(service, look, trouble, now);
  if (lost !== undefined) throw new ConvergenceError(lost.message, lost.task);
  const empty = longEmpty(service, look, trouble, now);
  if (empty !== undefined) throw new ConvergenceError(empty, undefined);
}

/** An update that proved its tasks itself needs no second proof. */
function isSteady(service: ObservedSwarmService, standing: Standing, memory: Memory, now: number): boolean {
  const tasks = standing.tasks.join(' ');
  if (memory.held?.tasks !== tasks) memory.held = { tasks, since: now };
  const hasProof = service.updateState === 'completed' || service.mode.kind.endsWith('-job');
  const check = service.spec?.container.healthcheck;
  const isChecked = check !== undefined && check.kind !== 'disabled';
  if (hasProof || standing.isCompleted) return true;
  return now - memory.held.since >= (isChecked ? 1 : stableMs);
}

/** The swarm says that it has gone back a moment before the version before runs again. */
function isComingBack(
  { until }: OperationOf<'wait-swarm-service'>,
  { updateState }: ObservedSwarmService,
  { isConverged }: Standing,
  backMs: number,
): boolean {
  return until !== 'rolled-back' && updateState === 'rollback_completed' && !isConverged && backMs < comingBackMs;
}

/** What the swarm did instead of what we asked. */
function refuseGivenUp(
  { until }: OperationOf<'wait-swarm-service'>,
  service: ObservedSwarmService,
  { tasks }: SwarmLook,
): void {
  const { updateState: state, updateMessage: message } = service;
  const culprit = culpritOf(service, tasks);
  const why = culprit === undefined ? message : wordsOf(culprit);
  if (state === 'rollback_completed' && until !== 'rolled-back')
    throw new ConvergenceError(`the update failed and the swarm went back to the version before: ${why}`, culprit);
  if (state === 'paused') throw new ConvergenceError(`the update failed and is paused: ${why}`, culprit);
  if (state === 'rollback_paused') throw new ConvergenceError(`going back failed and is paused: ${why}`, culprit);
}

/** The task by which the update failed: of the version that the swarm left or, where it is paused, that it has. */
function culpritOf(service: ObservedSwarmService, tasks: SwarmLook['tasks']): SwarmTask | undefined {
  const isPaused = service.updateState === 'paused';
  const own = tasks.filter(({ serviceId }) => serviceId === service.id);
  const suspects = own.filter(({ version }) => (version === service.taskVersion) === isPaused);
  const failed = (task: SwarmTask): boolean => task.state === 'failed' || task.state === 'rejected';
  const finished = latest(suspects.filter(({ state }) => state === 'complete'));
  return latest(suspects.filter(failed)) ?? finished ?? latest(own.filter(failed));
}

const wordsOf = (task: SwarmTask): string =>
  task.state === 'complete' ? 'its task ends with code 0' : `${task.error}${exitOf(task)}`;

const exitOf = ({ exitCode, error }: SwarmTask): string =>
  exitCode === undefined || exitCode === 0 || error.includes(`(${exitCode})`) ? '' : ` (exit code ${exitCode})`;

/** Progress is that more places stand than ever did of this version. */
function note(memory: Memory, version: string, done: number, now: number): void {
  if (version === memory.best && done <= memory.bestDone) return;
  memory.best = version;
  memory.bestDone = done;
  memory.progressAt = now;
}

function say(memory: Memory, text: string, report: (text: string) => void): void {
  if (memory.said === text) return;
  memory.said = text;
  report(text);
}

/** A node clears a container away a moment after the swarm has forgotten its task. */
const clearingMs = 1000;

function isGone({ operation, clock, report }: SwarmWaiting, { tasks, nodes }: SwarmLook, memory: Memory): boolean {
  const isUp = aliveOn(nodes);
  const left = tasks.filter((task) => task.serviceId === operation.serviceId && isUp(task));
  say(memory, `${left.length} of ${operation.name} stopping`, report);
  if (left.length > 0) return false;
  memory.held ??= { tasks: '', since: clock.now() };
  return clock.now() - memory.held.since >= clearingMs;
}

function patience({ deadlineMs, name }: OperationOf<'wait-swarm-service'>, { services, tasks }: SwarmLook): number {
  const id = services.find((service) => service.name === name)?.id;
  const isPreparing = tasks.some((task) => task.serviceId === id && task.state === 'preparing');
  return isPreparing ? Math.max(deadlineMs, preparingMs) : deadlineMs;
}
