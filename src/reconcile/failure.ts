import { type Engine, EngineError, type EngineErrorCode } from '../engine/engine.ts';
import type { ContainerId } from '../model/id.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Step } from '../model/plan.ts';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { inspectMs } from './deadlines.ts';
import { HookError } from './hook.ts';
import { ConvergenceError } from './swarm/wait.ts';
import { lastTaskLines } from './swarm/words.ts';
import { WaitError } from './wait.ts';

/** Why a step failed, for a person and for the next round. */
export interface StepFailure {
  /** `wait`: the container is not what was waited for. `hook`: a command in it failed. */
  readonly code: EngineErrorCode | 'wait' | 'hook';
  readonly message: string;
  readonly hint: string | undefined;
  /** The container's last probe, and last lines of output of a container or a build, as they were written. */
  readonly details: readonly string[];
}

/** How many of its last lines a failed container may say. */
const tail = 20;

/** Turns what a step threw into data, and asks a container that failed its wait for its last words. Rethrows bugs. */
export async function explainFailure(
  step: Step,
  cause: unknown,
  asking: { readonly engine: Engine; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<StepFailure> {
  if (cause instanceof EngineError) {
    return { code: cause.code, message: cause.message, hint: cause.hint, details: cause.details };
  }
  if (cause instanceof HookError)
    return { code: 'hook', message: cause.message, hint: cause.hint, details: cause.lines };
  if (cause instanceof ConvergenceError) {
    const details = await lastTaskLines(cause.task, tail, asking);
    return { code: 'wait', message: cause.message, hint: cause.hint, details };
  }
  if (!(cause instanceof WaitError)) throw cause;
  const { container } = cause;
  const lines = container === undefined ? [] : await lastLines(container.id, asking);
  const details = [...probeOf(container), ...lines];
  const service = step.operation.address.split('/')[1] ?? '';
  const hint = lines.length < tail ? undefined : `see all of its output with \`stack logs ${service}\``;
  return { code: 'wait', message: cause.message, hint, details };
}

function probeOf(container: ObservedContainer | undefined): readonly string[] {
  const output = container?.healthOutput.trim() ?? '';
  return output === '' ? [] : output.split('\n').map((line) => `healthcheck: ${line}`);
}

async function lastLines(
  id: ContainerId,
  { engine, clock, signal }: { readonly engine: Engine; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const lines: string[] = [];
  try {
    await withDeadline({ engine: engine.name, clock, deadlineMs: inspectMs, signal }, async (limited) => {
      const options = { follow: false, tail, since: undefined, until: undefined };
      for await (const { text } of engine.logs(id, options, limited.signal)) lines.push(text);
    });
  } catch (error) {
    // What was read until then is better than nothing; the failure itself is already known.
    if (!(error instanceof EngineError)) throw error;
  }
  return lines.slice(-tail);
}
