import { type Engine, EngineError, type LogOptions } from '../../engine/engine.ts';
import type { ContainerId } from '../../model/id.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { Located } from '../list/containers.ts';
import type { LogPrinter } from '../logs/printer.ts';

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

/** Follows what starts on one engine. Ends with the signal, or when the engine is lost: its logs end too then. */
async function watchStarts(
  engine: Engine,
  { stack }: Following,
  signal: AbortSignal,
  begin: (located: Located, part: Part) => void,
): Promise<void> {
  try {
    for await (const { action, container: id } of engine.events(stack, signal)) {
      if (action !== 'start') continue;
      const container = await engine.inspectContainer(id, signal);
      if (!container.isOneOff) begin({ engine: engine.name, container }, allSince(container));
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
}

const allSince = ({ startedAt }: ObservedContainer): Part => ({ tail: undefined, since: startedAt, until: undefined });

async function followOne(located: Located, first: Part, following: Following): Promise<void> {
  const { engines, printer, nameOf, shown, onExit, signal } = following;
  const engine = engines.find(({ name }) => name === located.engine);
  if (engine === undefined) throw new Error(`no engine ${located.engine}`);
  const { id, service } = located.container;
  const name = nameOf(located);
  let part = first;
  while (!signal.aborted) {
    const lines = engine.logs(id, { ...part, follow: true }, signal);
    if (shown.has(service)) await quietly(printer.follow({ name, service, lines }));
    else await quietly(drain(lines));
    const container = await untilSettled(engine, id, signal);
    if (signal.aborted) return;
    if (container?.state !== 'running') {
      const last = onExit({ name, service, exitCode: container?.exitCode ?? 0 });
      if (last !== undefined && shown.has(service)) await printer.notice(name, service, last);
      return;
    }
    part = allSince(container);
  }
}

/** The container when it neither restarts nor is about to; `undefined` if it is gone. */
async function untilSettled(
  engine: Engine,
  id: ContainerId,
  signal: AbortSignal,
): Promise<ObservedContainer | undefined> {
  try {
    for (;;) {
      const container = await engine.inspectContainer(id, signal);
      if (container.state !== 'restarting') return container;
      await new Promise((resolve) => setTimeout(resolve, restartMs));
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
  for await (const _ of lines);
}
