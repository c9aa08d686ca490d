import type { Span } from '../../model/diagnostic.ts';
import type { SourceTexts } from '../sources.ts';
import type { Scalar } from '../tree.ts';

/**
 * Finds where in its file a piece of a scalar is written: on the lines of quoted and block scalars too. Where escapes
 * hide it, the whole scalar is the place.
 */
export function locatorIn(texts: SourceTexts): (scalar: Scalar, piece: string) => Span {
  const lines = new Map<string, readonly string[]>();
  let latest: { readonly scalar: Scalar; readonly places: Map<string, Span> } | undefined;
  return (scalar, piece) => {
    // One scalar can hold the same variable a hundred thousand times.
    if (latest?.scalar !== scalar) latest = { scalar, places: new Map() };
    const known = latest.places.get(piece) ?? search(scalar, piece, linesOf(scalar.span.file));
    latest.places.set(piece, known);
    return known;
  };

  function linesOf(file: string): readonly string[] {
    const known = lines.get(file) ?? (texts.get(file) ?? '').split('\n');
    lines.set(file, known);
    return known;
  }
}

function search({ span, source }: Scalar, piece: string, rows: readonly string[]): Span {
  const [start = ''] = piece.split('\n', 1);
  const last = Math.min(rows.length, span.line + source.split('\n').length + 1);
  for (let line = span.line; line <= last; line += 1) {
    const from = line === span.line ? span.column - 1 : 0;
    const column = (rows[line - 1] ?? '').indexOf(start, from);
    if (column !== -1) return { file: span.file, line, column: column + 1, length: start.length };
  }
  return span;
}
