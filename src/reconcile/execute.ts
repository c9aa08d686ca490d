import PQueue from 'p-queue';

import type { Engine } from '../engine/engine.ts';
import type { Emit } from '../model/event.ts';
import type { EngineName } from '../model/id.ts';
import type { ObservedEngine } from '../model/observed.ts';
import type { Operation, OperationOf, Plan, Step, StepId } from '../model/plan.ts';
import { type Clock, isAborted } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { deadlineOf } from './deadlines.ts';
import { explainFailure, type StepFailure } from './failure.ts';
import { orSilentHook } from './hook.ts';
import { type CallStep, type Made, perform, resolver } from './perform.ts';
import { isSilent } from './signs.ts';
import { orStalledPull } from './stall.ts';
import { waitForService } from './swarm/wait.ts';
import { type SwarmWatcher, watchSwarm } from './swarm/watch.ts';
import { waitForContainer } from './wait.ts';
import { type Watcher, watchContainers } from './watch.ts';

/** What carrying out a plan needs beside the plan. */
export interface Execution {
  readonly stack: string;
  readonly engines: readonly Engine[];
  readonly observed: readonly ObservedEngine[];
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** Calls at once to each engine; `undefined` is twice its processors, between 4 and 16. */
  readonly parallel: number | undefined;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Begin nothing new; what is in flight ends. */
  readonly stop: AbortSignal;
  /** Give up waiting. */
  readonly abort: AbortSignal;
  /** `undefined`: nothing has to allow a change. */
  readonly permit: Permit | undefined;
}

/** What allows changes, and may end while a plan is carried out. */
export interface Permit {
  /** Asked before each change: whether this engine may be changed at this moment. */
  readonly isHeld: (engine: EngineName) => boolean;
  /** Fires when it is over for good. */
  readonly lost: AbortSignal;
}

export type StepResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: StepFailure }
  | { readonly kind: 'skipped'; readonly because: 'dependency' | 'interrupted'; readonly failed: Step | undefined };

type Skipped = Extract<StepResult, { readonly kind: 'skipped' }>;

/** What became of a plan. */
export interface Executed {
  readonly results: ReadonlyMap<StepId, StepResult>;
  readonly made: Made;
}

/**
 * Carries out a plan: each step once the steps that it waits for are done, independent ones at the same time.
 *
 * Holds no policy. A step that fails skips those that wait for it; an engine that stops answering skips the rest
 * of its steps; other branches finish. Never rejects for what an engine does.
 */
export async function execute(plan: Plan, execution: Execution): Promise<Executed> {
  const made: Made = { containers: new Map(), networks: new Map() };
  const lanes = new Map(execution.engines.map((engine) => [engine.name, openLane(engine, execution)]));
  const inFlight = new Set<StepId>();
  const announce = (): void =>
    execution.emit({ atMs: execution.clock.now(), type: 'interrupted', inFlight: inFlight.size });
  execution.stop.addEventListener('abort', announce);
  const settled = new Map<StepId, Promise<StepResult>>();
  const running: Running = { execution, plan, lanes, made, settled, inFlight };
  for (const step of plan.steps) settled.set(step.id, settle(running, step));
  try {
    const results = await Promise.all(plan.steps.map(async ({ id }) => [id, await settled.get(id)] as const));
    return { made, results: new Map(results.flatMap(([id, result]) => (result === undefined ? [] : [[id, result]]))) };
  } finally {
    execution.stop.removeEventListener('abort', announce);
    for (const { watcher } of lanes.values()) watcher.end();
  }
}

interface Lane {
  readonly engine: Engine;
  readonly queue: PQueue;
  readonly watcher: Watcher;
  readonly swarmWatcher: SwarmWatcher;
  /** The step at which the engine stopped answering. */
  lostAt: Step | undefined;
}

interface Running {
  readonly execution: Execution;
  readonly plan: Plan;
  readonly lanes: ReadonlyMap<EngineName, Lane>;
  readonly made: Made;
  readonly settled: ReadonlyMap<StepId, Promise<StepResult>>;
  readonly inFlight: Set<StepId>;
}

function openLane(engine: Engine, { stack, clock, parallel, observed }: Execution): Lane {
  const cpus = observed.find(({ name }) => name === engine.name)?.info.cpus ?? 2;
  const concurrency = parallel ?? Math.min(16, Math.max(4, 2 * cpus));
  return {
    engine,
    queue: new PQueue({ concurrency }),
    watcher: watchContainers(engine, stack, clock),
    swarmWatcher: watchSwarm(engine, stack, clock),
    lostAt: undefined,
  };
}

async function settle(running: Running, step: Step): Promise<StepResult> {
  for (const id of step.after) {
    const earlier = await running.settled.get(id);
    if (earlier === undefined || earlier.kind === 'done') continue;
    const failed = earlier.kind === 'failed' ? running.plan.steps[id] : earlier.failed;
    return skip(running, step, {
      kind: 'skipped',
      because: earlier.kind === 'failed' ? 'dependency' : earlier.because,
      failed,
    });
  }
  const lane = laneOf(running, step.operation.engine);
  // A wait takes no place: a hundred of them must not keep a container from starting.
  return isWait(step.operation) ? begin(running, lane, step) : lane.queue.add(() => begin(running, lane, step));
}

function laneOf({ lanes }: Running, name: EngineName): Lane {
  const lane = lanes.get(name);
  if (lane === undefined) throw new Error(`engine ${name} is not part of this run`);
  return lane;
}

async function begin(running: Running, lane: Lane, step: Step): Promise<StepResult> {
  const { execution, inFlight } = running;
  const { emit, clock } = execution;
  const isCall = !isWait(step.operation);
  if (isOver(execution) || (isCall && execution.permit?.isHeld(lane.engine.name) === false))
    return skip(running, step, interrupted);
  if (lane.lostAt !== undefined)
    return skip(running, step, { kind: 'skipped', because: 'dependency', failed: lane.lostAt });
  const startedAt = clock.now();
  if (isCall) inFlight.add(step.id);
  emit({ atMs: startedAt, type: 'step-started', step });
  try {
    await carryOut(running, lane, step);
    emit({ atMs: clock.now(), type: 'step-done', step, elapsedMs: clock.now() - startedAt });
    return { kind: 'done' };
  } catch (thrown) {
    const asking = { engine: lane.engine, clock, signal: execution.abort };
    const cause = await orStalledPull(step.operation, orSilentHook(step.operation, thrown), asking);
    if (!isCall && isOver(execution)) return skip(running, step, interrupted);
    const failure = await explainFailure(step, cause, asking);
    noteLoss(running, lane, step, cause);
    const { message, hint, details } = failure;
    emit({ atMs: clock.now(), type: 'step-failed', step, elapsedMs: clock.now() - startedAt, message, hint, details });
    return { kind: 'failed', failure };
  } finally {
    inFlight.delete(step.id);
  }
}

/** Asking an engine that is silent more would only add to what we do not know. It may be the one that sends an image. */
function noteLoss({ lanes }: Running, lane: Lane, step: Step, cause: unknown): void {
  if (isSilent(cause)) (lanes.get(cause.engine) ?? lane).lostAt ??= step;
}

/** Nothing new begins, and nobody waits for containers any more. */
const isOver = ({ stop, permit }: Execution): boolean =>
  isAborted(stop) || (permit !== undefined && isAborted(permit.lost));

const interrupted: Skipped = { kind: 'skipped', because: 'interrupted', failed: undefined };

async function carryOut(running: Running, lane: Lane, step: Step): Promise<void> {
  const { execution, made } = running;
  const { clock, abort, contents, emit } = execution;
  const { engine } = lane;
  const { operation } = step;
  if (isWait(operation)) return waitFor(running, lane, { ...step, operation });
  const call: CallStep = { ...step, operation };
  return withDeadline(
    { engine: engine.name, clock, deadlineMs: deadlineOf(operation), signal: abort },
    ({ signal, touch }) =>
      perform(call, {
        engine,
        peer: (name) => laneOf(running, name).engine,
        made,
        contents,
        signal,
        report: (progress) => {
          touch();
          emit({ atMs: clock.now(), type: 'step-progress', step, progress });
        },
      }),
  );
}

type WaitStep = Step & { readonly operation: OperationOf<'wait-container' | 'wait-swarm-service'> };

const isWait = (operation: Operation): operation is WaitStep['operation'] =>
  operation.kind === 'wait-container' || operation.kind === 'wait-swarm-service';

async function waitFor({ execution, made }: Running, lane: Lane, step: WaitStep): Promise<void> {
  const { clock, stop, abort, permit, emit } = execution;
  const { engine, watcher } = lane;
  const { operation } = step;
  const signal = AbortSignal.any([stop, abort, ...(permit === undefined ? [] : [permit.lost])]);
  if (operation.kind === 'wait-swarm-service') {
    const report = (text: string): void =>
      emit({ atMs: clock.now(), type: 'step-progress', step, progress: { kind: 'text', text } });
    return waitForService({ engine: engine.name, operation, watcher: lane.swarmWatcher, clock, signal, report });
  }
  const { until, deadlineMs, holdMs = 0 } = operation;
  const id = resolver(made).container(operation.container);
  return waitForContainer({ engine, id, until, deadlineMs, holdMs, clock, watcher, signal });
}

function skip({ execution: { emit, clock } }: Running, step: Step, result: Skipped): StepResult {
  emit({ atMs: clock.now(), type: 'step-skipped', step, because: result.because, failed: result.failed });
  return result;
}
