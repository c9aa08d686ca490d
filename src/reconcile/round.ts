import type { Operation, Plan } from '../model/plan.ts';
import { type Execution, execute } from './execute.ts';
import { advance } from './history.ts';
import { readHolder } from './lock/claim.ts';
import { lockStack } from './lock/lock.ts';
import type { LockProblem } from './lock/settings.ts';
import { lookAgain } from './look.ts';
import type { Run } from './run.ts';

/** Whether the stack's lock has to be taken before this plan is carried out. */
export const needsLock = ({ options, lock }: Run, { steps }: Plan): boolean =>
  options.lock !== undefined && lock === undefined && steps.some(({ operation }) => isChange(operation));

const isChange = ({ kind }: Operation): boolean => kind !== 'wait-container';

/** Whether another run is changing the stack at this moment. */
export async function isLocked({ options, clock }: Run): Promise<boolean> {
  const { stack, engines, abort, lock } = options;
  if (lock === undefined) return false;
  const holders = await Promise.all(engines.map((engine) => readHolder(engine, { stack, clock, abort })));
  return holders.some((holder) => holder !== undefined);
}

/** Takes the lock, after which the engines want a new look: what was planned before may be done. Says what kept it. */
export async function takeLock(run: Run): Promise<'interrupted' | LockProblem | undefined> {
  const { options, clock } = run;
  const { stack, engines, emit, stop, abort, lock: settings } = options;
  if (settings === undefined) return undefined;
  const locked = await lockStack(engines, { stack, settings, clock, emit, stop, abort });
  if (locked.kind === 'interrupted') return 'interrupted';
  if (locked.kind !== 'locked') return locked;
  run.lock = locked.lock;
  return undefined;
}

/** Looks again; where the lock could not be kept for a while, also after it is sure, since others may have been there. */
export async function lookUnderLock(run: Run): Promise<void> {
  run.look = await lookAgain(run.looking, run.look);
  const answering = run.options.engines.map(({ name }) => name).filter((name) => !run.look.lost.has(name));
  if (await run.lock?.settle(answering)) run.look = await lookAgain(run.looking, run.look);
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

function executionOf({ options, clock, look, lock }: Run): Execution {
  const { stack, engines, desired, parallel, emit, stop, abort } = options;
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
