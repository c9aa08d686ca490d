import type { Sample } from './measure.ts';

/** One round of a case: both tools, one after the other. */
export interface Pair {
  readonly stack: Sample;
  readonly compose: Sample;
}

/** A case and every round of it. */
export interface Result {
  readonly title: string;
  readonly pairs: readonly Pair[];
}

const headings = ['', 'rounds', 'stack ms', 'Compose ms', 'ratio', 'min', 'max', 'stack MB', 'Compose MB'];

/** A row for each case: medians, and stack ÷ Compose round by round (median, least, greatest). */
function rowsOf(results: readonly Result[]): readonly (readonly string[])[] {
  return results.map(({ title, pairs }) => {
    const milliseconds = (tool: keyof Pair): string => median(pairs.map((pair) => pair[tool].milliseconds)).toFixed(0);
    const megabytes = (tool: keyof Pair): string =>
      (median(pairs.map((pair) => pair[tool].peakBytes)) / 1024 ** 2).toFixed(0);
    const ratios = pairs.map(({ stack, compose }) => stack.milliseconds / compose.milliseconds);
    const three = [median(ratios), Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
    const times = [milliseconds('stack'), milliseconds('compose'), ...three];
    return [title, String(pairs.length), ...times, megabytes('stack'), megabytes('compose')];
  });
}

/** The table with aligned columns, as a terminal shows it or, with bars, as Markdown has it. */
export function renderTable(results: readonly Result[], format: 'text' | 'markdown'): string {
  const rows = rowsOf(results);
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const cells = [headings, ...rows].map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
  );
  if (format === 'text') return cells.map((row) => `${row.join('  ').trimEnd()}\n`).join('');
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [cells[0] ?? [], rule, ...cells.slice(1)].map((row) => `| ${row.join(' | ')} |\n`).join('');
}

/** The middle value; of an even number of them, halfway between the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
