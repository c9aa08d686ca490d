import type { StackSummary } from '../../engine/engine.ts';
import type { Invocation } from '../arguments/command.ts';
import { type Ending, UsageError } from '../exit.ts';
import { askEach, endingOfLook, look, withEngines } from '../observing.ts';
import { enginesFor } from '../swarm/engines.ts';
import { joinLines, safeJson } from '../text/safe-text.ts';
import { renderTable } from '../text/table.ts';
import type { LsValues } from '../usage/about.ts';

/** `stack ls`: every stack on the engines, whoever started it. */
export async function runLs(invocation: Invocation<LsValues>): Promise<Ending> {
  const { context, root, flags } = invocation;
  const isNamed = nameFilter(flags);
  return withEngines(invocation, async (connected) => {
    const engines = await enginesFor(connected, { context, target: root.target });
    return look(context, async (signal) => {
      const { answers, absent } = await askEach(context, engines, (engine) => engine.listStacks(signal));
      const stacks = merge(answers.flat())
        .filter(({ name, states }) => isNamed(name) && (flags.all || states.has('running')))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      context.stdout.write(printed(stacks, flags));
      return endingOfLook(absent);
    });
  });
}

/** `--filter name=` is a regular expression, as docker's is. */
function nameFilter({ filter }: LsValues): (name: string) => boolean {
  if (filter === undefined) return () => true;
  try {
    const pattern = new RegExp(filter.value);
    return (name) => pattern.test(name);
  } catch {
    throw new UsageError(`"${filter.value}" is not a regular expression`);
  }
}

/** A stack on several engines is one stack. */
function merge(stacks: readonly StackSummary[]): readonly StackSummary[] {
  return [...Map.groupBy(stacks, ({ name }) => name)].map(([name, parts]) => ({
    name,
    states: sum(parts.flatMap(({ states }) => [...states])),
    configFiles: [...new Set(parts.flatMap(({ configFiles }) => configFiles))],
  }));
}

function sum(pairs: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (const [state, number] of pairs) totals.set(state, (totals.get(state) ?? 0) + number);
  return totals;
}

function printed(stacks: readonly StackSummary[], { quiet, format }: LsValues): string {
  if (quiet) return joinLines(stacks.map(({ name }) => name));
  const rows = stacks.map(
    ({ name, states, configFiles }) => [name, statesText(states), configFiles.join(',')] as const,
  );
  if (format === 'json') {
    return `${safeJson(rows.map(([Name, Status, ConfigFiles]) => ({ Name, Status, ConfigFiles })))}\n`;
  }
  return renderTable(['NAME', 'STATUS', 'CONFIG FILES'], rows);
}

/** `exited(1), running(2)`. */
function statesText(states: ReadonlyMap<string, number>): string {
  return [...states]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([state, number]) => `${state}(${number})`)
    .join(', ');
}
