import { type Engine, EngineError, type StackSummary } from '../../engine/engine.ts';
import type { Examination } from '../../engine/setup/port.ts';
import { completeSwarms } from '../../model/membership.ts';
import type { EngineInfo, ObservedEngine } from '../../model/observed.ts';
import { UsageError } from '../exit.ts';

/** What was found out of one engine. */
export type SeenEngine = AnsweringEngine | SilentEngine;

export interface AnsweringEngine {
  readonly kind: 'answers';
  readonly engine: Engine;
  readonly info: EngineInfo;
  readonly observed: ObservedEngine;
  readonly stacks: readonly StackSummary[];
  readonly examined: Examined | undefined;
}

/** A closer look, and how far its clock is ahead of ours. */
export interface Examined extends Examination {
  readonly aheadMs: number | undefined;
}

export interface SilentEngine {
  readonly kind: 'silent';
  readonly engine: Engine;
  readonly error: EngineError;
}

/** Longer than a busy engine takes, and short enough to wait for one that is gone. */
const deadlineMs = 8000;

/** Looks at every engine at once; one that does not answer keeps nobody waiting for longer than the deadline. */
export async function seeEngines(
  engines: readonly Engine[],
  signal: AbortSignal,
  clock?: () => number,
): Promise<readonly SeenEngine[]> {
  const seen = await Promise.all(engines.map((engine) => seeEngine(engine, signal, clock)));
  const completed = completeSwarms(seen.filter((each) => each.kind === 'answers'));
  return seen.map((each) => completed.find(({ engine }) => engine === each.engine) ?? each);
}

async function seeEngine(engine: Engine, signal: AbortSignal, clock: (() => number) | undefined): Promise<SeenEngine> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  try {
    // Of no stack: what runs there is all somebody else's.
    const query = { stack: '', networks: [], volumes: [], images: [], containerNames: [], wantsOthers: true };
    const [found, stacks, examined] = await Promise.all([
      engine.observe(query, limited),
      engine.listStacks(limited),
      clock === undefined ? undefined : examine(engine, limited, clock),
    ]);
    const observed = engine.member === undefined ? found : { ...found, member: engine.member };
    return { kind: 'answers', engine, info: observed.info, observed, stacks, examined };
  } catch (error) {
    if (!(error instanceof EngineError) || signal.aborted) throw error;
    return { kind: 'silent', engine, error };
  }
}

async function examine(engine: Engine, signal: AbortSignal, clock: () => number): Promise<Examined | undefined> {
  const setup = await engine.openSetup?.();
  if (setup === undefined) return undefined;
  const before = clock();
  const found = await setup.examine(signal);
  // It looked at its clock about half way between.
  const ours = (before + clock()) / 2;
  return { ...found, aheadMs: found.clockMs === undefined ? undefined : found.clockMs - ours };
}

/** The engines that are named, in the order of the list; all where none is. */
export function chooseEngines(engines: readonly Engine[], names: readonly string[]): readonly Engine[] {
  const unknown = names.find((name) => !engines.some((engine) => engine.name === name));
  if (unknown !== undefined) {
    throw new UsageError(
      `no engine is called "${unknown}"`,
      `engines are ${engines.map(({ name }) => name).join(', ')}`,
    );
  }
  return names.length === 0 ? engines : engines.filter(({ name }) => names.includes(name));
}
