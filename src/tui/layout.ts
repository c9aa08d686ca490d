import { describeRow, markOf, type RowText } from './describe.ts';
import { formatElapsed } from './elapsed.ts';
import { type Entry, type Folded, foldGroups, type Group } from './fold.ts';
import { fitLine, type Line, piece } from './line.ts';
import type { ResourceKind } from './resource.ts';
import { type RowState, rowState } from './row.ts';
import { interruptedLine, type View } from './view.ts';
import { cutEnd, cutMiddle, padTo, widthOf } from './width.ts';

/** What a frame is drawn on. */
export interface Canvas {
  readonly columns: number;
  readonly rows: number;
  /** The events' clock. */
  readonly nowMs: number;
  /** Makes text from outside safe to print. */
  readonly clean: (text: string) => string;
}

const lostEnginesShown = 3;
const wordColumns = 10;
const elapsedColumns = 6;
/** Narrower screens leave out the kinds of resources. */
const columnsForKinds = 50;
/** Narrower screens leave out times as well. */
const columnsForTimes = 40;
/** A detail that has less room than this says nothing. */
const leastDetail = 10;

/**
 * The lines of one frame: a header, then networks, volumes, images and containers by service.
 *
 * Never taller than the screen less one row, or Ink would clear the whole screen, and no line wider than the screen:
 * rows fold into a count, names are cut.
 */
export function layOut(view: View, canvas: Canvas): readonly Line[] {
  const height = Math.max(1, canvas.rows - 1);
  const entries = [...view.rows.values()].map((row): Entry => ({ row, state: rowState(row) }));
  const footer = footerLines(view, canvas).slice(0, Math.max(0, height - 1));
  const folded = foldGroups(groupEntries(entries), height - 1 - footer.length);
  return [headerLine(view, entries, canvas), ...bodyLines(view, folded, canvas), ...footer]
    .slice(0, height)
    .map((line) => fitLine(line, canvas.columns));
}

function headerLine(view: View, entries: readonly Entry[], { nowMs, clean }: Canvas): Line {
  const { end, interrupted, round } = view;
  const count = (state: RowState): number => entries.filter((entry) => entry.state === state).length;
  const elapsedMs = end ? end.elapsedMs : Math.max(0, nowMs - view.startedAtMs);
  return [
    piece('[+] ', end?.outcome === 'failed' ? 'bad' : end?.outcome === 'converged' ? 'good' : 'busy'),
    piece(clean(`${view.command} ${view.stack}`), 'strong'),
    piece(` ${count('done')}/${entries.length}`),
    ...(count('failed') > 0 ? [piece(`  ${count('failed')} failed`, 'bad')] : []),
    ...(interrupted === undefined ? [] : [piece('  interrupted', 'doubtful')]),
    ...(round > 1 ? [piece(`  round ${round}`, 'quiet')] : []),
    piece(`  ${formatElapsed(elapsedMs)}`, 'quiet'),
  ];
}

function footerLines({ lostEngines, lock, interrupted, end }: View, { clean }: Canvas): readonly Line[] {
  const lost = [...lostEngines].slice(0, lostEnginesShown);
  return [
    ...lost.map(([engine, message]) => [piece(clean(` ! engine ${engine}: ${message}`), 'doubtful')]),
    ...(lock === undefined || end ? [] : [[piece(clean(lock), 'doubtful')]]),
    ...(interrupted === undefined || end ? [] : [[piece(interruptedLine(interrupted), 'doubtful')]]),
  ];
}

function groupEntries(entries: readonly Entry[]): readonly Group[] {
  const ofKind = (kind: ResourceKind): readonly Entry[] => entries.filter(({ row }) => row.kind === kind);
  const services = Map.groupBy(ofKind('Container'), ({ row }) => row.service);
  return [
    ...(['Network', 'Volume', 'Image'] as const).map((kind) => ({ heading: '', entries: ofKind(kind) })),
    ...[...services].map(([service, own]) => ({ heading: own.length > 1 ? service : '', entries: own })),
  ];
}

function bodyLines(view: View, { groups, hidden }: Folded, canvas: Canvas): readonly Line[] {
  const cells = groups.map(({ heading, entries }) =>
    entries.map(({ row }) => cellsOf(describeRow(view, row, canvas.nowMs), heading === '' ? '' : '  ', canvas)),
  );
  const widest = Math.max(0, ...cells.flat().map(({ indent, label }) => widthOf(indent + label)));
  const lines = groups.flatMap(({ heading, entries }, index) => [
    ...(heading === '' || entries.length === 0 ? [] : [headingLine(heading, view, canvas)]),
    ...(cells[index] ?? []).map((row) => rowLine(row, widest, canvas)),
  ]);
  return hidden.size === 0 ? lines : [...lines, foldLine(hidden)];
}

/** A row's text, safe to print. */
interface Cells extends Omit<RowText, 'kind' | 'name'> {
  /** Replicas stand below the heading of their service. */
  readonly indent: string;
  readonly label: string;
}

function cellsOf({ kind, name, ...text }: RowText, indent: string, { columns, clean }: Canvas): Cells {
  const hasKind = indent === '' && columns >= columnsForKinds;
  return { ...text, indent, label: clean(hasKind ? `${kind} ${name}` : name), detail: clean(text.detail) };
}

/** A service of several replicas, with all of them in its count, hidden or not. */
function headingLine(service: string, { rows }: View, { nowMs, clean }: Canvas): Line {
  const states = [...rows.values()].filter((row) => row.service === service).map(rowState);
  const worst = (['failed', 'working', 'skipped', 'pending'] as const).find((state) => states.includes(state));
  const { mark, tone } = markOf(worst ?? 'done', nowMs);
  const done = states.filter((state) => state === 'done').length;
  return [piece(` ${mark} `, tone), piece(`Service ${clean(service)}`), piece(`  ${done}/${states.length}`, 'quiet')];
}

/** ` ✔ Container wp-db-1  Healthy     12.1s`: what has no room goes in the order of detail, time, name. */
function rowLine(
  { indent, mark, tone, label, word, detail, elapsed }: Cells,
  widest: number,
  { columns }: Canvas,
): Line {
  const timeColumns = columns < columnsForTimes ? 0 : elapsedColumns + 2;
  const hasTime = elapsed !== '' && timeColumns > 0;
  const room = columns - widthOf(` ${mark} `) - wordColumns - 2 - timeColumns;
  const labelColumns = Math.max(1, Math.min(widest, room < 60 ? room : Math.floor(room * 0.6)));
  const nameColumns = Math.max(1, labelColumns - indent.length);
  const detailColumns = Math.max(0, room - labelColumns + (hasTime ? 0 : timeColumns));
  const shown = detailColumns < leastDetail ? '' : `  ${cutEnd(detail, detailColumns - 2)}`;
  return [
    piece(` ${indent}${mark} `, tone),
    piece(`${padTo(cutMiddle(label, nameColumns), nameColumns)}  `),
    piece(hasTime || shown !== '' ? padTo(word, wordColumns) : word, tone),
    piece(hasTime ? padTo(shown, detailColumns) : shown.trimEnd(), tone === 'bad' ? 'bad' : 'quiet'),
    ...(hasTime ? [piece(`  ${elapsed.padStart(elapsedColumns)}`, 'quiet')] : []),
  ];
}

/** `   … and 42 done, 30 pending` */
function foldLine(hidden: ReadonlyMap<RowState, number>): Line {
  const counts = [...hidden].map(([state, count]) => `${count} ${state === 'working' ? 'in progress' : state}`);
  return [piece(`   … and ${counts.join(', ')}`, 'quiet')];
}
