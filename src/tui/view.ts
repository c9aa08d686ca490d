import type { Event, Progress } from '../model/event.ts';
import type { EngineName } from '../model/id.ts';
import type { Notice, Plan, Step, StepId } from '../model/plan.ts';
import { unreachable } from '../model/result.ts';
import { isLockEvent, type LockEvent, lockLine } from './lock.ts';
import { resourceKey, resourceOf } from './resource.ts';
import { type FailedState, pendingRow, type Row, rowState, type StepState, type Transfer, withStep } from './row.ts';
import { awaitedWords } from './words.ts';

/** All that the screen shows of a run. Everything drawn is computed from it and from the time. */
export interface View {
  readonly stack: string;
  readonly command: string;
  readonly engines: readonly EngineName[];
  readonly startedAtMs: number;
  /** The round that runs, from 1; 0 before the first plan. */
  readonly round: number;
  /** By {@link Row.key}, in the order in which plans named them. A later round replaces the rows that it touches. */
  readonly rows: ReadonlyMap<string, Row>;
  /** Key of the row of each step of this round. */
  readonly rowOfStep: ReadonlyMap<StepId, string>;
  /** Of every round, each once however often it was tried again; none of a run that converged. */
  readonly failures: readonly RunFailure[];
  /** Each once, however many rounds repeat it. */
  readonly notices: readonly Notice[];
  /** Engines that cannot be reached, with the engine's words. */
  readonly lostEngines: ReadonlyMap<EngineName, string>;
  /** What happened last to the stack's lock; `undefined` once the run goes on. */
  readonly lock: string | undefined;
  /** How many calls were running when the run was interrupted; `undefined`: it was not. */
  readonly interrupted: number | undefined;
  readonly end: RunEnd | undefined;
}

/** A step that failed, as it is told when the run is over. */
export interface RunFailure {
  /** The step's row, as it was in the round of the failure. */
  readonly row: Row;
  readonly step: Step;
  readonly state: FailedState;
}

type RunEnd = Pick<Extract<Event, { type: 'run-ended' }>, 'outcome' | 'rounds' | 'elapsedMs'>;

export const emptyView: View = {
  stack: '',
  command: '',
  engines: [],
  startedAtMs: 0,
  round: 0,
  rows: new Map(),
  rowOfStep: new Map(),
  failures: [],
  notices: [],
  lostEngines: new Map(),
  lock: undefined,
  interrupted: undefined,
  end: undefined,
};

/** Shortest time over which the rate of a transfer is measured. */
const sampleMs = 500;

/** Folds one event into the view. Pure: the screen is tested without a terminal. */
export function reduce(view: View, event: Event): View {
  return isLockEvent(event) ? { ...view, lock: lockLine(event) } : reduceRun(view, event);
}

function reduceRun(view: View, event: Exclude<Event, LockEvent>): View {
  switch (event.type) {
    case 'run-started':
      return {
        ...emptyView,
        stack: event.stack,
        command: event.command,
        engines: event.engines,
        startedAtMs: event.atMs,
      };
    case 'round-started':
      return startRound(view, event.round, event.plan);
    case 'step-started':
      return setStep(view, event.step, { kind: 'working', atMs: event.atMs });
    case 'step-progress':
      return changeRow(view, event.step, (row) => withProgress(row, event.progress, event.atMs));
    case 'step-done':
      return setStep(view, event.step, { kind: 'done', atMs: event.atMs, elapsedMs: event.elapsedMs });
    case 'step-failed': {
      const { atMs, elapsedMs, message, hint, details } = event;
      return failStep(view, event.step, { kind: 'failed', atMs, elapsedMs, message, hint, details });
    }
    case 'step-skipped':
      return setStep(view, event.step, { kind: 'skipped', because: event.because, failed: event.failed });
    case 'notice':
      return { ...view, notices: withNotices(view.notices, [event.notice]) };
    case 'engine-state':
      return { ...view, lostEngines: withEngine(view.lostEngines, event) };
    case 'interrupted':
      return { ...view, interrupted: event.inFlight };
    case 'run-ended':
      return endRun(view, event);
    default:
      return unreachable(event);
  }
}

/** How many resources are where the plan wants them, and of how many. */
export function countRows({ rows }: View): { readonly done: number; readonly total: number } {
  const done = rows.values().filter((row) => rowState(row) === 'done');
  return { done: [...done].length, total: rows.size };
}

/**
 * What a row that neither runs nor is done waits for, in words: `wp-db-1 to be healthy`. For a skipped row these
 * are the steps that never came about.
 */
export function waitsFor(view: View, row: Row): readonly string[] {
  const next = row.steps.find(({ state }) => state.kind === 'pending' || state.kind === 'skipped');
  if (!next) return [];
  const words = next.step.after.flatMap((id) => {
    const other = rowOf(view, id);
    const awaited = other?.steps.find(({ step }) => step.id === id);
    if (!other || !awaited || other.key === row.key || awaited.state.kind === 'done') return [];
    return [awaitedWords(awaited.step.operation, other.name)];
  });
  return [...new Set(words)];
}

/** `Container wp-web-1`; with several engines `Container wp-web-1 on h2`. */
export function labelOf(view: View, row: Row): string {
  return `${row.kind} ${nameOnEngine(view, row)}`;
}

/** `wp-web-1`; with several engines `wp-web-1 on h2`. */
export function nameOnEngine({ engines }: View, { name, engine }: Row): string {
  return engines.length > 1 ? `${name} on ${engine}` : name;
}

/** What an interruption means, while calls are still running. */
export function interruptedLine(inFlight: number): string {
  const calls = inFlight === 0 ? 'no calls' : inFlight === 1 ? '1 call' : `${inFlight} calls`;
  return `Interrupted: finishing ${calls} in flight, starting nothing new (Ctrl-C again to quit now)`;
}

/** The row that a step of this round belongs to. */
export function rowOf(view: View, id: StepId): Row | undefined {
  return view.rows.get(view.rowOfStep.get(id) ?? '');
}

function startRound(view: View, round: number, plan: Plan): View {
  const rows = new Map(view.rows);
  const rowOfStep = new Map<StepId, string>();
  for (const [key, steps] of Map.groupBy(plan.steps, ({ operation }) => resourceKey(operation))) {
    const [first, ...others] = steps;
    if (!first) continue;
    rows.set(key, pendingRow(key, resourceOf([first, ...others], view.stack, rows.get(key)?.name), steps));
    for (const { id } of steps) rowOfStep.set(id, key);
  }
  return { ...view, round, rows, rowOfStep, lock: undefined, notices: withNotices(view.notices, plan.notices) };
}

function setStep(view: View, step: Step, state: StepState): View {
  return changeRow(view, step, (row) => withStep(row, step.id, state));
}

/** What was waited for and can be done without is told by a notice. */
const isOptional = ({ operation }: Step): boolean =>
  operation.kind === 'wait-container' && operation.isOptional === true;

function failStep(view: View, step: Step, state: FailedState): View {
  const failed = setStep(view, step, state);
  const row = rowOf(failed, step.id);
  if (row === undefined || isOptional(step)) return failed;
  const isSame = (other: RunFailure): boolean =>
    other.row.key === row.key &&
    other.step.operation.kind === step.operation.kind &&
    other.state.message === state.message;
  return { ...failed, failures: [...view.failures.filter((other) => !isSame(other)), { row, step, state }] };
}

/** A step that no plan of this view holds changes nothing. */
function changeRow(view: View, step: Step, change: (row: Row) => Row): View {
  const row = rowOf(view, step.id);
  return row ? { ...view, rows: new Map(view.rows).set(row.key, change(row)) } : view;
}

function withProgress(row: Row, progress: Progress, atMs: number): Row {
  if (progress.kind === 'text') return { ...row, output: progress.text };
  const transfer = { done: progress.done, total: progress.total };
  return { ...row, transfer: { ...transfer, ...measureRate(row.transfer, progress.done, atMs) } };
}

/** Half the last measurement and half what was known, so that the figure does not jump. */
function measureRate(
  before: Transfer | undefined,
  done: number,
  atMs: number,
): Pick<Transfer, 'bytesPerSecond' | 'sample'> {
  if (!before) return { bytesPerSecond: 0, sample: { atMs, done } };
  const { sample, bytesPerSecond } = before;
  const elapsedMs = atMs - sample.atMs;
  if (elapsedMs < sampleMs) return { bytesPerSecond, sample };
  const measured = (Math.max(0, done - sample.done) * 1000) / elapsedMs;
  return { bytesPerSecond: bytesPerSecond === 0 ? measured : (bytesPerSecond + measured) / 2, sample: { atMs, done } };
}

/**
 * Converged means that all is as wanted, also where a call had failed and a later round found its work done. A run
 * that failed is not better for what a later round put back: rows show the failure again.
 */
function endRun(view: View, { atMs, outcome, rounds, elapsedMs }: Extract<Event, { type: 'run-ended' }>): View {
  const end = { outcome, rounds, elapsedMs };
  if (outcome !== 'converged') {
    const failed = view.failures.map(({ row }) => [row.key, row] as const);
    return { ...view, rows: new Map([...view.rows, ...failed]), end };
  }
  const settled = (row: Row): Row =>
    row.steps.reduce(
      (own, { step, state }) =>
        state.kind === 'done' ? own : withStep(own, step.id, { kind: 'done', atMs, elapsedMs: 0 }),
      row,
    );
  return { ...view, rows: new Map([...view.rows].map(([key, row]) => [key, settled(row)])), failures: [], end };
}

function withNotices(known: readonly Notice[], added: readonly Notice[]): readonly Notice[] {
  const texts = new Set(known.map((notice) => JSON.stringify(notice)));
  return [...known, ...added.filter((notice) => !texts.has(JSON.stringify(notice)))];
}

function withEngine(
  lost: ReadonlyMap<EngineName, string>,
  { engine, state, message }: Extract<Event, { type: 'engine-state' }>,
): ReadonlyMap<EngineName, string> {
  const engines = new Map(lost);
  if (state === 'lost') engines.set(engine, message);
  else engines.delete(engine);
  return engines;
}
