import { Option } from 'commander';
import { err, ok, type Result } from '../../model/result.ts';

/** One flag of a command: how people write it, and how what they wrote becomes a value. */
export interface Flag<T> {
  /** `-t, --timeout <seconds>`; a flag without a placeholder is a switch. */
  readonly flags: string;
  readonly description: string;
  /** Heading in the help; `undefined` is `Options:`. */
  readonly group: string | undefined;
  readonly isHidden: boolean;
  /** Every value that was given, in order; switches give `true`. The error completes "invalid value for --x: ". */
  readonly read: (given: readonly string[]) => Result<T, string>;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;
/** The typed values that a table of flags reads. */
export type FlagValues<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Flag<infer T> ? T : never;
};

const flag = <T>(flags: string, description: string, read: Flag<T>['read']): Flag<T> => ({
  flags,
  description,
  group: undefined,
  isHidden: false,
  read,
});

/** A switch; false unless given. */
export function toggle(flags: string, description: string): Flag<boolean> {
  return flag(flags, description, (given) => ok(given.length > 0));
}

/** A text; given twice, the last counts. */
export function text(flags: string, description: string): Flag<string | undefined> {
  return flag(flags, description, (given) => ok(given.at(-1)));
}

/** A text that may be given many times. */
export function texts(flags: string, description: string): Flag<readonly string[]> {
  return flag(flags, description, (given) => ok(given));
}

/** One word of a list. */
export function choice<const Word extends string>(
  flags: string,
  words: readonly Word[],
  description: string,
): Flag<Word | undefined> {
  return parsed(flags, `${description}: ${words.join(', ')}`, (given) => {
    const word = words.find((candidate) => candidate === given);
    return word === undefined ? err(`one of ${words.join(', ')} is wanted`) : ok(word);
  });
}

/** A value with a grammar of its own; given twice, the last counts. */
export function parsed<T>(
  flags: string,
  description: string,
  parse: (given: string) => Result<T, string>,
): Flag<T | undefined> {
  return flag(flags, description, (given): Result<T | undefined, string> => {
    const last = given.at(-1);
    return last === undefined ? ok(undefined) : parse(last);
  });
}

/** A value with a grammar of its own that may be given many times. */
export function parsedEach<T>(
  flags: string,
  description: string,
  parse: (given: string) => Result<T, string>,
): Flag<readonly T[]> {
  return flag(flags, description, (given): Result<readonly T[], string> => {
    const values: T[] = [];
    for (const item of given) {
      const result = parse(item);
      if (!result.ok) return result;
      values.push(result.value);
    }
    return ok(values);
  });
}

/** Whole seconds, read as milliseconds. `-1` is refused: a container that ignores its signal would never end. */
export function seconds(flags: string, description: string): Flag<number | undefined> {
  return parsed(flags, description, (given) =>
    /^\d{1,9}$/.test(given) ? ok(Number(given) * 1000) : err('a whole number of seconds is wanted'),
  );
}

/** A whole number from `least` up. */
export function count(flags: string, description: string, least: number): Flag<number | undefined> {
  return parsed(flags, description, (given) =>
    /^-?\d{1,9}$/.test(given) && Number(given) >= least
      ? ok(Number(given))
      : err(`a whole number from ${least} up is wanted`),
  );
}

/** Puts every flag of a table under one heading of the help. */
export function grouped<Table extends FlagTable>(group: string, table: Table): Table {
  return mapTable(table, (each) => ({ ...each, group }));
}

/** Keeps every flag of a table out of the help: accepted, because scripts written for Compose pass it. */
export function hidden<Table extends FlagTable>(table: Table): Table {
  return mapTable(table, (each) => ({ ...each, isHidden: true }));
}

function mapTable<Table extends FlagTable>(table: Table, change: (flag: Flag<unknown>) => Flag<unknown>): Table {
  // Only headings and visibility change: each flag still reads the type that the table says.
  return Object.fromEntries(Object.entries(table).map(([name, each]) => [name, change(each)])) as unknown as Table;
}

/** The flag as commander knows it, collecting every value as written. */
export function toOption({ flags, description, group, isHidden }: Flag<unknown>): Option {
  const option = new Option(flags, description).hideHelp(isHidden);
  // `--no-build` beside `--build` is a flag of its own here, not the opposite of one.
  option.negate = false;
  if (group !== undefined) option.helpGroup(`${group}:`);
  if (!isSwitch(flags)) option.argParser((value, before: readonly string[] | undefined) => [...(before ?? []), value]);
  return option;
}

export const isSwitch = (flags: string): boolean => !/[<[]/.test(flags);

/** `-t, --timeout <seconds>` → `-t` and `--timeout`. */
export function spellings(flags: string): readonly string[] {
  return flags.split(/[ ,]+/).filter((word) => word.startsWith('-'));
}

/** Reads a whole table from what commander collected. */
export function readFlags<Table extends FlagTable>(
  table: Table,
  given: (flag: Flag<unknown>) => readonly string[],
): Result<FlagValues<Table>, string> {
  const values: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(table)) {
    const result = each.read(given(each));
    if (!result.ok) return err(`invalid value for ${spellings(each.flags).at(-1) ?? name}: ${result.error}`);
    values[name] = result.value;
  }
  // Each value was read by the flag of its name.
  return ok(values as FlagValues<Table>);
}
