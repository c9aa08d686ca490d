import type { Engine, EngineErrorCode } from '../engine/engine.ts';
import type { Desired } from '../model/desired.ts';
import type { Emit } from '../model/event.ts';
import type { EngineName } from '../model/id.ts';
import type { Observed } from '../model/observed.ts';
import type { Plan, Refusal } from '../model/plan.ts';
import { emptyHistory, type History, type Request } from '../model/request.ts';
import { plan } from '../plan/plan.ts';
import { withoutEngines } from '../plan/prune.ts';
import { observeQuery } from '../plan/query.ts';
import { type Clock, isAborted, type Sleep, sleep } from './clock.ts';
import { type Executed, type Execution, execute } from './execute.ts';
import { advance, type Failure, type Tries } from './history.ts';
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
  | { readonly kind: 'declined' };

/** More rounds than any run needs: others change the stack as fast as we do. */
const maxRounds = 20;

/**
 * Makes it so: look, plan, carry out, until the plan is empty.
 *
 * Each round plans anew from what the engines show, so a call whose outcome is unknown is never repeated blindly.
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
  };
  const first = planRound(run);
  if (!first.ok) return { kind: 'refused', refusals: first.error };
  if (first.value.steps.length > 0 && (await options.confirm?.(first.value)) === false) return { kind: 'declined' };
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
}

function planRound({ options: { stack, desired, request }, look, history }: Run): ReturnType<typeof plan> {
  const planned = plan({ stack, desired, request, observed: look.observed, history });
  return planned.ok ? { ok: true, value: withoutEngines(planned.value, new Set(look.lost.keys())) } : planned;
}

async function converge(run: Run, first: Plan): Promise<Outcome> {
  const { options, clock } = run;
  const told = new Set<string>();
  let current = first;
  for (run.rounds = 1; ; run.rounds += 1) {
    tellNotices(run, current, told);
    if (isAborted(options.stop) || isAborted(options.abort)) return end(run, 'interrupted');
    if (current.steps.length === 0)
      return end(run, run.failures.length + run.look.lost.size > 0 ? 'failed' : 'converged');
    options.emit({ atMs: clock.now(), type: 'round-started', round: run.rounds, plan: current });
    const executed = await execute(current, executionOf(run));
    learn(run, current, executed);
    if (isAborted(options.abort)) return end(run, 'interrupted');
    run.look = await lookAgain(run.looking, run.look);
    if (isAborted(options.stop)) return end(run, 'interrupted');
    const next = planRound(run);
    if (!next.ok) return endRefused(run, next.error);
    if (run.rounds >= maxRounds && next.value.steps.length > 0) return endRestless(run, next.value);
    current = next.value;
  }
}

function executionOf({ options, clock, look }: Run): Execution {
  const { stack, engines, desired, parallel, emit, stop, abort } = options;
  const contents = desired?.contents ?? new Map<string, Uint8Array>();
  return { stack, engines, observed: look.observed.engines, contents, parallel, clock, emit, stop, abort };
}

function learn(run: Run, current: Plan, executed: Executed): void {
  const { history, failures } = advance(run.history, current, executed, run.tries);
  run.history = history;
  run.failures.push(...failures);
  run.changes += current.steps.filter(
    ({ id, operation }) => operation.kind !== 'wait-container' && executed.results.get(id)?.kind === 'done',
  ).length;
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

function end(run: Run, kind: 'converged' | 'failed' | 'interrupted'): Outcome {
  const { rounds, changes, failures, notices, look, options, clock, startedAt } = run;
  const elapsedMs = clock.now() - startedAt;
  options.emit({ atMs: clock.now(), type: 'run-ended', outcome: kind, rounds, elapsedMs });
  const lost = [...look.lost].map(([engine, { code, message }]) => ({ engine, code, message }));
  return { kind, rounds, changes, observed: look.observed, failures, lost, notices };
}
