import { type Engine, EngineError } from '../engine/engine.ts';
import type { Desired } from '../model/desired.ts';
import type { Event } from '../model/event.ts';
import type { Plan, Step } from '../model/plan.ts';
import type { Request } from '../model/request.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import type { Outcome, ReconcileOptions } from '../reconcile/run.ts';
import type { Root } from './arguments/root.ts';
import type { Context } from './context.ts';
import { done, type Ending, exitCodes, failure, interruptedBy, refused } from './exit.ts';
import { lockedOut, lockSettings } from './locks.ts';
import { withWantedNotices } from './notices.ts';
import { openProgress } from './progress.ts';
import { interruptible, type Signal } from './signals.ts';
import { safeText } from './text/safe-text.ts';

/** How long the executor may still take when it was told to give up. */
const patienceMs = 800;

/** A request and everything that carrying it out takes. */
export interface Job {
  readonly context: Context;
  readonly root: Root;
  readonly stack: string;
  readonly desired: Desired | undefined;
  readonly request: Request;
  readonly engines: readonly Engine[];
  /** Asked once, with the first plan that has steps. Default: nobody is asked. */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
  /** Show failures only. Default: false. */
  readonly isQuiet?: boolean;
  /** Which events are shown. Default: all. */
  readonly shows?: (event: Event) => boolean;
  /** Longest time for the run: then it ends as if interrupted. Default: no limit. */
  readonly limitMs?: number | undefined;
}

export interface Applied {
  /** `abandoned`: nothing is known of the run, because even giving up took too long, or nothing had begun. */
  readonly outcome: Outcome | { readonly kind: 'abandoned' };
  /** The signal that interrupted the run; `undefined` for an interrupted run means that its time was up. */
  readonly signal: Signal | undefined;
  /** Calls that were given up: the engine may have carried them out or not. */
  readonly unknown: readonly Step[];
}

/** Carries a request out and shows how it goes: the first signal lets calls in flight end, the second leaves them. */
export async function apply(job: Job): Promise<Applied> {
  const { context, root } = job;
  const interruption = interruptible(context.signals);
  const progress = openProgress(context, root, job.isQuiet ?? false);
  const unknown: Step[] = [];
  const limit = job.limitMs === undefined ? [] : [AbortSignal.timeout(job.limitMs)];
  const running = carryOut(job, {
    emit(event) {
      if (event.type === 'step-failed' && interruption.abort.aborted) unknown.push(event.step);
      // The end of the time given is no Ctrl-C, and is told of as such.
      const isTimeUp = event.type === 'interrupted' && interruption.signal() === undefined;
      const shown =
        (job.shows?.(event) ?? true) && !isTimeUp ? withWantedNotices(event, context.environment) : undefined;
      if (shown !== undefined) progress.emit(shown);
    },
    stop: AbortSignal.any([interruption.stop, ...limit]),
    abort: interruption.abort,
  });
  try {
    const outcome = await Promise.race([running, impatience(interruption.abort)]);
    return { outcome, signal: interruption.signal(), unknown };
  } catch (error) {
    const signal = interruption.signal();
    // Interrupted before there was a plan: the first look is what was given up.
    if (signal === undefined || !(error instanceof EngineError && error.code === 'aborted')) throw error;
    return { outcome: { kind: 'abandoned' }, signal, unknown };
  } finally {
    await progress.end();
    interruption.end();
  }
}

async function carryOut(job: Job, run: Pick<ReconcileOptions, 'emit' | 'stop' | 'abort'>): Promise<Outcome> {
  const { context, root, stack, desired, request, engines, confirm } = job;
  const lock = await lockSettings(job);
  return reconcile({
    ...run,
    stack,
    desired,
    request,
    engines,
    now: context.now,
    parallel: root.parallel,
    ...(lock === undefined ? {} : { lock }),
    ...(confirm === undefined ? {} : { confirm: unlessStopped(confirm, run.stop) }),
  });
}

/** A signal is an answer too, and the answer is no. */
function unlessStopped(confirm: NonNullable<Job['confirm']>, stop: AbortSignal): NonNullable<Job['confirm']> {
  return (plan) =>
    Promise.race([
      confirm(plan),
      new Promise<boolean>((resolve) => stop.addEventListener('abort', () => resolve(false), { once: true })),
    ]);
}

/** Resolves a while after the second signal: whoever asked twice is not kept waiting by an engine that hangs. */
function impatience(abort: AbortSignal): Promise<{ readonly kind: 'abandoned' }> {
  return new Promise((resolve) => {
    abort.addEventListener('abort', () => setTimeout(() => resolve({ kind: 'abandoned' }), patienceMs), { once: true });
  });
}

/** How a command ends that did nothing but apply. The reporter has told what failed. */
export function endingOfApplied({ outcome, signal, unknown }: Applied): Ending {
  switch (outcome.kind) {
    case 'converged':
      return done;
    case 'partial':
      return { code: exitCodes.partial, lines: [] };
    case 'failed':
      return { code: exitCodes.failed, lines: [] };
    case 'interrupted':
      if (signal === undefined) return failure(exitCodes.failed, 'not everything was ready within the time given');
      return { ...interruptedBy(signal), lines: unknownLines(unknown) };
    case 'abandoned':
      return { ...interruptedBy(signal ?? 'SIGINT'), lines: unknownLines(unknown) };
    case 'refused':
      return refused(outcome.refusals);
    case 'locked':
      return lockedOut(outcome.problem);
    case 'declined':
      if (signal !== undefined) return interruptedBy(signal);
      return { code: exitCodes.failed, lines: ['Nothing was changed.'] };
  }
}

function unknownLines(steps: readonly Step[]): readonly string[] {
  if (steps.length === 0) return [];
  const calls = steps.map(({ operation: { kind, address, engine } }) => `${kind} ${address} on ${engine}`);
  return [safeText(`outcome unknown: ${calls.join(', ')}`), 'Run the same command again to converge.'];
}
