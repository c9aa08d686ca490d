import { type Engine, EngineError } from '../engine/engine.ts';
import type { Progress } from '../model/event.ts';
import type { ContainerId } from '../model/id.ts';
import type { Operation, OperationOf } from '../model/plan.ts';
import { formatDuration } from '../model/units.ts';
import { deadlineOf } from './deadlines.ts';

/** A hook did not end well. Running it again is nobody's decision here. */
export class HookError extends Error {
  override readonly name = 'HookError';
  readonly hint: string | undefined;
  /** The last lines that it printed. */
  readonly lines: readonly string[];

  constructor(
    message: string,
    { hint, lines }: { readonly hint: string | undefined; readonly lines: readonly string[] },
  ) {
    super(message);
    this.hint = hint;
    this.lines = lines;
  }
}

/** How many of its last lines a failed hook may say, as Compose has it. */
const tail = 10;

type HookOperation = OperationOf<'run-post-start' | 'run-pre-stop'>;

export interface HookRunning {
  readonly engine: Engine;
  readonly container: ContainerId;
  readonly report: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs one hook. Rejects with {@link HookError} unless it exits with code 0.
 *
 * A container that has ended meanwhile needs nothing before its stop; after its start that is a failure.
 */
export async function runHook(
  operation: HookOperation,
  { engine, container, report, signal }: HookRunning,
): Promise<void> {
  const { kind, hook } = operation;
  const what = nameOf(operation);
  const lines: string[] = [];
  const note = (progress: Progress): void => {
    if (progress.kind === 'text') lines.push(progress.text);
    if (lines.length > tail) lines.shift();
    report(progress);
  };
  const exitCode = await engine.runHook(container, hook, { report: note, signal }).catch((cause: unknown) => {
    const code = cause instanceof EngineError ? cause.code : undefined;
    if (code !== 'conflict' && code !== 'not-found') throw cause;
    if (kind === 'run-pre-stop') return 0;
    throw new HookError(`${what} cannot run: the container does not run any more`, { hint: undefined, lines });
  });
  if (exitCode === 0) return;
  const hint = kind === 'run-pre-stop' ? 'the container goes on running: mend the hook and try again' : undefined;
  throw new HookError(`${what} exited with code ${exitCode}`, { hint, lines });
}

/** A hook that says nothing for too long has failed; that is no silence of the engine. Other causes stay as they are. */
export function orSilentHook(operation: Operation, cause: unknown): unknown {
  const isHook = operation.kind === 'run-post-start' || operation.kind === 'run-pre-stop';
  if (!isHook || !(cause instanceof EngineError) || cause.code !== 'timeout') return cause;
  const message = `${nameOf(operation)} was given up: it printed nothing for ${formatDuration(deadlineOf(operation))}`;
  return new HookError(message, { hint: 'it may still be running in the container', lines: [] });
}

const nameOf = ({ kind, index }: HookOperation): string =>
  `${kind === 'run-post-start' ? 'post_start' : 'pre_stop'} hook ${index + 1}`;
