import { type Engine, EngineError } from '../engine/engine.ts';
import type { AbsentEngine, Observed } from '../model/observed.ts';
import { formatDuration } from '../model/units.ts';
import { sleep } from '../reconcile/clock.ts';
import { observeAll, watchOver } from '../reconcile/observe.ts';
import type { Root } from './arguments/root.ts';
import type { Context } from './context.ts';
import { done, type Ending, exitCodes, Interrupted } from './exit.ts';
import { interruptible } from './signals.ts';
import { safeText } from './text/safe-text.ts';

/** Longest time for looking at every engine once. */
const deadlineMs = 30_000;

/** Connects to the engines, hands them over, and lets go of them whatever happens. */
export async function withEngines<T>(
  { context, root }: { readonly context: Context; readonly root: Root },
  use: (engines: readonly Engine[]) => Promise<T>,
): Promise<T> {
  const engines = await context.connect(root);
  try {
    return await use(engines);
  } finally {
    for (const engine of engines) engine.close();
  }
}

/** Looks without changing anything: ends at the deadline, and with {@link Interrupted} at once when a signal comes. */
export async function look<T>(
  context: Context,
  use: (signal: AbortSignal) => Promise<T>,
  limitMs = deadlineMs,
): Promise<T> {
  const interruption = interruptible(context.signals);
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await use(AbortSignal.any([interruption.stop, limit]));
  } catch (error) {
    const signal = interruption.signal();
    if (signal !== undefined) throw new Interrupted(signal);
    if (!(error instanceof EngineError && error.code === 'aborted' && limit.aborted)) throw error;
    throw new EngineError('timeout', error.engine, `no answer within ${formatDuration(limitMs)}`, { cause: error });
  } finally {
    interruption.end();
  }
}

/** What the engines hold of a stack. Of several those that do not answer are absent. */
export async function observeStack(engines: readonly Engine[], stack: string, signal: AbortSignal): Promise<Observed> {
  const query = { stack, networks: [], volumes: [], images: [], containerNames: [] };
  return observeAll(engines, query, signal);
}

/** Asks every engine the same. Of several those that do not answer are absent; rejects if none answers. */
export async function askEach<T>(
  { now }: Context,
  engines: readonly Engine[],
  ask: (engine: Engine) => Promise<T>,
): Promise<{ readonly answers: readonly T[]; readonly absent: readonly AbsentEngine[] }> {
  const asked = await Promise.all(
    watchOver(engines, { now, sleep }).map(async (engine) => {
      try {
        return { isAnswer: true, value: await ask(engine) } as const;
      } catch (error) {
        if (!(error instanceof EngineError) || error.code === 'aborted') throw error;
        return { isAnswer: false, error } as const;
      }
    }),
  );
  const errors = asked.flatMap((answer) => (answer.isAnswer ? [] : [answer.error]));
  const [first] = errors;
  if (first !== undefined && errors.length === engines.length) throw first;
  return {
    answers: asked.flatMap((answer) => (answer.isAnswer ? [answer.value] : [])),
    absent: errors.map(({ engine, message }) => ({ name: engine, because: message })),
  };
}

/** The ending of a command that has shown all that it could: engines that did not answer are named. */
export function endingOfLook(absent: readonly AbsentEngine[] = []): Ending {
  if (absent.length === 0) return done;
  const lines = absent.map(({ name, because }) => safeText(`! engine ${name}: ${because}; what it holds is unknown`));
  return { code: exitCodes.partial, lines };
}
