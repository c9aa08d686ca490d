import type { Span } from '../../model/diagnostic.ts';

/** Turns offsets of a text into spans; the text is looked over once. */
export function linesOf(file: string, text: string): (offset: number, length: number) => Span {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return (offset, length) => {
    const line = lastAtOrBelow(starts, offset);
    return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1, length: Math.max(1, length) };
  };
}

/** Index of the last of the sorted numbers that is not above the limit. */
function lastAtOrBelow(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((sorted[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
