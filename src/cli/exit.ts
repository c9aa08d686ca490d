import { EngineError, type EngineErrorCode } from '../engine/engine.ts';
import type { Refusal } from '../model/plan.ts';
import { type Signal, signalCodes } from './signals.ts';
import { safeText } from './text/safe-text.ts';

/** How a command ends: the exit code, and what standard error still has to say. */
export interface Ending {
  readonly code: number;
  /** Lines for people, safe to print. */
  readonly lines: readonly string[];
}

/** Every exit code of ours but those of signals and of containers. */
export const exitCodes = {
  done: 0,
  failed: 1,
  badInput: 2,
  hasChanges: 3,
  locked: 4,
  unreachable: 5,
  partial: 6,
  dataSafety: 7,
} as const;

export const done: Ending = { code: exitCodes.done, lines: [] };

/** A command line that cannot be carried out as written; thrown or returned before anything was contacted. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What to write instead, where we know. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** An input file is wrong, and what to print of it stands ready. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super('the input is wrong');
    this.lines = lines;
  }
}

/** A signal came before there was anything to carry to its end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: Signal;

  constructor(signal: Signal) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}

/** An ending with one sentence and what to do about it. */
export function failure(code: number, message: string, hint?: string): Ending {
  return { code, lines: [`error: ${safeText(message)}`, ...(hint === undefined ? [] : [`hint: ${safeText(hint)}`])] };
}

/** Why no plan was made; data safety outweighs the rest, because its code tells scripts to ask a person. */
export function refused(refusals: readonly Refusal[]): Ending {
  const isAboutData = refusals.some(({ kind }) => kind === 'data-safety');
  return {
    code: isAboutData ? exitCodes.dataSafety : exitCodes.failed,
    lines: refusals.flatMap(({ address, message, hint }) => [
      `error: ${safeText(address === undefined ? message : `${address}: ${message}`)}`,
      ...(hint === undefined ? [] : [`hint: ${safeText(hint)}`]),
    ]),
  };
}

/** A run that a signal cut short. */
export function interruptedBy(signal: Signal): Ending {
  return { code: signalCodes[signal], lines: [] };
}

/** What went wrong before or beside the executor, which tells of its own failures. Anything unknown is a bug of ours. */
export function endingOf(error: unknown): Ending {
  if (error instanceof Interrupted) return interruptedBy(error.signal);
  if (error instanceof UsageError) return failure(exitCodes.badInput, error.message, error.hint);
  if (error instanceof InputError) return { code: exitCodes.badInput, lines: error.lines };
  if (error instanceof EngineError) {
    return failure(codeOf(error.code), `engine ${error.engine}: ${error.message}`, error.hint);
  }
  return bug(error);
}

function codeOf(code: EngineErrorCode): number {
  switch (code) {
    case 'unreachable':
    case 'lost':
    case 'timeout':
    case 'incompatible':
    case 'unauthorized':
      return exitCodes.unreachable;
    case 'aborted':
      return signalCodes.SIGINT;
    case 'not-found':
    case 'conflict':
    case 'no-space':
    case 'rejected':
      return exitCodes.failed;
  }
}

/** A defect of the program: everything that a report needs. */
export function bug(error: unknown): Ending {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: exitCodes.failed,
    lines: [
      'error: this is a bug in stack, not in your file.',
      ...stack.split('\n').map((line) => `  ${safeText(line)}`),
      'Please report it with these lines and the command that you ran.',
    ],
  };
}
