import type { Span } from '../../model/diagnostic.ts';
import type { SourceTexts } from '../sources.ts';
import type { Scalar } from '../tree.ts';

/**
 * Finds where in its file a piece of a scalar is written: on the lines of quoted and block scalars too. Where escapes
 * hide it, the whole scalar is the place.
 */
export function locatorIn(texts: SourceTexts): (scalar: Scalar, piece: string) => Span {
  const lines = new Map<string, readonly string[]>();
  return ({ span, source }, piece) => {
    const rows = lines.get(span.file) ?? (texts.get(span.file) ?? '').split('\n');
    lines.set(span.file, rows);
    const [start = ''] = piece.split('\n', 1);
    const last = Math.min(rows.length, span.line + source.split('\n').length + 1);
    for (let line = span.line; line <= last; line += 1) {
      const from = line === span.line ? span.column - 1 : 0;
      const column = (rows[line - 1] ?? '').indexOf(start, from);
      if (column !== -1) return { file: span.file, line, column: column + 1, length: start.length };
    }
    return span;
  };
}
