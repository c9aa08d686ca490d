import { err, ok, type Result } from '../../model/result.ts';
import type { Context } from '../context.ts';
import type { Ending } from '../exit.ts';
import { type Flag, type FlagTable, type FlagValues, readFlags } from './flag.ts';
import type { Root } from './root.ts';

/** Everything that a command runs with. */
export interface Invocation<Values> {
  readonly context: Context;
  readonly root: Root;
  readonly flags: Values;
  /** The words that are no flags: mostly names of services. */
  readonly operands: readonly string[];
}

export type Run<Values> = (invocation: Invocation<Values>) => Promise<Ending>;

/** How a command is written and what it says of itself. */
export interface Usage<Table extends FlagTable> {
  readonly name: string;
  readonly summary: string;
  /** Heading in the list of commands. */
  readonly group: CommandGroup;
  readonly aliases?: readonly string[];
  /** `[SERVICE...]`, or `SERVICE=REPLICAS...` where at least one is needed. */
  readonly operands?: string;
  readonly flags: Table;
  /** Flags that cannot stand together, by name in the table. */
  readonly conflicts?: readonly (readonly [keyof Table & string, keyof Table & string])[];
  readonly examples: readonly (readonly [line: string, meaning: string])[];
}

type CommandGroup = 'Everyday' | 'Inspect' | 'Lifecycle' | 'Images' | 'Other';

/** A command with its table of flags hidden behind what the parser needs. */
export type Command = Omit<Usage<FlagTable>, 'conflicts'> & {
  readonly children: readonly Command[];
  /** Reads the flags; the result runs the command. Errors are words for the person. */
  readonly prepare: (given: (flag: Flag<unknown>) => readonly string[]) => Result<Prepared, string>;
};

export interface Prepared {
  readonly flags: FlagValues<FlagTable>;
  readonly run: (rest: Omit<Invocation<unknown>, 'flags'>) => Promise<Ending>;
}

/** Checks a declaration and keeps the types of its flags. */
export function declare<const Table extends FlagTable>(usage: Usage<Table>): Usage<Table> {
  return usage;
}

/** Joins a declaration with what does the work, which is loaded when the command runs. */
export function defineCommand<Table extends FlagTable>(
  usage: Usage<Table>,
  load: () => Promise<Run<FlagValues<Table>>>,
  children: readonly Command[] = [],
): Command {
  const { conflicts = [], ...declaration } = usage;
  return {
    ...declaration,
    children,
    prepare(given) {
      const clash = conflicts.find((pair) => pair.every((name) => given(flagOf(usage.flags, name)).length > 0));
      if (clash)
        return err(`${clash.map((name) => long(flagOf(usage.flags, name))).join(' and ')} cannot stand together`);
      const flags = readFlags(usage.flags, given);
      if (!flags.ok) return flags;
      return ok({ flags: flags.value, run: async (rest) => (await load())({ ...rest, flags: flags.value }) });
    },
  };
}

function flagOf(table: FlagTable, name: string): Flag<unknown> {
  const found = table[name];
  if (found === undefined) throw new Error(`no flag ${name}`);
  return found;
}

const long = ({ flags }: Flag<unknown>): string => /--[a-z-]+/.exec(flags)?.[0] ?? flags;
