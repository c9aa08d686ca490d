import { type Engine, EngineError } from '../engine/engine.ts';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';

interface Asking {
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Whether an engine gives a sign of life in time. */
export const answers = async (engine: Engine, asking: Asking): Promise<boolean> =>
  (await silenceOf(engine, asking)) === undefined;

/** Why an engine gives no sign of life in time; `undefined`: it gives one. */
export async function silenceOf(engine: Engine, asking: Asking): Promise<EngineError | undefined> {
  try {
    await withDeadline({ engine: engine.name, ...asking }, ({ signal }) => engine.ping(signal));
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return error;
  }
}

/** The engine gave no answer, or none that came back to us. */
export const isSilent = (cause: unknown): cause is EngineError =>
  cause instanceof EngineError && ['lost', 'timeout', 'unreachable', 'aborted'].includes(cause.code);
