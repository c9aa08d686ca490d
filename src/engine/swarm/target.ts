import type { ObservedEngine } from '../../model/observed.ts';
import { type Engine, EngineError, type ObserveQuery } from '../engine.ts';
import type { Swarm } from './port.ts';

/**
 * A manager that stands in for its swarm: a look at it shows services instead of containers, and the stack's lock is
 * the swarm's own. The rest of the port is the manager's.
 */
export async function asSwarm(engine: Engine): Promise<Engine> {
  const swarm = await openSwarm(engine);
  return {
    ...engine,
    swarm,
    observe: (query, signal) => observe(engine, swarm, query, signal),
    listStacks: async (signal) =>
      (await swarm.listStacks(signal)).map(({ name, services }) => ({
        name,
        states: new Map([['running', services]]),
        configFiles: [],
      })),
    createLock: (stack, owner, signal) => swarm.createLock(stack, owner, signal),
    readLock: (stack, signal) => swarm.readLock(stack, signal),
    beatLock: (id, beats, signal) => swarm.beatLock(id, beats, signal),
    releaseLock: (id, signal) => swarm.releaseLock(id, signal),
  };
}

/** A manager that hangs must not keep another from being asked. */
const askMs = 8000;

/** The first of these engines that can change a swarm. Why the others cannot is the error. */
export async function findManager(engines: readonly Engine[], signal: AbortSignal): Promise<Engine> {
  const problems: EngineError[] = [];
  for (const engine of engines) {
    try {
      const part = await (await openSwarm(engine)).membership(AbortSignal.any([signal, AbortSignal.timeout(askMs)]));
      if (part === 'manager') return engine;
      problems.push(new EngineError('incompatible', engine.name, words[part], { hint: hints[part] }));
    } catch (error) {
      if (!(error instanceof EngineError) || signal.aborted) throw error;
      problems.push(error);
    }
  }
  const [first] = problems;
  if (first === undefined) throw new Error('there is no engine to ask for its swarm');
  if (problems.length === 1) throw first;
  const all = problems.map(({ engine, message }) => `${engine}: ${message}`).join('; ');
  throw new EngineError(first.code, first.engine, `none of these manages a swarm: ${all}`);
}

const words = {
  none: 'is in no swarm',
  worker: 'is a worker of its swarm, and only managers take orders',
  'no-quorum': 'is a manager of a swarm that has lost most of its managers',
} as const;

const hints = {
  none: 'make one with `docker swarm init`, or leave out `--target swarm`',
  worker: 'name a manager with --host or --context',
  'no-quorum': 'bring the other managers back',
} as const;

function openSwarm(engine: Engine): Promise<Swarm> {
  if (engine.openSwarm === undefined) throw new Error(`engine ${engine.name} has no way to a swarm`);
  return engine.openSwarm();
}

async function observe(
  engine: Engine,
  swarm: Swarm,
  { stack, networks, images, ofSwarm }: ObserveQuery,
  signal: AbortSignal,
): Promise<ObservedEngine> {
  const { files = [], freshImages = [] } = ofSwarm ?? {};
  const [info, seen] = await Promise.all([
    engine.info(signal),
    swarm.observe({ stack, networks, images, files, freshImages }, signal),
  ]);
  return {
    name: engine.name,
    info,
    containers: [],
    networks: [],
    volumes: [],
    images: new Map(),
    foreignContainerNames: [],
    swarm: seen,
  };
}
