import { CommanderError, Command as Parser } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import { err, ok, type Result } from '../../model/result.ts';
import { nearest } from '../../spec/nearest.ts';
import type { Context } from '../context.ts';
import type { Ending } from '../exit.ts';
import type { Command, Prepared } from './command.ts';
import { type Flag, type FlagTable, hidden, isSwitch, readFlags, spellings, toOption } from './flag.ts';
import { describeCommand, describeProgram } from './help.ts';
import { joinRoots, type Root, resolveRoot, rootFlags } from './root.ts';
import { topicText } from './topics.ts';

/** What a command line asks for. */
export type CommandLine =
  | {
      readonly kind: 'run';
      /** `plan down`. */
      readonly name: string;
      readonly root: Root;
      readonly flags: Prepared['flags'];
      readonly operands: readonly string[];
      readonly run: (context: Context) => Promise<Ending>;
    }
  /** Help, for standard output. */
  | { readonly kind: 'text'; readonly text: string }
  /** No command line of ours; `command` is whose help would say more. */
  | { readonly kind: 'misuse'; readonly message: string; readonly command: string };

interface Chosen {
  readonly name: string;
  readonly command: Command;
  readonly parser: Parser;
  readonly operands: readonly string[];
}

/** Reads a command line (without the interpreter and the script). Runs nothing and reads nothing but its arguments. */
export function parseCommandLine(
  words: readonly string[],
  commands: readonly Command[],
  environment: ReadonlyMap<string, string>,
): CommandLine {
  const output: string[] = [];
  let chosen: Chosen | undefined;
  const program = buildProgram(commands, output, {
    words: new Set(words),
    choose: (choice) => {
      chosen = choice;
    },
  });
  try {
    program.parse(plainSwitches(words, commands), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || error.code === 'commander.help') return { kind: 'text', text: output.join('') };
    return { kind: 'misuse', message: misuseOf(error), command: nameIn(words, commands) };
  }
  if (chosen === undefined) return { kind: 'text', text: output.join('') };
  const line = readChosen(chosen, program, environment);
  return line.ok ? line.value : { kind: 'misuse', message: line.error, command: chosen.name };
}

function readChosen(
  { name, command, parser, operands }: Chosen,
  program: Parser,
  environment: ReadonlyMap<string, string>,
): Result<CommandLine, string> {
  const before = readFlags(rootFlags, givenTo(program));
  if (!before.ok) return before;
  const after = readFlags(rootFlags, ownFlagsAside(command, givenTo(parser)));
  if (!after.ok) return after;
  const root = resolveRoot(joinRoots(before.value, after.value), environment);
  if (!root.ok) return root;
  const prepared = command.prepare(givenTo(parser));
  if (!prepared.ok) return err(prepared.error);
  const { flags, run } = prepared.value;
  return ok({
    kind: 'run',
    name,
    root: root.value,
    flags,
    operands,
    run: (context) => run({ context, root: root.value, operands }),
  });
}

function buildProgram(commands: readonly Command[], output: string[], building: Building): Parser {
  const program = new Parser('stack')
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.push(text), writeErr: (text) => output.push(text) })
    .enablePositionalOptions()
    .helpCommand(false)
    .version(`stack version ${manifest.version}`, '-v, --version', 'Show the version')
    .helpOption('-h, --help', 'Show this help');
  for (const flag of Object.values(rootFlags)) program.addOption(toOption({ ...flag, group: 'Options' }));
  describeProgram(program);
  for (const command of commands) addCommand(program, command, '', building);
  addHelp(program, output);
  return program;
}

/** `stack help`, `stack help up`, `stack help exit-codes`. */
function addHelp(program: Parser, output: string[]): void {
  program
    .command('help')
    .summary('Show help for a command, for environment or for exit-codes')
    .helpGroup('Other:')
    .argument('[TOPIC...]')
    .action((topic: readonly string[]) => {
      const words = topicText(topic.join(' '));
      if (words === undefined) helpOf(program, topic).help();
      else output.push(words);
    });
}

function helpOf(program: Parser, names: readonly string[]): Parser {
  return names.reduce((parser, name) => {
    const found = parser.commands.find((command) => command.name() === name || command.aliases().includes(name));
    return found ?? parser.error(`error: no help for '${names.join(' ')}'`);
  }, program);
}

interface Building {
  readonly words: ReadonlySet<string>;
  readonly choose: (chosen: Chosen) => void;
}

/** A command that is not among the words is only listed: its flags, and every command has many, are not looked at. */
function addCommand(parent: Parser, command: Command, prefix: string, building: Building): void {
  const { words, choose } = building;
  const name = `${prefix}${command.name}`;
  const parser = parent.command(command.name).aliases(command.aliases ?? []);
  describeCommand(parser, command);
  if (command.operands !== undefined) parser.argument(command.operands);
  if (![command.name, ...(command.aliases ?? [])].some((spelling) => words.has(spelling))) return;
  for (const flag of Object.values(command.flags)) parser.addOption(toOption(flag));
  for (const flag of Object.values(withoutClashes(hidden(rootFlags), command.flags))) parser.addOption(toOption(flag));
  if (command.children.length > 0) parser.enablePositionalOptions();
  for (const child of command.children) addCommand(parser, child, `${name} `, building);
  parser.action(() => choose({ name, command, parser, operands: parser.args }));
}

/** The root's flags as far as a command leaves their spellings free: `logs -f` follows, `logs --file` names a file. */
function withoutClashes(root: FlagTable, own: FlagTable): FlagTable {
  const taken = new Set(Object.values(own).flatMap(({ flags }) => spellings(flags)));
  const free = Object.entries(root).flatMap(([name, flag]) => {
    const [long = '', ...rest] = spellings(flag.flags).toReversed();
    if (taken.has(long)) return [];
    const placeholder = /[<[].*$/.exec(flag.flags)?.[0] ?? '';
    const words = [...rest.filter((spelling) => !taken.has(spelling)), long].join(', ');
    return [[name, { ...flag, flags: `${words} ${placeholder}`.trim() }] as const];
  });
  return Object.fromEntries(free);
}

/** Keeps a root flag from reading a value that belongs to the command's own flag of that name. */
function ownFlagsAside(command: Command, given: ReturnType<typeof givenTo>): ReturnType<typeof givenTo> {
  const own = new Set(Object.values(command.flags).map(attribute));
  return (flag) => (own.has(attribute(flag)) ? [] : given(flag));
}

const attribute = (flag: Flag<unknown>): string => toOption(flag).attributeName();

function givenTo(parser: Parser): (flag: Flag<unknown>) => readonly string[] {
  return (flag) => {
    const value: unknown = parser.getOptionValue(attribute(flag));
    if (value === true) return ['true'];
    return Array.isArray(value) ? value.map(String) : [];
  };
}

/** `--build=true` → `--build`, `--orphans=false` → `--no-orphans` or nothing: what Go's flags accept. */
function plainSwitches(words: readonly string[], commands: readonly Command[]): readonly string[] {
  const switches = switchesOf([rootFlags, ...commands.map(({ flags }) => flags)]);
  const end = words.indexOf('--');
  return words.flatMap((word, index) => {
    const [, name, value] = /^(--[a-z-]+)=(true|1|false|0)$/.exec(word) ?? [];
    if (name === undefined || (end !== -1 && index > end)) return [word];
    const opposite = name.replace(/^--/, '--no-');
    if (!switches.has(name) && !switches.has(opposite)) return [word];
    const said = value === 'true' || value === '1' ? name : opposite;
    return switches.has(said) ? [said] : [];
  });
}

/** Spellings that are a switch wherever they are known. */
function switchesOf(tables: readonly FlagTable[]): ReadonlySet<string> {
  const flags = tables.flatMap((table) => Object.values<Flag<unknown>>(table));
  const spelt = (isWanted: (flag: Flag<unknown>) => boolean): ReadonlySet<string> =>
    new Set(flags.filter(isWanted).flatMap((flag) => spellings(flag.flags)));
  return spelt((flag) => isSwitch(flag.flags)).difference(spelt((flag) => !isSwitch(flag.flags)));
}

/** One line, without commander's own prefix. It suggests flags that its help shows; those of every command are ours to suggest. */
function misuseOf({ message }: CommanderError): string {
  const line = message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  const [, unknown] = /^unknown option '(--[^']+)'$/.exec(line) ?? [];
  const meant =
    unknown &&
    nearest(
      unknown,
      Object.values(rootFlags).flatMap(({ flags }) => spellings(flags)),
    );
  return meant ? `${line} (Did you mean ${meant}?)` : line;
}

function nameIn(words: readonly string[], commands: readonly Command[]): string {
  const names = new Set(commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  return words.find((word) => names.has(word)) ?? '';
}
