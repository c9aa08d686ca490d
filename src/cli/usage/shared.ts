import { err, ok, type Result } from '../../model/result.ts';
import { type Flag, parsed, seconds, text, toggle } from '../arguments/flag.ts';

/** Flags that several commands have. */
export const stopTimeout = (): Flag<number | undefined> =>
  seconds('-t, --timeout <seconds>', 'Seconds to wait for a container to stop before it is killed');
export const removeOrphans = (): Flag<boolean> =>
  toggle('--remove-orphans', 'Remove containers of services that the file does not have');
export const rebalance = (): Flag<boolean> =>
  toggle('--rebalance', 'Move replicas to where they would be placed today');
export const leaveDataBehind = (): Flag<boolean> =>
  toggle('--leave-data-behind', 'Place services without their data where its engine cannot have them');
export const yes = (): Flag<boolean> => toggle('-y, --yes', 'Answer every question with yes');
export const noColor = (): Flag<boolean> => toggle('--no-color', 'Print without colours');
export const noLogPrefix = (): Flag<boolean> => toggle('--no-log-prefix', 'Print lines without the name before them');
export const format = (description: string): Flag<string | undefined> => text('--format <format>', description);

export interface Scale {
  readonly service: string;
  readonly replicas: number;
}

/** `web=3`. */
export function parseScale(given: string): Result<Scale, string> {
  const [, service, replicas] = /^([A-Za-z0-9._-]+)=(\d{1,6})$/.exec(given) ?? [];
  if (service === undefined || replicas === undefined) return err(`"${given}" is not of the form SERVICE=REPLICAS`);
  return ok({ service, replicas: Number(replicas) });
}

/** `name=value`; Compose's filters have one pair each. */
export function filter<const Key extends string>(flags: string, keys: readonly Key[]): Flag<Filter<Key> | undefined> {
  return parsed(flags, `Show only what matches: ${keys.map((key) => `${key}=…`).join(', ')}`, (given) => {
    const [name, ...rest] = given.split('=');
    const key = keys.find((candidate) => candidate === name);
    if (key === undefined || rest.length === 0) return err(`"${given}": known filters are ${keys.join(', ')}`);
    return ok({ key, value: rest.join('=') });
  });
}

export interface Filter<Key extends string> {
  readonly key: Key;
  readonly value: string;
}
