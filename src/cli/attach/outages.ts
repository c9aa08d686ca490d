import type { Engine } from '../../engine/engine.ts';
import type { EngineName } from '../../model/id.ts';
import { type Clock, sleep } from '../../reconcile/clock.ts';
import { answers, isSilent } from '../../reconcile/signs.ts';
import type { Context } from '../context.ts';
import { safeText } from '../text/safe-text.ts';

/**
 * Waits until an engine that was lost answers again, or the signal fires. Rethrows what is no loss, and any loss of
 * the only engine.
 */
export type Outlast = (engine: Engine, error: unknown) => Promise<void>;

const pauseMs = 1_000;

/** Tells of each loss once, however many wait for its end. The output of other engines goes on meanwhile. */
export function openOutages(
  { now, stderr }: Pick<Context, 'now' | 'stderr'>,
  engines: readonly Engine[],
  signal: AbortSignal,
): Outlast {
  const outages = new Map<EngineName, Promise<void>>();
  const clock: Clock = { now, sleep };
  const outage = async (engine: Engine, because: string): Promise<void> => {
    stderr.write(safeText(`! engine ${engine.name} is lost: ${because}; its output is missing from here on`) + '\n');
    while (!signal.aborted) {
      await sleep(pauseMs, signal);
      if (await answers(engine, { clock, deadlineMs: pauseMs, signal })) break;
    }
    outages.delete(engine.name);
    if (!signal.aborted) stderr.write(safeText(`! engine ${engine.name} answers again`) + '\n');
  };
  return async (engine, error) => {
    if (engines.length < 2 || !isSilent(error)) throw error;
    if (signal.aborted) return;
    const known = outages.get(engine.name) ?? outage(engine, error.message);
    outages.set(engine.name, known);
    await known;
  };
}
