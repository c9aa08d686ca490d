import { ok, type Result } from '../model/result.ts';
import { parseBytes } from './values/bytes.ts';
import { parseDuration } from './values/duration.ts';

/** A grammar that the schema names by `format`: why a text does not follow it. */
type Grammar = (text: string) => Result<unknown, string>;

/** Every `format` of the schema; the messages quote the reason from here. */
export const grammars: Readonly<Record<string, Grammar>> = {
  duration: parseDuration,
  size: parseBytes,
  'size-or-unlimited': (text) => (text === '-1' ? ok(-1) : parseBytes(text)),
};

/** The same as questions, in the form that the compiled schema calls. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = Object.fromEntries(
  Object.entries(grammars).map(([name, parse]) => [name, (text: string) => parse(text).ok]),
);
