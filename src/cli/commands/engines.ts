import type { Engine } from '../../engine/engine.ts';
import type { Availability } from '../../model/inventory.ts';
import type { Invocation } from '../arguments/command.ts';
import { checkEngines, type Finding } from '../engines/check.ts';
import { chooseEngines, type SeenEngine, seeEngines } from '../engines/seen.ts';
import { engineCells, engineFields, engineHeaders } from '../engines/table.ts';
import { done, type Ending, exitCodes } from '../exit.ts';
import { look, withEngines } from '../observing.ts';
import { joinLines, safeJson, safeText } from '../text/safe-text.ts';
import { renderTable } from '../text/table.ts';
import type { CheckValues, EnginesValues } from '../usage/engines.ts';

/** `stack engines`: a list is no failure, so engines that do not answer are named and the exit code is 0. */
export async function runEngines(invocation: Invocation<EnginesValues>): Promise<Ending> {
  const { context, root, flags } = invocation;
  return withEngines(invocation, async (engines) => {
    if (flags.quiet) {
      context.stdout.write(joinLines(engines.map(({ name }) => name)));
      return done;
    }
    const seen = await look(context, (signal) => seeEngines(engines, signal));
    if (flags.format === 'json') {
      context.stdout.write(`${safeJson(seen.map(engineFields))}\n`);
      return done;
    }
    context.stdout.write(renderTable(engineHeaders, seen.map(engineCells)));
    return {
      code: exitCodes.done,
      lines: [...seen.flatMap(silenceLine), `from ${safeText(await context.engineSource(root))}`],
    };
  });
}

const silenceLine = (seen: SeenEngine): readonly string[] =>
  seen.kind === 'answers' ? [] : [safeText(`! engine ${seen.engine.name}: ${seen.error.message}`)];

/** `stack engines check`: exit code 1 if something would fail. */
export async function runEnginesCheck(invocation: Invocation<CheckValues>): Promise<Ending> {
  const { context, flags, operands } = invocation;
  return withEngines(invocation, async (all) => {
    const engines = chooseEngines(all, operands);
    const findings = checkEngines(await look(context, (signal) => seeEngines(engines, signal, context.today)));
    context.stdout.write(flags.format === 'json' ? `${safeJson(findings)}\n` : findingsText(findings, engines));
    const hasProblem = findings.some(({ level }) => level === 'problem');
    return { code: hasProblem ? exitCodes.failed : exitCodes.done, lines: [] };
  });
}

function findingsText(findings: readonly Finding[], engines: readonly Engine[]): string {
  const lines = findings.flatMap(({ level, engine, message, hint }) => [
    `${level}: ${engine === undefined ? '' : `${engine}: `}${message}`,
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ]);
  const count = engines.length === 1 ? '1 engine' : `${engines.length} engines`;
  const isFine = !findings.some(({ level }) => level === 'problem');
  return joinLines([...lines, ...(isFine ? [`${count}: nothing that would fail`] : [])]);
}

/** `stack engines drain`, `pause` and `activate`: written on the engine, for every run from whatever machine. */
export const runEnginesMark =
  (availability: Availability) =>
  async (invocation: Invocation<unknown>): Promise<Ending> => {
    const { context, operands } = invocation;
    return withEngines(invocation, (all) =>
      look(context, async (signal) => {
        for (const engine of chooseEngines(all, operands)) {
          await engine.setAvailability(availability, signal);
          context.stdout.write(joinLines([markLine(engine, availability)]));
        }
        return done;
      }),
    );
  };

function markLine({ name, member }: Engine, availability: Availability): string {
  const listed = member?.availability ?? 'active';
  switch (availability) {
    case 'drain':
      return `${name} is drained: the next up, or a running watchdog, moves away what is there`;
    case 'pause':
      return `${name} is paused: what is there stays, and nothing more is placed there`;
    case 'active':
      if (listed === 'active') return `${name} is active`;
      return `${name}: the mark is taken away, but the list of engines says "availability: ${listed}"`;
  }
}
