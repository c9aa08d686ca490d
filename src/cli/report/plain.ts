import type { Event } from '../../model/event.ts';
import type { Notice, Step, StepId } from '../../model/plan.ts';
import { formatBytes } from '../../model/units.ts';
import { formatElapsed } from '../../tui/elapsed.ts';
import { isLockEvent, lockLine } from '../../tui/lock.ts';
import { type Row, rowReasons, stepWords } from '../../tui/row.ts';
import { emptyView, interruptedLine, labelOf, reduce, rowOf, type View, waitsFor } from '../../tui/view.ts';
import { tellsOutput } from '../../tui/words.ts';
import { colorsFor } from '../text/color.ts';
import { safeText } from '../text/safe-text.ts';
import { failureLines, noticeLines, summaryLines } from './closing.ts';
import type { Reporter, ReporterOutput } from './reporter.ts';

/** When a step that still runs is told of; after the last, every minute. */
const reminderMs = [2_000, 10_000, 30_000, 60_000] as const;
const tickMs = 500;

/**
 * One line for each thing done, as Compose's plain progress has them, with elapsed time and the planner's reason:
 * ` Container wp-web-1  Recreated  0.8s  (environment.DB_HOST: "a" → "b")`.
 *
 * What takes longer than two seconds is told while it runs. Failures with their details and a summary come last.
 */
export function plainReporter({ output, hasColor, now }: ReporterOutput): Reporter {
  const colors = colorsFor(hasColor);
  const running = new Map<StepId, Running>();
  const told = { notices: new Set<Notice>(), rows: new Set<string>() };
  let view = emptyView;
  const write = (line: string): void => void output.write(`${line}\n`);
  const timer = setInterval(() => {
    for (const step of running.values()) remind(view, step, now()).forEach(write);
  }, tickMs);
  timer.unref();

  return {
    emit(event) {
      view = reduce(view, event);
      if (event.type === 'round-started') told.rows.clear();
      track(running, event);
      eventLines(view, event, told.rows).map(safeText).forEach(write);
      for (const notice of view.notices) {
        if (told.notices.has(notice)) continue;
        told.notices.add(notice);
        noticeLines(notice, colors).forEach(write);
      }
    },
    end() {
      clearInterval(timer);
      [...failureLines(view, colors), ...summaryLines(view, colors)].forEach(write);
      return Promise.resolve();
    },
  };
}

/** A step that runs, and how many reminders of it there were. */
interface Running {
  readonly step: Step;
  readonly atMs: number;
  reminders: number;
}

function track(running: Map<StepId, Running>, event: Event): void {
  if (event.type === 'round-started') running.clear();
  if (event.type === 'step-started') running.set(event.step.id, { step: event.step, atMs: event.atMs, reminders: 0 });
  if (isEnd(event)) running.delete(event.step.id);
}

type StepEnd = Extract<Event, { readonly type: 'step-done' | 'step-failed' | 'step-skipped' }>;

/** A wait that an interruption cuts short is skipped after it has begun. */
function isEnd(event: Event): event is StepEnd {
  return event.type === 'step-done' || event.type === 'step-failed' || event.type === 'step-skipped';
}

function remind(view: View, running: Running, nowMs: number): readonly string[] {
  const elapsedMs = nowMs - running.atMs;
  const last = reminderMs[reminderMs.length - 1] ?? 0;
  const dueMs = reminderMs[running.reminders] ?? last * (running.reminders - reminderMs.length + 2);
  const row = rowOf(view, running.step.id);
  if (elapsedMs < dueMs || !row) return [];
  running.reminders += 1;
  const { working } = stepWords(row, running.step);
  return [safeText(rowLine(view, row, { word: working, elapsedMs, remark: remarkOf(row, running.step) }))];
}

/** How far a running step is, or what it is meant to reach. */
function remarkOf({ transfer, output }: Row, { operation }: Step): string {
  if (operation.kind === 'wait-container') return `until ${operation.until}`;
  if (!tellsOutput(operation)) return '';
  return transfer ? `${formatBytes(transfer.done)} of ${formatBytes(transfer.total)}` : output;
}

/** Lines for one event; `toldRows` are those whose reasons or skipping were told in this round. */
function eventLines(view: View, event: Event, toldRows: Set<string>): readonly string[] {
  if (event.type === 'step-done') return doneLines(view, event, toldRows);
  if (event.type === 'step-skipped') return skippedLines(view, event, toldRows);
  if (event.type === 'step-failed') {
    const failure = { word: 'Failed', elapsedMs: event.elapsedMs, remark: event.message };
    return withRow(view, event.step, (row) => rowLine(view, row, failure));
  }
  if (event.type === 'step-progress') return buildLines(view, event);
  if (event.type === 'engine-state') {
    return [` Engine ${event.engine}  ${event.state === 'lost' ? 'Lost' : 'Back'}  (${event.message})`];
  }
  if (isLockEvent(event)) return [lockLine(event)];
  if (event.type !== 'interrupted') return [];
  return [interruptedLine(event.inFlight)];
}

/** What a builder says, line by line; other steps are told of when they last. */
function buildLines(view: View, { step, progress }: Extract<Event, { type: 'step-progress' }>): readonly string[] {
  const row = rowOf(view, step.id);
  if (row === undefined || progress.kind !== 'text' || step.operation.kind !== 'build-image') return [];
  return [` ${labelOf(view, row)}  ${progress.text}`];
}

function doneLines(
  view: View,
  { step, elapsedMs }: Extract<Event, { type: 'step-done' }>,
  toldRows: Set<string>,
): readonly string[] {
  return withRow(view, step, (row) => {
    const { done, isQuiet } = stepWords(row, step);
    if (isQuiet) return undefined;
    const remark = toldRows.has(row.key) ? '' : rowReasons(row).join('; ');
    toldRows.add(row.key);
    return rowLine(view, row, { word: done, elapsedMs, remark });
  });
}

function skippedLines(
  view: View,
  { step, because, failed }: Extract<Event, { type: 'step-skipped' }>,
  toldRows: Set<string>,
): readonly string[] {
  return withRow(view, step, (row) => {
    const key = `skipped ${row.key}`;
    if (toldRows.has(key)) return undefined;
    toldRows.add(key);
    const culprit = failed && rowOf(view, failed.id);
    const waits = waitsFor(view, row).join(', ');
    const why = culprit ? `${labelOf(view, culprit)} failed` : waits && `waits for ${waits}`;
    return rowLine(view, row, { word: 'Skipped', remark: because === 'interrupted' ? 'interrupted' : why });
  });
}

function withRow(view: View, step: Step, line: (row: Row) => string | undefined): readonly string[] {
  const row = rowOf(view, step.id);
  const text = row && line(row);
  return text === undefined ? [] : [text];
}

function rowLine(
  view: View,
  row: Row,
  { word, elapsedMs, remark }: { readonly word: string; readonly elapsedMs?: number; readonly remark: string },
): string {
  const parts = [labelOf(view, row), word, elapsedMs === undefined ? '' : formatElapsed(elapsedMs)];
  return ` ${[...parts, remark && `(${remark})`].filter((part) => part !== '').join('  ')}`;
}
