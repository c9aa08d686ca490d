import type { Engine, LogLine } from '../../engine/engine.ts';
import type { EngineName } from '../../model/id.ts';
import type { AbsentEngine } from '../../model/observed.ts';
import { sleep } from '../../reconcile/clock.ts';
import { watchOver } from '../../reconcile/observe.ts';
import { isSilent } from '../../reconcile/signs.ts';
import { parseDuration } from '../../spec/values/duration.ts';
import type { Invocation } from '../arguments/command.ts';
import { followContainers, type Part } from '../attach/follow.ts';
import { openOutages } from '../attach/outages.ts';
import { type Ending, exitCodes, failure, interruptedBy, UsageError } from '../exit.ts';
import { chooseContainers, type Located, lineName } from '../list/containers.ts';
import { openLogPrinter } from '../logs/open-printer.ts';
import { endingOfLook, look, observeStack, withEngines } from '../observing.ts';
import { requireServices } from '../requests.ts';
import { interruptible } from '../signals.ts';
import { findTarget, knownServices, type Target } from '../target.ts';
import type { LogsValues } from '../usage/logs.ts';

/** `stack logs`. */
export async function runLogs(invocation: Invocation<LogsValues>): Promise<Ending> {
  const { context, root, flags, operands } = invocation;
  const part = partOf(flags, context.today());
  const found = await findTarget(context, root, { services: operands, needsFile: false });
  if (!found.ok) return found.ending;
  const { target } = found;
  if ((target.stack?.target ?? root.target) === 'swarm') {
    const { showTaskLogs } = await import('../swarm/logs.ts');
    return showTaskLogs(invocation, target, part);
  }
  return withEngines(invocation, async (engines) => {
    const observed = await look(context, (signal) => observeStack(engines, target.name, signal));
    const known = knownServices(target, observed);
    requireServices(operands, known);
    const services = operands.length > 0 ? operands : known.filter((name) => !isMute(target, name));
    const chosen = chooseContainers(observed, { services, isAll: true, states: [], declared: undefined }).filter(
      ({ container }) => !container.isOneOff && (flags.index ?? container.slot) === container.slot,
    );
    if (chosen.length === 0) return failure(exitCodes.failed, `no containers found for ${target.name}`);
    const { absent = [] } = observed;
    return print(invocation, { chosen, part, engines, absent, stack: target.name, services: new Set(services) });
  });
}

/** `attach: false` in the file: shown only when asked for by name. */
function isMute({ stack }: Target, name: string): boolean {
  return stack?.desired.services.find((service) => service.name === name)?.attach === false;
}

interface Printing {
  readonly chosen: readonly Located[];
  readonly part: Part;
  readonly engines: readonly Engine[];
  readonly absent: readonly AbsentEngine[];
  readonly stack: string;
  readonly services: ReadonlySet<string>;
}

async function print(invocation: Invocation<LogsValues>, printing: Printing): Promise<Ending> {
  const { context, flags } = invocation;
  const { chosen, part, stack, services, absent } = printing;
  const engines = watchOver(printing.engines, { now: context.now, sleep });
  const nameOf = (located: Located): string => lineName(located, stack, engines.length > 1);
  const printer = openLogPrinter(invocation, chosen.map(nameOf), engines.length > 1);
  const interruption = interruptible(context.signals, { isForReader: true });
  const signal = interruption.stop;
  const lost = new Map(absent.map((engine) => [engine.name, engine]));
  try {
    if (flags.follow) {
      for (const line of endingOfLook(absent).lines) context.stderr.write(`${line}\n`);
      const watching = { stack, engines, outlast: openOutages(context, engines, signal), signal };
      const following = { ...watching, printer, nameOf, services, shown: services, onExit: () => undefined };
      await followContainers(
        chosen.map((located) => ({ ...located, part })),
        following,
      );
    } else {
      await printer.merge(
        chosen.map((located) => ({
          name: nameOf(located),
          service: located.container.service,
          lines: linesOf(located, { ...printing, engines, lost }, signal),
        })),
      );
    }
    const cause = interruption.signal();
    return cause === undefined ? endingOfLook([...lost.values()]) : interruptedBy(cause);
  } catch (error) {
    const cause = interruption.signal();
    if (cause !== undefined) return interruptedBy(cause);
    throw error;
  } finally {
    interruption.end();
  }
}

/** All lines of a container. Where one of several engines is lost they end, and the engine is noted. */
async function* linesOf(
  { engine: name, container }: Located,
  { engines, part, lost }: Printing & { readonly lost: Map<EngineName, AbsentEngine> },
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  const engine = engines.find((candidate) => candidate.name === name);
  if (engine === undefined) throw new Error(`no engine ${name}`);
  try {
    yield* engine.logs(container.id, { ...part, follow: false }, signal);
  } catch (error) {
    if (engines.length < 2 || !isSilent(error) || signal.aborted) throw error;
    lost.set(name, { name, because: error.message });
  }
}

function partOf({ tail, since, until }: LogsValues, today: number): Part {
  return {
    tail: tail === 'all' ? undefined : tail,
    since: since === undefined ? undefined : timeOf(since, today),
    until: until === undefined ? undefined : timeOf(until, today),
  };
}

/** A time as engines take it: an age counts back from now, a time without a zone is ours. */
function timeOf(text: string, today: number): string {
  if (/^\d+(\.\d+)?$/.test(text)) return text;
  const age = parseDuration(text);
  if (age.ok) return seconds(today - age.value);
  const time = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text);
  if (Number.isNaN(time))
    throw new UsageError(`"${text}" is no time`, 'use 2026-01-02T13:23:37Z or an age such as 42m');
  return seconds(time);
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
