import type { Engine, ObserveQuery } from '../engine/engine.ts';
import type { Observed } from '../model/observed.ts';
import { type Clock, sleep } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { observeMs } from './deadlines.ts';

/** Looks at every engine at once. Rejects with the first engine's {@link EngineError} if one does not answer. */
export async function observeAll(
  engines: readonly Engine[],
  query: ObserveQuery,
  signal: AbortSignal,
  clock: Clock = { now: () => performance.now(), sleep },
): Promise<Observed> {
  return { engines: await Promise.all(engines.map((engine) => observeOne(engine, query, { signal, clock }))) };
}

/** Looks at one engine, under a deadline. */
export async function observeOne(
  engine: Engine,
  query: ObserveQuery,
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock },
): Promise<Observed['engines'][number]> {
  const limits = { engine: engine.name, clock, deadlineMs: observeMs, signal };
  return withDeadline(limits, (limited) => engine.observe(query, limited.signal));
}
