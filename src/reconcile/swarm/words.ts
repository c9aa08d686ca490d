import { type Engine, EngineError } from '../../engine/engine.ts';
import type { SwarmTask } from '../../model/swarm.ts';
import type { Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import { swarmOf } from './perform.ts';

/** A node that is gone would keep us waiting; its tasks' output is no part of the failure. */
const lastWordsMs = 5000;

/** The last lines that a task wrote, as far as its node gives them. */
export async function lastTaskLines(
  task: SwarmTask | undefined,
  tail: number,
  { engine, clock, signal }: { readonly engine: Engine; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  if (task === undefined || task.containerId === '') return [];
  const lines: string[] = [];
  try {
    await withDeadline({ engine: engine.name, clock, deadlineMs: lastWordsMs, signal }, async (limited) => {
      const options = { follow: false, tail, since: undefined, until: undefined };
      for await (const { text } of swarmOf(engine).taskLogs(task.id, options, limited.signal)) lines.push(text);
    });
  } catch (error) {
    // What was read until then is better than nothing; the failure itself is already known.
    if (!(error instanceof EngineError)) throw error;
  }
  return lines.slice(-tail);
}
