import type { LineCounter } from 'yaml';
import type { Span } from '../../model/diagnostic.ts';

/** Turns offsets of a text into a span on the line where they begin. */
export type Place = (start: number, end: number) => Span;

export function placeIn(file: string, text: string, lines: LineCounter): Place {
  return (start, end) => {
    const { line, col } = lines.linePos(Math.min(start, text.length));
    const lineEnd = text.indexOf('\n', start);
    const stop = Math.min(end, lineEnd === -1 ? text.length : lineEnd);
    return { file, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, stop - start) };
  };
}
