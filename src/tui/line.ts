import picocolors from 'picocolors';
import { cutEnd, widthOf } from './width.ts';

/** What a piece of a line means; colour follows from it and never says anything alone. */
export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'bad' | 'busy' | 'doubtful';

export interface Piece {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Piece[];

/** Gives lines their colours, or none. */
export type Painter = (line: Line) => string;

export function piece(text: string, tone: Tone = 'plain'): Piece {
  return { text, tone };
}

/** The line cut to `width` columns. */
export function fitLine(line: Line, width: number): Line {
  const fitted: Piece[] = [];
  let room = width;
  for (const { text, tone } of line) {
    const cut = cutEnd(text, room);
    fitted.push({ text: cut, tone });
    room -= widthOf(cut);
    if (cut !== text) break;
  }
  return fitted;
}

/** Without colours the lines hold no escape codes at all. */
export function createPainter(hasColor: boolean): Painter {
  const { bold, dim, green, red, cyan, yellow } = picocolors.createColors(hasColor);
  const paints = { strong: bold, quiet: dim, good: green, bad: red, busy: cyan, doubtful: yellow };
  return (line) => line.map(({ text, tone }) => (tone === 'plain' ? text : paints[tone](text))).join('');
}
