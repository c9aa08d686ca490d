import picocolors from 'picocolors';

type AnsiMode = 'auto' | 'always' | 'never';
export type Colors = ReturnType<typeof picocolors.createColors>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a choice of colours rests on; the stream is the one that is written to. */
export interface ColorQuestion {
  /** `--ansi`; `undefined` is `auto`. */
  readonly ansi: AnsiMode | undefined;
  readonly environment: Environment;
  readonly stream: { readonly isTTY?: boolean };
}

/** `--ansi`, then NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE; else colours on a terminal that is not dumb. */
export function decideColor({ ansi = 'auto', environment, stream }: ColorQuestion): boolean {
  if (ansi !== 'auto') return ansi === 'always';
  if (isSet(environment['NO_COLOR'])) return false;
  const forced = environment['FORCE_COLOR'];
  if (isSet(forced)) return forced !== '0' && forced !== 'false';
  const force = environment['CLICOLOR_FORCE'];
  if (isSet(force) && force !== '0') return true;
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}

/** Functions that colour a text, or leave it as it is. */
export function colorsFor(hasColor: boolean): Colors {
  return picocolors.createColors(hasColor);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
