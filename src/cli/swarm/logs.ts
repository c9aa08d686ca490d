import { EngineError, type LogLine } from '../../engine/engine.ts';
import type { Swarm } from '../../engine/swarm/port.ts';
import { isAborted, sleep } from '../../reconcile/clock.ts';
import type { Invocation } from '../arguments/command.ts';
import type { Part } from '../attach/follow.ts';
import { done, type Ending, exitCodes, failure, interruptedBy } from '../exit.ts';
import { openLogPrinter } from '../logs/open-printer.ts';
import type { LogPrinter } from '../logs/printer.ts';
import { look, withEngines } from '../observing.ts';
import { interruptible } from '../signals.ts';
import type { Target } from '../target.ts';
import { safeText } from '../text/safe-text.ts';
import type { LogsValues } from '../usage/logs.ts';
import { enginesFor } from './engines.ts';
import { type LocatedTask, listTasks, swarmAmong } from './tasks.ts';

/** How often new tasks are looked for while output is followed. */
const pollMs = 2000;

interface Showing {
  readonly invocation: Invocation<LogsValues>;
  readonly swarm: Swarm;
  readonly target: Target;
  readonly part: Part;
  readonly printer: LogPrinter;
  readonly signal: AbortSignal;
  /** Tasks whose output could not be had, and why. */
  readonly missing: string[];
}

/** `stack logs` of a swarm: each task by itself, so that a node that is gone takes only its own output with it. */
export async function showTaskLogs(invocation: Invocation<LogsValues>, target: Target, part: Part): Promise<Ending> {
  const { context } = invocation;
  return withEngines(invocation, async (connected) => {
    const swarm = swarmAmong(await enginesFor(connected, { context, target: 'swarm' }));
    const tasks = await look(context, (signal) => chosen({ invocation, swarm, target }, signal));
    if (tasks.length === 0) return failure(exitCodes.failed, `no tasks found for ${target.name}`);
    const interruption = interruptible(context.signals, { isForReader: true });
    const printer = openLogPrinter(
      invocation,
      tasks.map(({ name }) => name),
      false,
    );
    const showing = { invocation, swarm, target, part, printer, signal: interruption.stop, missing: [] as string[] };
    try {
      if (invocation.flags.follow) await follow(showing, tasks);
      else await printer.merge(tasks.map((located) => sourceOf(showing, located)));
      const cause = interruption.signal();
      return cause === undefined ? endingOf(showing.missing) : interruptedBy(cause);
    } catch (error) {
      const cause = interruption.signal();
      if (cause !== undefined) return interruptedBy(cause);
      throw error;
    } finally {
      interruption.end();
    }
  });
}

async function chosen(
  { invocation, swarm, target }: Pick<Showing, 'invocation' | 'swarm' | 'target'>,
  signal: AbortSignal,
): Promise<readonly LocatedTask[]> {
  const { flags, operands } = invocation;
  const tasks = await listTasks(swarm, target, { services: operands, isAll: true, signal });
  return tasks.filter(
    ({ task }) => task.containerId !== '' && (flags.index === undefined || flags.index === task.slot),
  );
}

/** Goes on with tasks that come later, until it is interrupted. */
async function follow(showing: Showing, first: readonly LocatedTask[]): Promise<void> {
  const { printer, signal } = showing;
  const known = new Set<string>();
  const broken = Promise.withResolvers<never>();
  for (let tasks = first; ; tasks = await chosen(showing, signal)) {
    for (const located of tasks.filter(({ task }) => !known.has(task.id))) {
      known.add(located.task.id);
      printer.follow(sourceOf(showing, located)).catch(broken.reject);
    }
    await Promise.race([sleep(pollMs, signal), broken.promise]);
    if (isAborted(signal)) break;
  }
}

const sourceOf = (showing: Showing, located: LocatedTask) => ({
  name: located.name,
  service: located.service.service,
  lines: linesOf(showing, located),
});

/** A node that does not answer is told of once its other lines are out. */
async function* linesOf(showing: Showing, { task, node, name }: LocatedTask): AsyncIterable<LogLine> {
  const { swarm, part, signal, missing, invocation } = showing;
  const hostname = node?.hostname ?? 'its node';
  if (node !== undefined && node.state !== 'ready') {
    missing.push(`${name}: ${hostname} is ${node.state}`);
    return;
  }
  try {
    yield* swarm.taskLogs(task.id, { ...part, follow: invocation.flags.follow }, signal);
  } catch (error) {
    if (!(error instanceof EngineError) || signal.aborted) throw error;
    missing.push(`${name} on ${hostname}: ${error.message}`);
  }
}

function endingOf(missing: readonly string[]): Ending {
  if (missing.length === 0) return done;
  return { code: exitCodes.partial, lines: missing.map((text) => safeText(`! no output of ${text}`)) };
}
