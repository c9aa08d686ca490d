import type { Help, Command as Parser } from 'commander';
import type { Command } from './command.ts';

const layout: Partial<Help> = {
  subcommandTerm: (command) => command.name(),
  helpWidth: 100,
};

/** What `stack --help` says before and after its lists. */
export function describeProgram(program: Parser): void {
  program
    .usage('[OPTIONS] COMMAND')
    .description('Converges Compose files onto Docker engines.')
    .configureHelp(layout)
    .addHelpText(
      'after',
      [
        '',
        "Run 'stack COMMAND --help' for a command, 'stack help environment' for variables,",
        "'stack help exit-codes' for what the exit code says. No telemetry, no update check.",
        '',
      ].join('\n'),
    );
}

/** What `stack NAME --help` says. */
export function describeCommand(parser: Parser, command: Command): void {
  const words = ['[OPTIONS]', ...(command.operands === undefined ? [] : [operandsForPeople(command.operands)])];
  parser
    .usage(words.join(' '))
    .summary(command.summary)
    .description(`${command.summary}.`)
    .helpGroup(`${command.group}:`)
    .helpOption('-h, --help', 'Show this help')
    .configureHelp(layout)
    .addHelpText('after', [...examplesOf(command), "Options of every command: see 'stack --help'.", ''].join('\n'));
}

function examplesOf({ examples }: Command): readonly string[] {
  if (examples.length === 0) return [''];
  const width = Math.max(...examples.map(([line]) => line.length));
  return ['', 'Examples:', ...examples.map(([line, meaning]) => `  ${line.padEnd(width)}  ${meaning}`), ''];
}

/** `<SERVICE=REPLICAS...>` → `SERVICE=REPLICAS...`, as Compose writes what must be there. */
const operandsForPeople = (operands: string): string => operands.replace(/^<(.*)>$/, '$1');
