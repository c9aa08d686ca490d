import { type Engine, EngineError, type ObserveQuery } from '../engine/engine.ts';
import type { EngineName } from '../model/id.ts';
import { completeSwarms } from '../model/membership.ts';
import type { AbsentEngine, Observed, ObservedEngine } from '../model/observed.ts';
import { type Clock, sleep } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { observeMs } from './deadlines.ts';
import { defaultLostAfterMs, loneLostAfterMs, underVigil } from './vigil.ts';

/** What each engine said, or why it said nothing. */
export type Answers = ReadonlyMap<EngineName, ObservedEngine | EngineError>;

/**
 * Looks at every engine at once. Of several those that do not answer are absent, and keep nobody waiting for longer
 * than it takes to tell that. Rejects with {@link EngineError} if none answers.
 */
export async function observeAll(
  engines: readonly Engine[],
  query: ObserveQuery,
  signal: AbortSignal,
  clock: Clock = { now: () => performance.now(), sleep },
): Promise<Observed> {
  return observedOf(await askAll(watchOver(engines, clock), query, { signal, clock }));
}

/** Engines of which one that hangs keeps nobody waiting for longer than it takes to tell. */
export const watchOver = (engines: readonly Engine[], clock: Clock): readonly Engine[] => {
  const lostAfterMs = engines.length < 2 ? loneLostAfterMs : defaultLostAfterMs;
  return engines.map((engine) => underVigil(engine, { clock, lostAfterMs }));
};

interface Asking {
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Asks every engine at once. Rejects only if our own signal ends it. */
export async function askAll(engines: readonly Engine[], query: ObserveQuery, asking: Asking): Promise<Answers> {
  const answers = engines.map(async (engine) => [engine.name, await answerOf(engine, query, asking)] as const);
  return new Map(await Promise.all(answers));
}

async function answerOf(engine: Engine, query: ObserveQuery, asking: Asking): Promise<ObservedEngine | EngineError> {
  try {
    return await observeOne(engine, query, asking);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === 'aborted') throw error;
    return error;
  }
}

/** What the answers say together. Rejects with the first engine's error, and the others' words, if there is none. */
export function observedOf(answers: Answers): Observed {
  const found = [...answers.values()].flatMap((answer) => (answer instanceof EngineError ? [] : [answer]));
  const engines = completeSwarms(found);
  const lost = [...answers.values()].filter((answer) => answer instanceof EngineError);
  const [first, ...others] = lost;
  if (first === undefined) return { engines };
  if (engines.length === 0) throw others.length === 0 ? first : together(first, others);
  return { engines, absent: lost.map(absence) };
}

const absence = ({ engine, message }: EngineError): AbsentEngine => ({ name: engine, because: message });

function together(first: EngineError, others: readonly EngineError[]): EngineError {
  const words = others.map(({ engine, message }) => `; engine ${engine}: ${message}`).join('');
  const hint = first.hint === undefined ? {} : { hint: first.hint };
  return new EngineError(first.code, first.engine, `${first.message}${words}`, { cause: first, ...hint });
}

/** Looks at one engine, under a deadline, and says what the inventory says of it. */
export async function observeOne(
  engine: Engine,
  query: ObserveQuery,
  { signal, clock }: Asking,
): Promise<ObservedEngine> {
  const limits = { engine: engine.name, clock, deadlineMs: observeMs, signal };
  const seen = await withDeadline(limits, (limited) => engine.observe(query, limited.signal));
  return engine.member === undefined ? seen : { ...seen, member: engine.member };
}
