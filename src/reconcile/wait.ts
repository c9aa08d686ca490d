import { type Engine, EngineError } from '../engine/engine.ts';
import type { ContainerId } from '../model/id.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { WaitCondition } from '../model/plan.ts';
import { unreachable } from '../model/result.ts';
import { formatDuration } from '../model/units.ts';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { inspectMs } from './deadlines.ts';
import type { Watcher } from './watch.ts';

/** The container is not what was waited for, and will not be. `container` is how it was seen last. */
export class WaitError extends Error {
  override readonly name = 'WaitError';
  readonly container: ObservedContainer | undefined;

  constructor(message: string, container: ObservedContainer | undefined) {
    super(message);
    this.container = container;
  }
}

export interface Waiting {
  readonly engine: Engine;
  readonly id: ContainerId;
  readonly until: WaitCondition;
  readonly deadlineMs: number;
  /** How long it must go on holding. */
  readonly holdMs: number;
  readonly clock: Clock;
  readonly watcher: Watcher;
  readonly signal: AbortSignal;
}

/** A replica without a healthcheck is taken as good once it ran that long. */
const stableMs = 2000;
/** After so many restarts while we wait, a container is not coming up. */
const maxRestarts = 5;
const pollMs = 500;

/**
 * Waits for a container by looking at it: at once, after each of its events, and twice a second in case one is lost.
 *
 * Rejects with {@link WaitError}, or with {@link EngineError} if the engine cannot be asked.
 */
export async function waitForContainer(waiting: Waiting): Promise<void> {
  const { engine, id, clock, watcher, signal, deadlineMs, until } = waiting;
  if (until === 'elapsed') return pass(waiting);
  const startedAt = clock.now();
  let seen: Seen | undefined;
  let held: Held | undefined;
  for (;;) {
    if (signal.aborted) throw new EngineError('aborted', engine.name, 'interrupted');
    const awoken = watcher.next(id);
    const limits = { engine: engine.name, clock, deadlineMs: inspectMs, signal };
    const container = await withDeadline(limits, (limited) => engine.inspectContainer(id, limited.signal));
    seen = remember(seen, container, clock.now());
    const verdict = judge(until, container, seen, clock.now());
    if (verdict === 'holds') {
      held ??= { run: seen.run, since: clock.now() };
      const leftMs = held.since + waiting.holdMs - clock.now();
      if (leftMs <= 0) return;
      if (seen.run === held.run) {
        await awoken.orAfter(Math.min(leftMs, pollMs), signal);
        continue;
      }
    }
    if (held !== undefined)
      throw new WaitError(`${container.name} was up and did not stay so: ${lapse(verdict, container)}`, container);
    if (verdict !== 'not yet') throw new WaitError(`${container.name} ${verdict}`, container);
    const left = startedAt + deadlineMs - clock.now();
    if (left <= 0)
      throw new WaitError(
        `${container.name} ${describe(container, until)} after ${formatDuration(deadlineMs)}`,
        container,
      );
    await awoken.orAfter(Math.min(left, pollMs, untilStable(container, seen, clock.now())), signal);
  }
}

/** Nothing is asked: this is a pause between two updates. */
async function pass({ engine, clock, deadlineMs, signal }: Waiting): Promise<void> {
  await clock.sleep(deadlineMs, signal);
  if (signal.aborted) throw new EngineError('aborted', engine.name, 'interrupted');
}

/** Since when, and in which run of the program, a container is what was waited for. */
interface Held {
  readonly run: string;
  readonly since: number;
}

const lapse = (verdict: string, { state, health }: ObservedContainer): string => {
  if (verdict !== 'holds' && verdict !== 'not yet') return verdict;
  return state === 'running' && health !== 'starting' ? 'restarted' : `is ${state}`;
};

/** How long the container has been in its present run, by our own clock. */
interface Seen {
  readonly run: string;
  readonly since: number;
  readonly firstRestartCount: number;
}

function remember(seen: Seen | undefined, { state, startedAt, restartCount }: ObservedContainer, now: number): Seen {
  const run = `${state} ${startedAt} ${restartCount}`;
  if (seen?.run === run) return seen;
  return { run, since: now, firstRestartCount: seen?.firstRestartCount ?? restartCount };
}

/** `holds`, `not yet`, or what is wrong. */
function judge(until: WaitCondition, container: ObservedContainer, seen: Seen, now: number): string {
  const { state, exitCode, restartCount } = container;
  if (until === 'completed' && state === 'exited') return exitCode === 0 ? 'holds' : exitText(container);
  if (state === 'exited' || state === 'dead' || state === 'removing') return exitText(container);
  if (restartCount - seen.firstRestartCount >= maxRestarts) return `keeps restarting: ${exitText(container)}`;
  return state === 'running' ? judgeRunning(until, container, now - seen.since) : 'not yet';
}

function judgeRunning(until: WaitCondition, { health }: ObservedContainer, ranMs: number): string {
  switch (until) {
    case 'completed':
    case 'elapsed':
      return 'not yet';
    case 'running':
      return ranMs >= stableMs ? 'holds' : 'not yet';
    case 'healthy':
      if (health === 'unhealthy') return 'is unhealthy';
      if (health === 'none') return ranMs >= stableMs ? 'holds' : 'not yet';
      return health === 'healthy' ? 'holds' : 'not yet';
    default:
      return unreachable(until);
  }
}

const untilStable = ({ state }: ObservedContainer, { since }: Seen, now: number): number =>
  state === 'running' ? Math.max(1, since + stableMs - now) : pollMs;

function exitText({ state, exitCode, wasOutOfMemory }: ObservedContainer): string {
  if (state === 'removing') return 'was removed';
  return `exited with code ${exitCode}${wasOutOfMemory === true ? ', out of memory' : ''}`;
}

function describe({ state, health }: ObservedContainer, until: WaitCondition): string {
  switch (until) {
    case 'completed':
      return `has not completed (${state})`;
    case 'healthy':
      return `is not healthy (${health === 'none' ? state : health})`;
    case 'running':
    case 'elapsed':
      return `does not stay up (${state})`;
    default:
      return unreachable(until);
  }
}
