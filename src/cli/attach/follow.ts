import { type Engine, EngineError, type LogLine, type LogOptions } from '../../engine/engine.ts';
import type { ContainerId } from '../../model/id.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import { sleep } from '../../reconcile/clock.ts';
import type { Located } from '../list/containers.ts';
import type { LogPrinter } from '../logs/printer.ts';
import type { Outlast } from './outages.ts';

/** A container that came to its end. */
export interface Exit {
  readonly name: string;
  readonly service: string;
  readonly exitCode: number;
}

/** What to follow, and who hears of it. */
export interface Following {
  readonly stack: string;
  readonly engines: readonly Engine[];
  readonly printer: LogPrinter;
  /** Name before the lines: `web-1`. */
  readonly nameOf: (located: Located) => string;
  /** Services that are followed at all, and of these the ones whose output is shown. */
  readonly services: ReadonlySet<string>;
  readonly shown: ReadonlySet<string>;
  /** Hears of every container that ended; what it gives is shown as the last line of that container. */
  readonly onExit: (exit: Exit) => string | undefined;
  readonly outlast: Outlast;
  readonly signal: AbortSignal;
}

/** The part of a container's output that is shown. */
export type Part = Omit<LogOptions, 'follow'>;

/** How long to wait before asking again what became of a container that restarts. */
const restartMs = 500;

/**
 * Shows the output of containers until all of them have ended, or the signal fires. Containers that start
 * meanwhile, whoever starts them, are followed from their first line; one that restarts is followed on.
 */
export async function followContainers(
  first: readonly (Located & { readonly part: Part })[],
  following: Following,
): Promise<void> {
  const { engines, services, signal } = following;
  const known = new Set<ContainerId>();
  const open = new Set<Promise<void>>();
  const begin = (located: Located, part: Part): void => {
    if (known.has(located.container.id) || !services.has(located.container.service)) return;
    known.add(located.container.id);
    const run: Promise<void> = followOne(located, part, following).finally(() => {
      known.delete(located.container.id);
      open.delete(run);
    });
    open.add(run);
  };
  const watching = new AbortController();
  const limit = AbortSignal.any([signal, watching.signal]);
  const watches = engines.map((engine) => watchStarts(engine, following, limit, begin));
  for (const { part, ...located } of first) begin(located, part);
  try {
    while (open.size > 0) await Promise.race(open);
  } finally {
    watching.abort();
    await Promise.allSettled(watches);
  }
}

type Begin = (located: Located, part: Part) => void;

/** Follows what starts on one engine. Ends with the signal, or when the only engine is lost: its logs end too then. */
async function watchStarts(engine: Engine, following: Following, signal: AbortSignal, begin: Begin): Promise<void> {
  const outlast = async (error: unknown): Promise<void> =>
    isAborted(signal) ? undefined : following.outlast(engine, error);
  try {
    while (!isAborted(signal)) await beginStarted(engine, following, signal, begin).catch(outlast);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
}

async function beginStarted(engine: Engine, { stack }: Following, signal: AbortSignal, begin: Begin): Promise<void> {
  for await (const { action, container: id } of engine.events(stack, signal)) {
    if (action !== 'start') continue;
    const container = await engine.inspectContainer(id, signal);
    if (!container.isOneOff) begin({ engine: engine.name, container }, lastRun(container));
  }
}

/** How long before the recorded start a program may have begun to write: the engine records a moment late. */
const slackMs = 200;

/** All output of a container's present or last run. */
export function lastRun({ startedAt, finishedAt }: Pick<ObservedContainer, 'startedAt' | 'finishedAt'>): Part {
  const start = Date.parse(startedAt);
  const end = Date.parse(finishedAt);
  const all: Part = { tail: undefined, since: undefined, until: undefined };
  // Engines give no time, or one in the year 1, for what never happened.
  if (!(end > 0) || !(start > 0)) return all;
  return { ...all, since: end < start ? finishedAt : new Date(start - slackMs).toISOString() };
}

async function followOne(located: Located, first: Part, following: Following): Promise<void> {
  const { printer, nameOf, shown, onExit, signal } = following;
  const engine = engineOf(located, following);
  const { id, service, startedAt } = located.container;
  const name = nameOf(located);
  const isShown = shown.has(service);
  let part = first;
  let last = '';
  while (!signal.aborted) {
    const seen = last;
    const lines = reading(engine.logs(id, { ...part, follow: true }, signal), ({ timestamp }) => {
      last = timestamp;
      return timestamp > seen;
    });
    const container = await settled(engine, located.container, {
      ...following,
      reading: isShown ? printer.follow({ name, service, lines }) : drain(lines),
    });
    if (isAborted(signal)) return;
    if (container !== 'lost' && container?.state !== 'running') {
      const words = onExit({ name, service, exitCode: exitCodeOf(container) });
      if (words !== undefined && isShown) await printer.notice(name, service, words);
      return;
    }
    // It runs again, or the stream broke off: what was shown may come once more and is left out.
    if (last !== '') part = { tail: undefined, since: last, until: undefined };
    else if (isAnotherRun(container, startedAt)) part = lastRun(container);
  }
}

const exitCodeOf = (container: ObservedContainer | undefined): number => container?.exitCode ?? 0;

const isAnotherRun = (container: ObservedContainer | 'lost', startedAt: string): container is ObservedContainer =>
  container !== 'lost' && container.startedAt !== startedAt;

/** How the container is once its log has ended; `lost` if the engine was, and is back. */
async function settled(
  engine: Engine,
  { id }: ObservedContainer,
  { reading, outlast, signal }: Following & { readonly reading: Promise<void> },
): Promise<ObservedContainer | 'lost' | undefined> {
  try {
    await quietly(reading);
    return await untilSettled(engine, id, signal);
  } catch (error) {
    await outlast(engine, error);
    return 'lost';
  }
}

/** Asked anew: the compiler thinks that it knows from before the wait. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

function engineOf({ engine: name }: Located, { engines }: Pick<Following, 'engines'>): Engine {
  const engine = engines.find((candidate) => candidate.name === name);
  if (engine === undefined) throw new Error(`no engine ${name}`);
  return engine;
}

/** Lines that the test lets through. */
async function* reading(lines: AsyncIterable<LogLine>, isNew: (line: LogLine) => boolean): AsyncIterable<LogLine> {
  for await (const line of lines) if (isNew(line)) yield line;
}

/** The container when it neither restarts nor is about to; `undefined` if it is gone. Takes its time: a log that ends has a reason. */
async function untilSettled(
  engine: Engine,
  id: ContainerId,
  signal: AbortSignal,
): Promise<ObservedContainer | undefined> {
  try {
    for (;;) {
      const container = await engine.inspectContainer(id, signal);
      if (container.state !== 'restarting' && container.state !== 'running') return container;
      await sleep(restartMs, signal);
      if (container.state === 'running') return await engine.inspectContainer(id, signal);
    }
  } catch (error) {
    if (error instanceof EngineError && ['not-found', 'aborted'].includes(error.code)) return undefined;
    throw error;
  }
}

/** A log ends without an error when its container is removed, or when we stop listening. */
async function quietly(reading: Promise<void>): Promise<void> {
  try {
    await reading;
  } catch (error) {
    if (!(error instanceof EngineError && ['not-found', 'aborted'].includes(error.code))) throw error;
  }
}

async function drain(lines: AsyncIterable<unknown>): Promise<void> {
  const iterator = lines[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}
