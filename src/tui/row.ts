import type { Step, StepId } from '../model/plan.ts';
import type { Resource } from './resource.ts';
import { type StepWords, wordsOf } from './words.ts';

/** One resource on one engine, and what this round does to it. */
export interface Row extends Resource {
  readonly key: string;
  /** The container takes the place of one that this round removes. */
  readonly isReplacement: boolean;
  readonly steps: readonly RowStep[];
  readonly transfer: Transfer | undefined;
  /** The last line that the engine or a builder said of a running step; may hold control sequences. */
  readonly output: string;
}

interface RowStep {
  readonly step: Step;
  readonly state: StepState;
}

/** `atMs`: when the step came into this state, on the events' clock. */
export type StepState =
  | { readonly kind: 'pending' }
  | { readonly kind: 'working'; readonly atMs: number }
  | { readonly kind: 'done'; readonly atMs: number; readonly elapsedMs: number }
  | FailedState
  | { readonly kind: 'skipped'; readonly because: 'dependency' | 'interrupted'; readonly failed: Step | undefined };

export interface FailedState {
  readonly kind: 'failed';
  readonly atMs: number;
  readonly elapsedMs: number;
  /** In the engine's words; may hold control sequences. */
  readonly message: string;
  readonly hint: string | undefined;
  readonly details: readonly string[];
}

/** Bytes moved so far, and how fast they move. */
export interface Transfer {
  readonly done: number;
  readonly total: number;
  readonly bytesPerSecond: number;
  /** Where the measurement of the rate goes on from. */
  readonly sample: { readonly atMs: number; readonly done: number };
}

export type RowState = StepState['kind'];

/** A new row: nothing has begun. */
export function pendingRow(key: string, resource: Resource, steps: readonly Step[]): Row {
  const kinds = new Set(steps.map(({ operation }) => operation.kind));
  return {
    ...resource,
    key,
    isReplacement: kinds.has('create-container') && kinds.has('remove-container'),
    steps: steps.map((step) => ({ step, state: { kind: 'pending' } })),
    transfer: undefined,
    output: '',
  };
}

/** The row with one step in another state. */
export function withStep(row: Row, id: StepId, state: StepState): Row {
  return { ...row, steps: row.steps.map((own) => (own.step.id === id ? { ...own, state } : own)) };
}

/** A row is failed, working, skipped or pending if any of its steps is, in this order; done when all are. */
export function rowState({ steps }: Row): RowState {
  const kinds = new Set(steps.map(({ state }) => state.kind));
  return (['failed', 'working', 'skipped', 'pending'] as const).find((kind) => kinds.has(kind)) ?? 'done';
}

/** The word beside the name: what runs, else what was last done. The end of a replaced container is no news of the new one. */
export function rowWord(row: Row): string {
  const state = rowState(row);
  if (state === 'failed') return 'Failed';
  const working = row.steps.findLast((own) => own.state.kind === 'working');
  if (working) return stepWords(row, working.step).working;
  if (state === 'skipped') return 'Skipped';
  const done = row.steps.filter((own) => own.state.kind === 'done').map(({ step }) => stepWords(row, step));
  return (done.findLast(({ isQuiet }) => !isQuiet) ?? done.at(-1))?.done ?? 'Pending';
}

/** Compose's words for a step of this row. */
export function stepWords(row: Row, step: Step): StepWords {
  return wordsOf(step.operation, row);
}

/** From the first step's start until `nowMs`, or until the last step ended; `undefined` before the start. */
export function rowElapsedMs(row: Row, nowMs: number): number | undefined {
  const spans = row.steps.flatMap(({ state }) => {
    if (state.kind === 'working') return [{ from: state.atMs, to: nowMs }];
    const hasEnded = state.kind === 'done' || state.kind === 'failed';
    return hasEnded ? [{ from: state.atMs - state.elapsedMs, to: state.atMs }] : [];
  });
  if (spans.length === 0) return undefined;
  return Math.max(0, Math.max(...spans.map(({ to }) => to)) - Math.min(...spans.map(({ from }) => from)));
}

/** Why the planner touches this resource: each cause once. */
export function rowReasons({ steps }: Row): readonly string[] {
  return [...new Set(steps.flatMap(({ step }) => step.operation.reasons))];
}

/** The state of the failed step, if one failed. */
export function rowFailure({ steps }: Row): FailedState | undefined {
  return steps.map(({ state }) => state).find((state) => state.kind === 'failed');
}
