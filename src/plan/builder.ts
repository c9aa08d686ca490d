import type { Notice, Operation, Plan, Refusal, Step, StepId } from '../model/plan.ts';
import { err, ok, type Result } from '../model/result.ts';
import type { PlanInput } from './input.ts';

/**
 * The plan that the planners of one request write together.
 *
 * Ids are positions, so a step can only wait for an earlier one.
 */
export class PlanBuilder {
  readonly #steps: Step[] = [];
  readonly #notices: Notice[] = [];
  readonly #refusals: Refusal[] = [];
  #barrier: readonly StepId[] = [];
  /** What is planned for. */
  readonly input: Pick<PlanInput, 'desired' | 'history'>;

  constructor(input: Pick<PlanInput, 'desired' | 'history'>) {
    this.input = input;
  }

  add(operation: Operation, after: readonly StepId[] = []): StepId {
    const id = this.#steps.length;
    const waits = after.length > 0 ? after : this.#barrier;
    this.#steps.push({ id, operation, after: [...new Set(waits)].toSorted((a, b) => a - b) });
    return id;
  }

  /** What is planned so far. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** From here on no step begins before these are done: a step that waits for nothing waits for them. */
  holdUntil(steps: readonly StepId[]): void {
    this.#barrier = [...steps];
  }

  /** What is said of each replica in the same words is said once; so are refusals. */
  notice(notice: Notice): void {
    if (!this.#notices.some((other) => isSame(other, notice))) this.#notices.push(notice);
  }

  refuse(refusal: Refusal): void {
    if (!this.#refusals.some((other) => isSame(other, refusal))) this.#refusals.push(refusal);
  }

  build(): Result<Plan, readonly Refusal[]> {
    if (this.#refusals.length > 0) return err(this.#refusals);
    return ok({ steps: this.#steps, notices: this.#notices });
  }
}

const isSame = (a: Notice, b: Notice): boolean =>
  a.code === b.code && a.address === b.address && a.message === b.message && a.hint === b.hint;
