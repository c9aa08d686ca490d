import type { Plan } from '../model/plan.ts';
import { emptyHistory } from '../model/request.ts';
import { err, type Result } from '../model/result.ts';
import { plan } from '../plan/plan.ts';
import { withoutEngines } from '../plan/prune.ts';
import { observeQuery } from '../plan/query.ts';
import { type Clock, isAborted, sleep } from './clock.ts';
import { lookFirst } from './look.ts';
import { watchOver } from './observe.ts';
import { carryOut, isLocked, lookUnderLock, needsLock, takeLock } from './round.ts';
import {
  end,
  endLocked,
  endRefused,
  endRestless,
  maxRounds,
  type Outcome,
  outcomeOf,
  type ReconcileOptions,
  type Run,
  tellNotices,
} from './run.ts';
import { findTwins } from './twins.ts';

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
  const query = observeQuery(stack, desired, request, engines.length);
  const run: Run = {
    options,
    clock,
    startedAt: clock.now(),
    looking: { engines: watchOver(engines, clock), query, clock, emit, signal: options.abort },
    tries: new Map(),
    look: { observed: { engines: [] }, lost: options.lost ?? new Map() },
    history: emptyHistory,
    failures: [],
    changes: 0,
    rounds: 0,
    notices: [],
    lock: undefined,
    told: new Set(),
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
  const first = await planFirst(run);
  if (!first.ok) {
    if (first.error.kind === 'refused') tellAbsent(run);
    return first.error;
  }
  if (first.value.steps.length > 0 && (await confirm?.(first.value)) === false) return { kind: 'declined' };
  emit({
    atMs: clock.now(),
    type: 'run-started',
    stack,
    command: request.kind,
    engines: engines.map(({ name }) => name),
  });
  tellAbsent(run);
  return converge(run, first.value);
}

/**
 * The plan to begin with, made under the lock if it changes anything, or why there is none. What is refused while
 * others change the stack is looked at again under the lock too: a look may have shown half of a change.
 */
async function planFirst(run: Run): Promise<Result<Plan, Outcome>> {
  await look(run);
  const twins = findTwins(run.look.observed);
  if (twins !== undefined) return err({ kind: 'locked', problem: { kind: 'same-engine', engines: twins } });
  let first = planRound(run);
  if (first.ok ? needsLock(run, first.value) : await isLocked(run)) {
    const problem = await takeLock(run);
    if (problem === 'interrupted') return err(outcomeOf(run, problem));
    if (problem !== undefined) return err({ kind: 'locked', problem });
    await look(run);
    first = planRound(run);
  }
  return first.ok ? first : err({ kind: 'refused', refusals: first.error });
}

/** Before anything is changed the run ends if no engine answers, or the only one. */
async function look(run: Run): Promise<void> {
  const { stop, abort } = run.options;
  run.look = await lookFirst(run.looking, run.look.lost, AbortSignal.any([stop, abort]));
}

/** Tells of the engines that are absent from the beginning; who named some as lost knows of those. */
function tellAbsent({ look, clock, options: { emit, lost: known } }: Run): void {
  for (const [engine, { message: because }] of look.lost) {
    if (known?.has(engine)) continue;
    const message = `${because}; what it holds is unknown`;
    emit({ atMs: clock.now(), type: 'engine-state', engine, state: 'lost', message });
  }
}

async function converge(run: Run, first: Plan): Promise<Outcome> {
  let current = first;
  for (run.rounds = 1; ; run.rounds += 1) {
    tellNotices(run, current);
    const ended = endOf(run, current) ?? (await goRound(run, current));
    if (ended !== undefined) return ended;
    const next = planRound(run);
    if (!next.ok) return endRefused(run, next.error);
    if (run.rounds >= maxRounds && next.value.steps.length > 0) return endRestless(run, next.value);
    current = next.value;
  }
}

function endOf(run: Run, { steps }: Plan): Outcome | undefined {
  const { stop, abort } = run.options;
  if (isAborted(stop) || isAborted(abort)) return end(run, 'interrupted');
  if (steps.length > 0) return undefined;
  const isDeserted = run.look.lost.size === run.looking.engines.length;
  if (run.failures.length > 0 && !isDeserted) return end(run, 'failed');
  return end(run, run.look.lost.size > 0 ? 'partial' : 'converged');
}

/** Carries the plan out and looks at what came of it. An outcome if the run cannot go on after that. */
async function goRound(run: Run, current: Plan): Promise<Outcome | undefined> {
  const { stop, abort } = run.options;
  if (needsLock(run, current)) {
    // Until here the run had only waited for containers.
    const problem = await takeLock(run);
    if (problem !== undefined) return problem === 'interrupted' ? end(run, problem) : endLocked(run, problem);
  } else {
    await carryOut(run, current);
    if (isAborted(abort)) return end(run, 'interrupted');
  }
  await lookUnderLock(run);
  const loss = run.lock?.loss();
  if (loss !== undefined) return endLocked(run, loss);
  return isAborted(stop) ? end(run, 'interrupted') : undefined;
}

function planRound({ options: { stack, desired, request }, look, history }: Run): ReturnType<typeof plan> {
  const planned = plan({ stack, desired, request, observed: look.observed, history });
  return planned.ok ? { ok: true, value: withoutEngines(planned.value, new Set(look.lost.keys())) } : planned;
}
