import { type Engine, EngineError, type ObserveQuery } from '../engine/engine.ts';
import type { Emit } from '../model/event.ts';
import type { EngineName } from '../model/id.ts';
import type { Observed, ObservedEngine } from '../model/observed.ts';
import type { Clock } from './clock.ts';
import { observeOne } from './observe.ts';

/** How long a run waits for an engine that it lost to come back. */
const patienceMs = 30_000;

export interface Looking {
  readonly engines: readonly Engine[];
  readonly query: ObserveQuery;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** A look at every engine during a run. Those that are lost show what was seen last. */
export interface Look {
  readonly observed: Observed;
  readonly lost: ReadonlyMap<EngineName, EngineError>;
}

/** Looks again at every engine, and waits a while for those that do not answer. */
export async function lookAgain(looking: Looking, before: Look): Promise<Look> {
  const lost = new Map<EngineName, EngineError>();
  const engines = await Promise.all(
    looking.engines.map(async (engine): Promise<ObservedEngine> => {
      const last = before.observed.engines.find(({ name }) => name === engine.name);
      // An engine is waited for once a run.
      const isPatient = !before.lost.has(engine.name);
      const seen = await observeWithPatience(looking, engine, isPatient ? patienceMs : 0);
      if (!(seen instanceof EngineError)) return seen;
      lost.set(engine.name, seen);
      if (last === undefined) throw seen;
      return last;
    }),
  );
  return { observed: { engines }, lost };
}

async function observeWithPatience(
  looking: Looking,
  engine: Engine,
  patience: number,
): Promise<ObservedEngine | EngineError> {
  const { query, clock, emit, signal } = looking;
  const until = clock.now() + patience;
  let isKnownLost = false;
  for (let pauseMs = 200; ; pauseMs = Math.min(2000, 2 * pauseMs)) {
    try {
      const seen = await observeOne(engine, query, { signal, clock });
      if (isKnownLost)
        emit({ atMs: clock.now(), type: 'engine-state', engine: engine.name, state: 'back', message: 'answers again' });
      return seen;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (!isKnownLost)
        emit({ atMs: clock.now(), type: 'engine-state', engine: engine.name, state: 'lost', message: error.message });
      isKnownLost = true;
      if (signal.aborted || clock.now() >= until) return error;
    }
    await clock.sleep(pauseMs, signal);
  }
}
