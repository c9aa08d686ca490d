import type { Engine } from '../../engine/engine.ts';
import type { Invocation } from '../arguments/command.ts';
import { type Ending, UsageError } from '../exit.ts';
import {
  chooseContainers,
  containerCells,
  containerColumns,
  containerFields,
  containerHeaders,
  type Located,
} from '../list/containers.ts';
import { endingOfLook, look, observeStack, withEngines } from '../observing.ts';
import { requireServices } from '../requests.ts';
import { declaredServices, findTarget, knownServices, type Target } from '../target.ts';
import { joinLines } from '../text/safe-text.ts';
import { renderTable } from '../text/table.ts';
import { formatRows, type TemplateRow } from '../text/template.ts';
import { containerStates, type PsValues } from '../usage/ps.ts';

/** `stack ps`. */
export async function runPs(invocation: Invocation<PsValues>): Promise<Ending> {
  const { context, root, flags, operands } = invocation;
  const states = statesOf(flags);
  const found = await findTarget(context, root, { services: operands, needsFile: false, format: flags.format });
  if (!found.ok) return found.ending;
  if ((found.target.stack?.target ?? root.target) === 'swarm') {
    const { showTasks } = await import('../swarm/ps.ts');
    return showTasks(invocation, found.target);
  }
  return withEngines(invocation, (engines) =>
    look(context, async (signal) => {
      const observed = await observeStack(engines, found.target.name, signal);
      requireServices(operands, knownServices(found.target, observed));
      const chosen = chooseContainers(observed, {
        services: operands,
        isAll: flags.all,
        states,
        declared: flags.noOrphans ? declaredBy(found.target) : undefined,
      });
      context.stdout.write(printed(chosen, { target: found.target, flags, engines, today: context.today() }));
      return endingOfLook(observed.absent);
    }),
  );
}

/** `--status` and `--filter status=` say the same. */
function statesOf({ statuses, filter }: PsValues): readonly string[] {
  const states = [...statuses, ...(filter === undefined ? [] : [filter.value])];
  const wrong = states.find((state) => !containerStates.some((known) => known === state));
  if (wrong === undefined) return states;
  throw new UsageError(`unknown container state ${wrong}`, `states are ${containerStates.join(', ')}`);
}

const declaredBy = ({ stack }: Target): readonly string[] | undefined =>
  stack === undefined ? undefined : declaredServices(stack.desired);

interface Page {
  readonly target: Target;
  readonly flags: PsValues;
  readonly engines: readonly Engine[];
  readonly today: number;
}

function printed(chosen: readonly Located[], { target, flags, engines, today }: Page): string {
  if (flags.quiet) return joinLines(chosen.map(({ container }) => container.id));
  if (flags.services) return joinLines([...new Set(chosen.map(({ container }) => container.service))]);
  const fields = chosen.map((located) => containerFields(located, target.name, today));
  if (flags.format !== undefined && flags.format !== 'table') return formatted(flags.format, fields);
  const cells = chosen.map((located) => containerCells(located, today, flags.noTrunc));
  // One engine needs no column to tell it from others.
  if (engines.length < 2) return renderTable(containerColumns, cells);
  return renderTable(
    ['ENGINE', ...containerColumns],
    cells.map((row, index) => [chosen[index]?.engine ?? '', ...row]),
  );
}

function formatted(format: string, rows: readonly TemplateRow[]): string {
  const result = formatRows(format, rows, containerHeaders);
  if (!result.ok) throw new UsageError(result.error);
  return result.value;
}
