import { type CommandLine, parseCommandLine } from './arguments/parse.ts';
import { commands } from './commands.ts';
import type { Context } from './context.ts';
import { done, type Ending, endingOf, exitCodes } from './exit.ts';
import { safeJson } from './text/safe-text.ts';

/** Runs one command line (without the interpreter and the script) and resolves with its exit code. Never rejects. */
export async function main(words: readonly string[], context: Context): Promise<number> {
  const line = parseCommandLine(words, commands, context.environment);
  const ending = await runLine(line, context).catch(endingOf);
  const isJson = line.kind === 'run' && line.root.progress === 'json';
  context.stderr.write(isJson ? errorEvent(ending, context.today()) : ending.lines.map((text) => `${text}\n`).join(''));
  return ending.code;
}

async function runLine(line: CommandLine, context: Context): Promise<Ending> {
  switch (line.kind) {
    case 'text':
      context.stdout.write(line.text);
      return done;
    case 'misuse':
      return { code: exitCodes.badInput, lines: misuse(line.message, line.command) };
    case 'run':
      return line.run(context);
  }
}

function misuse(message: string, command: string): readonly string[] {
  return [`error: ${message}`, `Run 'stack ${command === '' ? '' : `${command} `}--help' for usage.`];
}

/** The ending among the events of `--progress json`. */
function errorEvent({ code, lines }: Ending, today: number): string {
  if (lines.length === 0) return '';
  const event = { v: 1, ts: new Date(today).toISOString(), type: 'error', message: lines.join('\n'), exitCode: code };
  return `${safeJson(event)}\n`;
}
