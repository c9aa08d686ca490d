import type { Engine, EngineError, EngineErrorCode } from '../engine/engine.ts';
import type { Desired } from '../model/desired.ts';
import type { Emit } from '../model/event.ts';
import type { EngineName } from '../model/id.ts';
import type { Observed } from '../model/observed.ts';
import type { Plan, Refusal } from '../model/plan.ts';
import type { History, Request } from '../model/request.ts';
import type { Clock, Sleep } from './clock.ts';
import type { Failure, Tries } from './history.ts';
import type { StackLock } from './lock/lock.ts';
import type { LockProblem, LockSettings } from './lock/settings.ts';
import type { Look, Looking } from './look.ts';

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
  /** Engines that were found lost a moment ago. Default: none. */
  readonly lost?: ReadonlyMap<EngineName, EngineError>;
  /** How to let time pass; real time by default. */
  readonly sleep?: Sleep;
}

/** An engine that stopped answering and did not come back. */
export interface LostEngine {
  readonly engine: EngineName;
  readonly code: EngineErrorCode;
  readonly message: string;
}

/** `partial`: an engine is absent or was lost, and all the others are as they should be. */
export type Ended = 'converged' | 'partial' | 'failed' | 'interrupted';

export type Outcome =
  | {
      readonly kind: Ended;
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
export const maxRounds = 20;

/** Everything that a run gathers. */
export interface Run {
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
  /** Notices that the person knows of. */
  readonly told: Set<string>;
}

/** Tells of what the planner noticed, each thing once. */
export function tellNotices(run: Run, { notices }: Plan): void {
  run.notices = notices;
  for (const notice of notices) {
    const text = `${notice.code} ${notice.address ?? ''} ${notice.message}`;
    if (run.told.has(text)) continue;
    run.told.add(text);
    run.options.emit({ atMs: run.clock.now(), type: 'notice', notice });
  }
}

/** Something undoes what we do. */
export function endRestless(run: Run, { steps }: Plan): Outcome {
  const notice = {
    code: 'no-end',
    address: steps[0]?.operation.address,
    message: `after ${maxRounds} rounds there is still something to do: ${steps[0]?.operation.reasons.join('; ') ?? ''}`,
    hint: 'see whether somebody else is changing the same stack',
  };
  tellNotices(run, { steps, notices: [...run.notices, notice] });
  return end(run, 'failed');
}

/** What was refused only after a change, such as an image that is gone again, is an end like any failure. */
export function endRefused(run: Run, refusals: readonly Refusal[]): Outcome {
  end(run, 'failed');
  return { kind: 'refused', refusals };
}

/** The run may not change anything, or nothing more. */
export function endLocked(run: Run, problem: LockProblem): Outcome {
  end(run, 'interrupted');
  return { kind: 'locked', problem };
}

/** Tells that the run has ended. */
export function end(run: Run, kind: Ended): Outcome {
  const { options, clock, rounds, startedAt } = run;
  const elapsedMs = clock.now() - startedAt;
  options.emit({ atMs: clock.now(), type: 'run-ended', outcome: kind, rounds, elapsedMs });
  return outcomeOf(run, kind);
}

/** How the run stands. */
export function outcomeOf(run: Run, kind: Ended): Outcome {
  const { rounds, changes, failures, notices, look } = run;
  const lost = [...look.lost].map(([engine, { code, message }]) => ({ engine, code, message }));
  return { kind, rounds, changes, observed: look.observed, failures, lost, notices };
}
