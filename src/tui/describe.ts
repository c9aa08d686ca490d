import { formatBytes } from '../model/units.ts';
import { formatElapsed } from './elapsed.ts';
import type { Tone } from './line.ts';
import type { ResourceKind } from './resource.ts';
import {
  type Row,
  type RowState,
  rowElapsedMs,
  rowFailure,
  rowReasons,
  rowState,
  rowWord,
  type Transfer,
} from './row.ts';
import { nameOnEngine, rowOf, type View, waitsFor } from './view.ts';
import { tellsOutput } from './words.ts';

/** The columns of a row, as text from outside left them: not yet safe to print. */
export interface RowText {
  readonly mark: string;
  readonly tone: Tone;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly word: string;
  readonly detail: string;
  readonly elapsed: string;
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const barColumns = 8;
const waitsNamed = 2;

const tones: Readonly<Record<RowState, Tone>> = {
  failed: 'bad',
  working: 'busy',
  skipped: 'doubtful',
  pending: 'quiet',
  done: 'good',
};

/** The mark of a state: a sign that reads without its colour. */
export function markOf(state: RowState, nowMs: number): { readonly mark: string; readonly tone: Tone } {
  const spin = spinner[Math.floor(nowMs / 100) % spinner.length] ?? spinner[0];
  const mark = { failed: '✘', working: spin, skipped: '-', pending: '·', done: '✔' }[state];
  return { mark, tone: tones[state] };
}

/** One row in words. */
export function describeRow(view: View, row: Row, nowMs: number): RowText {
  const state = rowState(row);
  const elapsedMs = rowElapsedMs(row, nowMs);
  return {
    ...markOf(state, nowMs),
    kind: row.kind,
    name: nameOnEngine(view, row),
    word: rowWord(row),
    detail: detailOf(view, row, state),
    elapsed: elapsedMs === undefined ? '' : formatElapsed(elapsedMs),
  };
}

function detailOf(view: View, row: Row, state: RowState): string {
  switch (state) {
    case 'failed':
      return rowFailure(row)?.message ?? '';
    case 'working':
      return workOf(row);
    case 'pending':
      return waitOf(view, row);
    case 'skipped':
      return skipOf(view, row);
    case 'done':
      return reasonOf(row);
  }
}

function workOf(row: Row): string {
  const operation = row.steps.findLast(({ state }) => state.kind === 'working')?.step.operation;
  if (operation?.kind === 'wait-container') return `until ${operation.until}`;
  if (operation === undefined || !tellsOutput(operation)) return reasonOf(row);
  return row.transfer ? formatTransfer(row.transfer) : row.output;
}

/** Only replacements need one: that something missing is created surprises nobody. */
function reasonOf(row: Row): string {
  return row.isReplacement ? rowReasons(row).join('; ') : '';
}

function waitOf(view: View, row: Row): string {
  const waits = waitsFor(view, row);
  if (waits.length === 0) return '';
  const left = waits.length - waitsNamed;
  return `waits for ${waits.slice(0, waitsNamed).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

function skipOf(view: View, row: Row): string {
  const skipped = row.steps.map(({ state }) => state).find((state) => state.kind === 'skipped');
  if (skipped?.because === 'interrupted') return 'interrupted';
  const culprit = skipped?.failed && rowOf(view, skipped.failed.id);
  return culprit ? `${culprit.name} failed` : waitOf(view, row);
}

/** `40% ███░░░░░ 120MB / 300MB  12MB/s`: what is cut first stands last. */
function formatTransfer({ done, total, bytesPerSecond }: Transfer): string {
  const part = total > 0 ? Math.min(1, done / total) : 0;
  const filled = Math.floor(part * barColumns);
  const bar = '█'.repeat(filled) + '░'.repeat(barColumns - filled);
  const rate = bytesPerSecond > 0 ? `  ${formatBytes(bytesPerSecond)}/s` : '';
  return `${Math.floor(part * 100)}% ${bar} ${formatBytes(done)} / ${formatBytes(total)}${rate}`;
}
