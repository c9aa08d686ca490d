import { type Engine, EngineError } from '../engine/engine.ts';
import { describeHolder } from '../model/lock.ts';
import type { Operation, Plan } from '../model/plan.ts';
import { type Execution, execute } from './execute.ts';
import { advance } from './history.ts';
import { type Claimed, readHolder, type Taken } from './lock/claim.ts';
import { lockStack, type StackLock } from './lock/lock.ts';
import type { LockProblem } from './lock/settings.ts';
import { lookAgain, withLost } from './look.ts';
import type { Run } from './run.ts';
import { isSilent } from './signs.ts';

/** Whether the stack's lock has to be taken before this plan is carried out. */
export const needsLock = ({ options, lock }: Run, { steps }: Plan): boolean =>
  options.lock !== undefined && lock === undefined && steps.some(({ operation }) => isChange(operation));

const isChange = ({ kind }: Operation): boolean => kind !== 'wait-container' && kind !== 'wait-swarm-service';

/** Whether another run is changing the stack at this moment. */
export async function isLocked(run: Run): Promise<boolean> {
  const { options, clock } = run;
  const { stack, abort, lock } = options;
  if (lock === undefined) return false;
  const holders = await Promise.all(answering(run).map((engine) => readHolder(engine, { stack, clock, abort })));
  return holders.some((holder) => holder !== undefined);
}

/**
 * Takes the lock on every engine that answers, after which the engines want a new look: what was planned before may be
 * done. Says what kept it. An engine that stops answering meanwhile is lost, and the lock is taken without it.
 */
export async function takeLock(run: Run): Promise<'interrupted' | LockProblem | undefined> {
  const { options, clock } = run;
  const { stack, emit, stop, abort, lock: settings } = options;
  if (settings === undefined) return undefined;
  const locking = { stack, settings, clock, emit, stop, abort };
  for (;;) {
    const engines = answering(run);
    try {
      const locked = await lockStack(engines, locking);
      if (locked.kind === 'interrupted') return 'interrupted';
      if (locked.kind !== 'locked') return locked;
      run.lock = locked.lock;
      return undefined;
    } catch (error) {
      if (!isSilent(error) || engines.length < 2) throw error;
      run.look = withLost(run.look, error);
    }
  }
}

const answering = ({ looking: { engines }, look }: Run): readonly Engine[] =>
  engines.filter(({ name }) => !look.lost.has(name));

/**
 * Looks again. An engine that has come back is locked before it is changed. Where the lock was taken late, or could
 * not be kept for a while, there is one more look, since others may have been there.
 */
export async function lookUnderLock(run: Run): Promise<void> {
  run.look = await lookAgain(run.looking, run.look);
  const { lock } = run;
  if (lock === undefined) return;
  const isExtended = await extendLock(run, lock);
  const names = answering(run).map(({ name }) => name);
  if ((await lock.settle(names)) || isExtended) run.look = await lookAgain(run.looking, run.look);
}

/** Takes the lock where it is not held yet. An engine where another run has it stays out of this one. */
async function extendLock(run: Run, lock: StackLock): Promise<boolean> {
  let isExtended = false;
  for (const engine of answering(run).filter(({ name }) => !lock.covers(name))) {
    try {
      const problem = await lock.extend(engine);
      if (problem === undefined) isExtended = true;
      else lose(run, occupied(engine, problem));
    } catch (error) {
      if (!isSilent(error)) throw error;
      lose(run, error);
    }
  }
  return isExtended;
}

/** An engine that had come back stays out after all. */
function lose(run: Run, error: EngineError): void {
  const { engine, message } = error;
  run.look = withLost(run.look, error);
  run.options.emit({ atMs: run.clock.now(), type: 'engine-state', engine, state: 'lost', message });
}

function occupied({ name }: Engine, problem: Exclude<Claimed, Taken>): EngineError {
  const because = problem.kind === 'held' ? describeHolder(problem.holder) : 'its lock cannot be had';
  return new EngineError('conflict', name, because);
}

/** Carries out one plan, and keeps what the next round must know. */
export async function carryOut(run: Run, plan: Plan): Promise<void> {
  run.options.emit({ atMs: run.clock.now(), type: 'round-started', round: run.rounds, plan });
  const { results, made } = await execute(plan, executionOf(run));
  const { history, failures } = advance(run.history, plan, { results, made }, run.tries);
  run.history = history;
  run.failures.push(...failures);
  run.changes += plan.steps.filter(
    ({ id, operation }) => isChange(operation) && results.get(id)?.kind === 'done',
  ).length;
}

function executionOf({ options, looking: { engines }, clock, look, lock }: Run): Execution {
  const { stack, desired, parallel, emit, stop, abort } = options;
  const contents = desired?.contents ?? new Map<string, Uint8Array>();
  return {
    stack,
    engines,
    observed: look.observed.engines,
    contents,
    parallel,
    clock,
    emit,
    stop,
    abort,
    permit: lock,
  };
}
