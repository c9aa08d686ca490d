import { type Engine, EngineError } from '../engine/engine.ts';
import type { Operation } from '../model/plan.ts';
import { formatDuration } from '../model/units.ts';
import type { Clock } from './clock.ts';
import { deadlineOf, inspectMs } from './deadlines.ts';
import { answers } from './signs.ts';

/**
 * A pull that brings nothing while its engine answers has failed, and would take as long again: it is the registry
 * that is silent. Other causes stay as they are.
 */
export async function orStalledPull(
  operation: Operation,
  cause: unknown,
  { engine, clock, signal }: { readonly engine: Engine; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<unknown> {
  if (operation.kind !== 'pull-image' || !(cause instanceof EngineError) || cause.code !== 'timeout') return cause;
  if (!(await answers(engine, { clock, deadlineMs: inspectMs, signal }))) return cause;
  const silence = formatDuration(deadlineOf(operation));
  return new EngineError('rejected', engine.name, `pull ${operation.image}: nothing came for ${silence}`, {
    cause,
    hint: 'see whether the engine reaches the registry',
  });
}
