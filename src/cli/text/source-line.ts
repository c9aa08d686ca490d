import { charactersOf, widthOf } from '../../tui/width.ts';
import { escapeControls } from './safe-text.ts';

const tabStop = 4;
/** Of a line that a program wrote, this much is looked at on either side of the place. */
const nearbyUnits = 2_000;

/** A line of source as it is shown, and the line of carets that goes below it. */
export interface MarkedLine {
  readonly text: string;
  readonly carets: string;
}

/** Which stretch of a line is meant, in UTF-16 units from 1. It may lie past the line's end. */
interface Stretch {
  readonly column: number;
  readonly length: number;
}

/** One character at its place: where it begins in the source, what stands for it, how many columns that takes. */
interface Cell {
  readonly from: number;
  readonly shown: string;
  readonly width: number;
}

/**
 * Marks a stretch of a line: carets stand below it column for column, whatever tabs, wide characters and escaped
 * control characters come before. A line wider than `columns` is cut around the stretch.
 */
export function markLine(whole: string, stretch: Stretch, columns: number): MarkedLine {
  const skipped = Math.max(0, stretch.column - nearbyUnits);
  const line = whole.slice(skipped, stretch.column + nearbyUnits);
  const cells = layCells(line);
  const begin = stretch.column - 1 - skipped;
  const first = cells.findLastIndex(({ from }) => from <= begin);
  const isPastEnd = begin >= line.length;
  const start = isPastEnd ? cells.length : Math.max(0, first);
  const after = cells.findIndex(({ from }) => from >= begin + stretch.length);
  const window = cutAround(cells, { start, end: isPastEnd || after === -1 ? cells.length : after }, columns);
  const before = widthOfCells(cells.slice(window.from, start)) + (window.from > 0 ? 1 : 0);
  const marked = widthOfCells(cells.slice(start, Math.min(window.to, window.markedTo)));
  const shown = cells.slice(window.from, window.to).map((cell) => cell.shown);
  return {
    text: `${window.from > 0 ? '…' : ''}${shown.join('')}${window.to < cells.length ? '…' : ''}`,
    carets: ' '.repeat(before) + '^'.repeat(Math.max(1, marked)),
  };
}

function layCells(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let from = 0;
  let column = 0;
  for (const character of charactersOf(line)) {
    const shown = character === '\t' ? ' '.repeat(tabStop - (column % tabStop)) : escapeControls(character);
    const width = widthOf(shown);
    cells.push({ from, shown, width });
    from += character.length;
    column += width;
  }
  return cells;
}

/** Cells to show: the whole line if it fits, else a third of the room before the stretch and the rest from it on. */
function cutAround(
  cells: readonly Cell[],
  marked: { readonly start: number; readonly end: number },
  columns: number,
): { readonly from: number; readonly to: number; readonly markedTo: number } {
  if (widthOfCells(cells) <= columns) return { from: 0, to: cells.length, markedTo: marked.end };
  let from = marked.start;
  for (let room = Math.floor(columns / 3); from > 0; from -= 1) {
    room -= cells[from - 1]?.width ?? 0;
    if (room < 0) break;
  }
  let to = from;
  for (let room = columns - 2; to < cells.length; to += 1) {
    room -= cells[to]?.width ?? 0;
    if (room < 0) break;
  }
  return { from, to, markedTo: marked.end };
}

function widthOfCells(cells: readonly Cell[]): number {
  return cells.reduce((sum, { width }) => sum + width, 0);
}
