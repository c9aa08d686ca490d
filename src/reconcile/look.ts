import { type Engine, EngineError, type ObserveQuery } from '../engine/engine.ts';
import type { Emit } from '../model/event.ts';
import type { EngineName } from '../model/id.ts';
import type { Observed, ObservedEngine } from '../model/observed.ts';
import type { Clock } from './clock.ts';
import { type Answers, askAll, observedOf, observeOne } from './observe.ts';
import { answers } from './signs.ts';

/** How long a run waits for its only engine to come back. */
const patienceMs = 30_000;
/** How long it waits for one of several: the others go on meanwhile without it. */
const patienceAmongMs = 3_000;
/** In that time an engine that was lost has to give a sign of life to be looked at again. */
const signMs = 500;

export interface Looking {
  readonly engines: readonly Engine[];
  readonly query: ObserveQuery;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** A look at every engine during a run. Where none answers any more it shows what was seen last. */
export interface Look {
  readonly observed: Observed;
  readonly lost: ReadonlyMap<EngineName, EngineError>;
}

/**
 * The look before anything is changed: what does not answer now is not waited for, and engines that were found lost a
 * moment ago are not asked. Rejects with {@link EngineError} if no engine answers.
 */
export async function lookFirst(looking: Looking, known: Look['lost'], signal: AbortSignal): Promise<Look> {
  const { engines, query, clock } = looking;
  const others = engines.filter(({ name }) => !known.has(name));
  const asked = await askAll(others, query, { signal, clock });
  return lookOf(inOrder(engines, new Map([...known, ...asked])));
}

/** Looks again at every engine, and waits a while for those that do not answer any more. */
export async function lookAgain(looking: Looking, before: Look): Promise<Look> {
  const { engines } = looking;
  const silent = await stillSilent(looking, before.lost);
  const patience = engines.length > 1 ? patienceAmongMs : patienceMs;
  const answered = await Promise.all(
    engines.map(async (engine) => {
      const known = silent.get(engine.name);
      // An engine is waited for once a run.
      const isPatient = !before.lost.has(engine.name);
      return [engine.name, known ?? (await observeWithPatience(looking, engine, isPatient ? patience : 0))] as const;
    }),
  );
  const seen = new Map(answered);
  for (const name of before.lost.keys()) if (!(seen.get(name) instanceof EngineError)) tellBack(looking, name);
  const isDeserted = [...seen.values()].every((answer) => answer instanceof EngineError);
  return isDeserted ? { observed: before.observed, lost: lostOf(seen) } : lookOf(seen);
}

/** An engine that a call has shown to be lost, until it is looked at again. */
export function withLost({ observed, lost }: Look, error: EngineError): Look {
  const absent = [...(observed.absent ?? []), { name: error.engine, because: error.message }];
  const engines = observed.engines.filter(({ name }) => name !== error.engine);
  return { observed: { engines, absent }, lost: new Map([...lost, [error.engine, error]]) };
}

const lookOf = (seen: Answers): Look => ({ observed: observedOf(seen), lost: lostOf(seen) });

const lostOf = (seen: Answers): Look['lost'] =>
  new Map([...seen].flatMap(([name, answer]) => (answer instanceof EngineError ? [[name, answer] as const] : [])));

const inOrder = (engines: readonly Engine[], seen: Answers): Answers =>
  new Map(
    engines.flatMap(({ name }) => {
      const answer = seen.get(name);
      return answer === undefined ? [] : [[name, answer] as const];
    }),
  );

/** A lone engine is always asked. */
async function stillSilent({ engines, clock, signal }: Looking, lost: Look['lost']): Promise<Look['lost']> {
  if (engines.length < 2) return new Map();
  const silent = [...lost].map(async ([name, error]) => {
    const engine = engines.find((candidate) => candidate.name === name);
    const isBack = engine !== undefined && (await answers(engine, { clock, deadlineMs: signMs, signal }));
    return isBack ? [] : [[name, error] as const];
  });
  return new Map((await Promise.all(silent)).flat());
}

const tellBack = ({ emit, clock }: Looking, engine: EngineName): void =>
  emit({ atMs: clock.now(), type: 'engine-state', engine, state: 'back', message: 'answers again' });

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
      if (isKnownLost) tellBack(looking, engine.name);
      return seen;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (!isKnownLost && patience > 0)
        emit({ atMs: clock.now(), type: 'engine-state', engine: engine.name, state: 'lost', message: error.message });
      isKnownLost = true;
      if (signal.aborted || clock.now() >= until) return error;
    }
    await clock.sleep(pauseMs, signal);
  }
}
