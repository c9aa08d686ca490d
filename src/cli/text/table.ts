import { padTo, widthOf } from '../../tui/width.ts';
import { safeText } from './safe-text.ts';

const leastWidth = 10;
const gap = 3;

/**
 * Columns as the docker client prints them: three spaces apart, none narrower than ten, no trailing spaces.
 * Every cell is made safe to print. Ends with a line end.
 */
export function renderTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headers, ...rows].map((cells) => cells.map(safeText));
  const widths = headers.map((_, column) =>
    Math.max(leastWidth, ...lines.map((cells) => widthOf(cells[column] ?? '') + gap)),
  );
  return lines.map((cells) => `${renderLine(cells, widths)}\n`).join('');
}

function renderLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => padTo(cell, widths[column] ?? 0))
    .join('')
    .trimEnd();
}
