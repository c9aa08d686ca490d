import { type Engine, EngineError } from '../engine/engine.ts';
import { formatDuration } from '../model/units.ts';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { answers } from './signs.ts';

/** An engine that has given no sign of life for so long is lost: three probes of a second each. */
export const defaultLostAfterMs = 3_000;
/** A lone engine is given longer: there is no other to go on with. */
export const loneLostAfterMs = 9_000;

const probeMs = 1_000;
/** An engine that gives signs of life is given so long to tell what it holds: a swarm may be choosing its leader. */
const lookMs = 30_000;
const leastProbeMs = 250;
/** Calls that are answered within that time cost no probe. */
const graceMs = 500;

/**
 * What stays as it is: no call, the sign of life itself, calls with a patience of their own, and ways to a swarm, whose
 * manager is not the engine that a call is about.
 */
type Unwatched =
  | 'name'
  | 'address'
  | 'isExposed'
  | 'member'
  | 'ping'
  | 'beatLock'
  | 'releaseLock'
  | 'openSetup'
  | 'swarm'
  | 'openSwarm'
  | 'close';

/** Every other method of the port: one that is added there has to be added here. */
type Watched = Omit<Engine, Unwatched>;

export interface VigilOptions {
  readonly clock: Clock;
  readonly lostAfterMs: number;
}

/**
 * The same engine, whose calls end with `lost` when it gives no sign of life: one that hangs, is without power or
 * behind a cut cable keeps nobody waiting for the deadline of a long call. It is pinged only while a call goes on.
 */
export function underVigil(engine: Engine, options: VigilOptions): Engine {
  const vigil = openVigil(engine, options);
  const { during, throughout } = vigil;
  const { name } = engine;
  const watched: Watched = {
    info: (signal) => during(signal, (own) => engine.info(own)),
    observe: (query, signal) =>
      during(signal, (own) =>
        withDeadline({ engine: name, clock: options.clock, deadlineMs: lookMs, signal: own }, (limited) =>
          engine.observe(query, limited.signal),
        ),
      ),
    inspectContainer: (id, signal) => during(signal, (own) => engine.inspectContainer(id, own)),
    listStacks: (signal) => during(signal, (own) => engine.listStacks(own)),
    ...changesUnder(engine, during),
    ...imagesUnder(engine, vigil),
    readLock: (stack, signal) => during(signal, (own) => engine.readLock(stack, own)),
    logs: (id, logOptions, signal) => throughout(signal, (own) => engine.logs(id, logOptions, own)),
    events: (stack, signal) => throughout(signal, (own) => engine.events(stack, own)),
  };
  return { ...engine, ...watched };
}

type ImageMethod = Extract<keyof Watched, `${string}Image`> | 'resolveDigest';
type LookingMethod = 'info' | 'observe' | 'inspectContainer' | 'listStacks' | 'readLock' | 'logs' | 'events';

/** The calls that make, change and remove things. */
function changesUnder(engine: Engine, during: Vigil['during']): Omit<Watched, ImageMethod | LookingMethod> {
  return {
    createNetwork: (project, network, signal) => during(signal, (own) => engine.createNetwork(project, network, own)),
    removeNetwork: (id, signal) => during(signal, (own) => engine.removeNetwork(id, own)),
    createVolume: (project, volume, signal) => during(signal, (own) => engine.createVolume(project, volume, own)),
    removeVolume: (volume, signal) => during(signal, (own) => engine.removeVolume(volume, own)),
    createContainer: (creation, resolve, signal) =>
      during(signal, (own) => engine.createContainer(creation, resolve, own)),
    connectNetwork: (connection, signal) => during(signal, (own) => engine.connectNetwork(connection, own)),
    writeFiles: (id, files, signal) => during(signal, (own) => engine.writeFiles(id, files, own)),
    probeContainer: (id, signal) => during(signal, (own) => engine.probeContainer(id, own)),
    startContainer: (id, signal) => during(signal, (own) => engine.startContainer(id, own)),
    stopContainer: (id, graceMs, signal) => during(signal, (own) => engine.stopContainer(id, graceMs, own)),
    restartContainer: (id, graceMs, signal) => during(signal, (own) => engine.restartContainer(id, graceMs, own)),
    killContainer: (id, signal) => during(signal, (own) => engine.killContainer(id, own)),
    runHook: (id, hook, work) => during(work.signal, (signal) => engine.runHook(id, hook, { ...work, signal })),
    balance: (id, balancing, signal) => during(signal, (own) => engine.balance(id, balancing, own)),
    unpauseContainer: (id, signal) => during(signal, (own) => engine.unpauseContainer(id, own)),
    renameContainer: (id, to, signal) => during(signal, (own) => engine.renameContainer(id, to, own)),
    removeContainer: (id, andVolumes, signal) => during(signal, (own) => engine.removeContainer(id, andVolumes, own)),
    createLock: (stack, owner, signal) => during(signal, (own) => engine.createLock(stack, owner, own)),
    setAvailability: (availability, signal) => during(signal, (own) => engine.setAvailability(availability, own)),
  };
}

/** The calls about images. */
function imagesUnder(engine: Engine, { during, throughout }: Vigil): Pick<Watched, ImageMethod> {
  return {
    pullImage: (image, platform, work) =>
      during(work.signal, (signal) => engine.pullImage(image, platform, { ...work, signal })),
    buildImage: (image, build, work) =>
      during(work.signal, (signal) => engine.buildImage(image, build, { ...work, signal })),
    async exportImage(image, known, signal) {
      const [cut, done] = [new AbortController(), new AbortController()];
      const endWith = (own: AbortSignal): void =>
        own.addEventListener('abort', () => cut.abort(own.reason), { signal: done.signal });
      const archive = await during(signal, (own) => {
        endWith(own);
        return engine.exportImage(image, known, cut.signal);
      });
      const read = async function* (own: AbortSignal): AsyncGenerator<Uint8Array> {
        endWith(own);
        try {
          yield* archive.chunks;
        } finally {
          done.abort();
        }
      };
      return { ...archive, chunks: throughout(signal, read) };
    },
    receiveImage: (image, source, work) =>
      during(work.signal, (signal) => engine.receiveImage(image, source, { ...work, signal })),
    resolveDigest: (image, signal) => during(signal, (own) => engine.resolveDigest(image, own)),
    removeImage: (id, signal) => during(signal, (own) => engine.removeImage(id, own)),
  };
}

interface Vigil {
  readonly during: <T>(signal: AbortSignal, call: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** For a stream, which ends by its signal. */
  readonly throughout: <T>(
    signal: AbortSignal,
    open: (signal: AbortSignal) => AsyncIterable<T>,
  ) => AsyncGenerator<T, void>;
}

/** One stretch of time in which calls are under way. */
interface Watch {
  readonly lost: AbortController;
  readonly ended: AbortController;
  calls: number;
}

function openVigil(engine: Engine, options: VigilOptions): Vigil {
  let current: Watch | undefined;
  const enter = (): Watch => {
    current ??= beginWatch(engine, options);
    current.calls += 1;
    return current;
  };
  const leave = (watch: Watch): void => {
    watch.calls -= 1;
    if (watch.calls === 0 || watch.lost.signal.aborted) watch.ended.abort();
    if (watch.ended.signal.aborted && current === watch) current = undefined;
  };
  return {
    async during(signal, call) {
      const watch = enter();
      const { signal: lost } = watch.lost;
      const done = new AbortController();
      try {
        const lostFirst = rejection(lost, done.signal, () => lossOf(engine, options));
        return await Promise.race([call(AbortSignal.any([signal, lost])), lostFirst]);
      } finally {
        done.abort();
        leave(watch);
      }
    },
    async *throughout(signal, open) {
      const watch = enter();
      const { signal: lost } = watch.lost;
      try {
        yield* open(AbortSignal.any([signal, lost]));
        if (lost.aborted) throw lossOf(engine, options);
      } catch (error) {
        throw lost.aborted ? lossOf(engine, options) : error;
      } finally {
        leave(watch);
      }
    },
  };
}

const lossOf = ({ name }: Engine, { lostAfterMs }: VigilOptions): EngineError =>
  new EngineError('lost', name, `no sign of life for ${formatDuration(lostAfterMs)}`);

function rejection(lost: AbortSignal, done: AbortSignal, loss: () => EngineError): Promise<never> {
  return new Promise((_resolve, reject) => {
    const refuse = (): void => reject(loss());
    if (lost.aborted) refuse();
    lost.addEventListener('abort', refuse, { signal: done });
  });
}

function beginWatch(engine: Engine, options: VigilOptions): Watch {
  const watch = { lost: new AbortController(), ended: new AbortController(), calls: 0 };
  void probeUntilLost(engine, options, watch);
  return watch;
}

async function probeUntilLost(
  engine: Engine,
  { clock, lostAfterMs }: VigilOptions,
  { lost, ended }: Watch,
): Promise<void> {
  let [signMs, missed] = [clock.now(), 0];
  await clock.sleep(graceMs, ended.signal);
  while (!ended.signal.aborted) {
    const askedMs = clock.now();
    const deadlineMs = Math.max(leastProbeMs, Math.min(probeMs, signMs + lostAfterMs - askedMs));
    const isAlive = await answers(engine, { clock, deadlineMs, signal: ended.signal });
    missed = isAlive ? 0 : missed + 1;
    if (isAlive) signMs = clock.now();
    // A machine that slept has let time pass in which nobody was asked.
    else if (clock.now() - signMs >= lostAfterMs && missed > 1) {
      lost.abort();
      return;
    }
    const nextMs = isAlive ? askedMs + probeMs : Math.min(askedMs + probeMs, signMs + lostAfterMs);
    await clock.sleep(Math.max(0, nextMs - clock.now()), ended.signal);
  }
}
