import { parseCommandLine } from './arguments/parse.ts';
import { commands } from './commands.ts';
import type { Context } from './context.ts';
import { done, type Ending, endingOf, exitCodes } from './exit.ts';

/** Runs one command line (without the interpreter and the script) and resolves with its exit code. Never rejects. */
export async function main(words: readonly string[], context: Context): Promise<number> {
  const { code, lines } = await runCommandLine(words, context).catch(endingOf);
  for (const line of lines) context.stderr.write(`${line}\n`);
  return code;
}

async function runCommandLine(words: readonly string[], context: Context): Promise<Ending> {
  const line = parseCommandLine(words, commands, context.environment);
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
