import { padTo, widthOf } from '../../tui/width.ts';
import { type Colors, colorsFor } from '../text/color.ts';
import { safeText } from '../text/safe-text.ts';

/** Whose output a line is. */
export interface Speaker {
  /** `web-1`; with several engines `web-1 on h2`. */
  readonly name: string;
  readonly service: string;
}

/** Gives the coloured name of a speaker, or the whole prefix of its lines. */
export interface Prefixes {
  of(speaker: Speaker): string;
  nameOf(speaker: Speaker): string;
}

/** In Compose's order; red is left to errors. */
const palette = [
  'cyan',
  'yellow',
  'green',
  'magenta',
  'blue',
  'cyanBright',
  'yellowBright',
  'greenBright',
  'magentaBright',
  'blueBright',
] as const satisfies readonly (keyof Colors)[];

/**
 * `web-1  | `, as wide as the longest of `names`, in a colour that a service keeps over runs.
 *
 * A longer name that joins later widens the prefixes from then on.
 */
export function createPrefixes(names: readonly string[], hasColor: boolean): Prefixes {
  const colors = colorsFor(hasColor);
  const known = new Map<string, string>();
  let width = Math.max(0, ...names.map((name) => widthOf(safeText(name))));
  const paint = ({ service }: Speaker, text: string): string => colors[colorOf(service)](text);
  return {
    of(speaker) {
      const name = safeText(speaker.name);
      if (widthOf(name) > width) {
        width = widthOf(name);
        known.clear();
      }
      const prefix = known.get(name) ?? paint(speaker, `${padTo(name, width + 1)} | `);
      known.set(name, prefix);
      return prefix;
    },
    nameOf: (speaker) => paint(speaker, safeText(speaker.name)),
  };
}

/** FNV-1a: spreads short names that differ in one letter. */
function colorOf(service: string): (typeof palette)[number] {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(service)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return palette[hash % palette.length] ?? palette[0];
}
