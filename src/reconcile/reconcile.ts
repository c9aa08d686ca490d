import type { Engine, EngineErrorCode } from '../engine/engine.ts';
import type { Desired } from '../model/desired.ts';
import type { Emit } from '../model/event.ts';
import type { EngineName } from '../model/id.ts';
import type { Observed } from '../model/observed.ts';
import type { Operation, Plan, Refusal } from '../model/plan.ts';
import { emptyHistory, type History, type Request } from '../model/request.ts';
import { plan } from '../plan/plan.ts';
import { withoutEngines } from '../plan/prune.ts';
import { observeQuery } from '../plan/query.ts';
import { type Clock, isAborted, type Sleep, sleep } from './clock.ts';
import { type Execution, execute } from './execute.ts';
import { advance, type Failure, type Tries } from './history.ts';
import { lockStack, type StackLock } from './lock/lock.ts';
import type { LockProblem, LockSettings } from './lock/settings.ts';
import { type Look, type Looking, lookAgain } from './look.ts';
import { observeAll } from './observe.ts';

export interface ReconcileOptions {
  readonly stack: string;
  /** `undefined`: there is no stack file. */
  readonly desired: Desired | undefined;
  readonly request: Request;
  readonly engines: readonly Engine[];
  readonly emit: Emit;
  /** First interruption: begin nothing new, let calls in flight end. */
  readonly stop: AbortSignal;
  /** Second interruption: give up waiting for anything. */
  readonly abort: AbortSignal;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Calls at once to each engine; `undefined` is twice its processors, between 4 and 16. */
  readonly parallel: number | undefined;
  /** Asked once, with the first plan that has steps; `false` ends the run before anything changes. */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
  /** Take the stack's lock before the first change. Default: the request changes nothing that needs one. */
  readonly lock?: LockSettings;
  /** How to let time pass; real time by default. */
  readonly sleep?: Sleep;
}

/** An engine that stopped answering and did not come back. */
export interface LostEngine {
  readonly engine: EngineName;
  readonly code: EngineErrorCode;
  readonly message: string;
}

export type Outcome =
  | {
      readonly kind: 'converged' | 'failed' | 'interrupted';
      readonly rounds: number;
      /** Mutating operations that were done. */
      readonly changes: number;
      /** The last look at the engines: what they are like at the end. */
      readonly observed: Observed;
      readonly failures: readonly Failure[];
      readonly lost: readonly LostEngine[];
      /** Of the last plan. */
      readonly notices: Plan['notices'];
    }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly kind: 'declined' }
  /** Nothing was changed, or nothing more once the lock was lost. */
  | { readonly kind: 'locked'; readonly problem: LockProblem };

/** More rounds than any run needs: others change the stack as fast as we do. */
const maxRounds = 20;

/**
 * Makes it so: look, plan, carry out, until the plan is empty.
 *
 * Each round plans anew from what the engines show, so a call whose outcome is unknown is never repeated blindly.
 * Where there is nothing to do no lock is taken, so that such a run changes nothing at all.
 * Rejects with {@link EngineError} only if an engine does not answer before anything was changed.
 */
export async function reconcile(options: ReconcileOptions): Promise<Outcome> {
  const clock: Clock = { now: options.now, sleep: options.sleep ?? sleep };
  const { stack, desired, request, engines, emit } = options;
  const query = observeQuery(stack, desired, request);
  const signal = AbortSignal.any([options.stop, options.abort]);
  const observed = await observeAll(engines, query, signal, clock);
  const run: Run = {
    options,
    clock,
    startedAt: clock.now(),
    looking: { engines, query, clock, emit, signal: options.abort },
    tries: new Map(),
    look: { observed, lost: new Map() },
    history: emptyHistory,
    failures: [],
    changes: 0,
    rounds: 0,
    notices: [],
    lock: undefined,
  };
  try {
    return await begin(run);
  } finally {
    await run.lock?.release();
  }
}

async function begin(run: Run): Promise<Outcome> {
  const { options, clock } = run;
  const { stack, request, engines, emit, confirm } = options;
  const seen = planRound(run);
  if (!seen.ok) return { kind: 'refused', refusals: seen.error };
  const locked = needsLock(run, seen.value) ? await takeLock(run) : undefined;
  if (locked === 'interrupted') return outcomeOf(run, locked);
  if (locked !== undefined) return { kind: 'locked', problem: locked };
  const first = run.lock === undefined ? seen : planRound(run);
  if (!first.ok) return { kind: 'refused', refusals: first.error };
  if (first.value.steps.length > 0 && (await confirm?.(first.value)) === false) return { kind: 'declined' };
  emit({
    atMs: clock.now(),
    type: 'run-started',
    stack,
    command: request.kind,
    engines: engines.map(({ name }) => name),
  });
  return converge(run, first.value);
}

/** Everything that a run gathers. */
interface Run {
  readonly options: ReconcileOptions;
  readonly clock: Clock;
  readonly startedAt: number;
  readonly looking: Looking;
  readonly tries: Tries;
  look: Look;
  history: History;
  failures: Failure[];
  changes: number;
  rounds: number;
  notices: Plan['notices'];
  /** `undefined`: nothing needed it so far. */
  lock: StackLock | undefined;
}

function planRound({ options: { stack, desired, request }, look, history }: Run): ReturnType<typeof plan> {
  const planned = plan({ stack, desired, request, observed: look.observed, history });
  return planned.ok ? { ok: true, value: withoutEngines(planned.value, new Set(look.lost.keys())) } : planned;
}

const needsLock = ({ options, lock }: Run, { steps }: Plan): boolean =>
  options.lock !== undefined && lock === undefined && steps.some(({ operation }) => isChange(operation));

const isChange = ({ kind }: Operation): boolean => kind !== 'wait-container';

/** Takes the lock and looks at the engines anew: what was planned before may be done already. Says what kept it. */
async function takeLock(run: Run): Promise<'interrupted' | LockProblem | undefined> {
  const { options, clock } = run;
  const { stack, engines, emit, stop, abort, lock: settings } = options;
  if (settings === undefined) return undefined;
  const locked = await lockStack(engines, { stack, settings, clock, emit, stop, abort });
  if (locked.kind === 'interrupted') return 'interrupted';
  if (locked.kind !== 'locked') return locked;
  run.lock = locked.lock;
  await lookUnderLock(run);
  return undefined;
}

/** Looks again; where the lock could not be kept for a while, also after it is sure, since others may have been there. */
async function lookUnderLock(run: Run): Promise<void> {
  run.look = await lookAgain(run.looking, run.look);
  const answering = run.options.engines.map(({ name }) => name).filter((name) => !run.look.lost.has(name));
  if (await run.lock?.settle(answering)) run.look = await lookAgain(run.looking, run.look);
}

async function converge(run: Run, first: Plan): Promise<Outcome> {
  const { options } = run;
  const told = new Set<string>();
  let current = first;
  for (run.rounds = 1; ; run.rounds += 1) {
    tellNotices(run, current, told);
    if (isAborted(options.stop) || isAborted(options.abort)) return end(run, 'interrupted');
    if (current.steps.length === 0)
      return end(run, run.failures.length + run.look.lost.size > 0 ? 'failed' : 'converged');
    if (needsLock(run, current)) {
      // A round that only waited led to changes.
      const problem = await takeLock(run);
      if (problem !== undefined) return problem === 'interrupted' ? end(run, problem) : endLocked(run, problem);
    } else {
      await carryOut(run, current);
      if (isAborted(options.abort)) return end(run, 'interrupted');
      await lookUnderLock(run);
    }
    const loss = run.lock?.loss();
    if (loss !== undefined) return endLocked(run, loss);
    if (isAborted(options.stop)) return end(run, 'interrupted');
    const next = planRound(run);
    if (!next.ok) return endRefused(run, next.error);
    if (run.rounds >= maxRounds && next.value.steps.length > 0) return endRestless(run, next.value);
    current = next.value;
  }
}

async function carryOut(run: Run, plan: Plan): Promise<void> {
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

function tellNotices(run: Run, { notices }: Plan, told: Set<string>): void {
  run.notices = notices;
  for (const notice of notices) {
    const text = `${notice.code} ${notice.address ?? ''} ${notice.message}`;
    if (told.has(text)) continue;
    told.add(text);
    run.options.emit({ atMs: run.clock.now(), type: 'notice', notice });
  }
}

/** Something undoes what we do. */
function endRestless(run: Run, { steps }: Plan): Outcome {
  const notice = {
    code: 'no-end',
    address: steps[0]?.operation.address,
    message: `after ${maxRounds} rounds there is still something to do: ${steps[0]?.operation.reasons.join('; ') ?? ''}`,
    hint: 'see whether somebody else is changing the same stack',
  };
  tellNotices(run, { steps, notices: [...run.notices, notice] }, new Set());
  return end(run, 'failed');
}

/** What was refused only after a change, such as an image that is gone again, is an end like any failure. */
function endRefused(run: Run, refusals: readonly Refusal[]): Outcome {
  end(run, 'failed');
  return { kind: 'refused', refusals };
}

function endLocked(run: Run, problem: LockProblem): Outcome {
  end(run, 'interrupted');
  return { kind: 'locked', problem };
}

function end(run: Run, kind: 'converged' | 'failed' | 'interrupted'): Outcome {
  const { options, clock, rounds, startedAt } = run;
  const elapsedMs = clock.now() - startedAt;
  options.emit({ atMs: clock.now(), type: 'run-ended', outcome: kind, rounds, elapsedMs });
  return outcomeOf(run, kind);
}

function outcomeOf(run: Run, kind: 'converged' | 'failed' | 'interrupted'): Outcome {
  const { rounds, changes, failures, notices, look } = run;
  const lost = [...look.lost].map(([engine, { code, message }]) => ({ engine, code, message }));
  return { kind, rounds, changes, observed: look.observed, failures, lost, notices };
}
