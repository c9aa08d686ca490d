import type { Diagnostic, Span } from '../model/diagnostic.ts';
import type { Report } from './report.ts';

/** More than anybody reads; a hostile file can hold a finding in every character. */
const maximumFindings = 500;

/** Codes of values that could not be filled in: what else is wrong with such a value says nothing. */
const unfilled = new Set(['bad-variable', 'required-variable']);

/** Codes that say of a value that it is none: one stage after the other comes to that, and one of them is enough. */
const aboutValue = new Set([
  'wrong-type',
  'bad-value',
  'out-of-range',
  'bad-port',
  'bad-mount',
  'bad-duration',
  'bad-size',
]);

/** Findings in the order in which they were made. */
export interface Collector {
  readonly report: Report;
  readonly hasErrors: () => boolean;
  readonly all: () => readonly Diagnostic[];
}

/** Keeps findings, each once: a file that is read again, or laid over, finds the same things again. */
export function collectFindings(): Collector {
  const found = new Map<string, Diagnostic>();
  const counts = { error: 0, warning: 0 };
  const blanks = new Map<string, readonly Span[]>();
  const told = new Set<string>();

  /** Says again what was said, or says something of a value that nobody knows. */
  const isIdle = ({ code, severity, span }: Diagnostic): boolean => {
    if (blanks.get(lineOf(span))?.some((blank) => covers(span, blank)) === true) return true;
    if (!aboutValue.has(code) || severity === 'warning') return false;
    const value = `${placeOf(span)}+${span.length}`;
    if (told.has(value)) return true;
    told.add(value);
    return false;
  };

  const report: Report = (diagnostic) => {
    const { code, severity, span, message } = diagnostic;
    const key = `${severity} ${code} ${placeOf(span)} ${message}`;
    // Warnings have a limit of their own: no number of them may hide an error.
    if (counts[severity] >= maximumFindings || found.has(key) || isIdle(diagnostic)) return;
    if (unfilled.has(code)) blanks.set(lineOf(span), [...(blanks.get(lineOf(span)) ?? []), span]);
    counts[severity] += 1;
    found.set(key, diagnostic);
  };
  return { report, hasErrors: () => counts.error > 0, all: () => [...found.values()] };
}

function lineOf({ file, line }: Span): string {
  return `${file}:${line}`;
}

function placeOf(span: Span): string {
  return `${lineOf(span)}:${span.column}`;
}

/** Whether a span of the same line holds the beginning of the other. */
function covers({ column, length }: Span, { column: start }: Span): boolean {
  return column <= start && start < column + length;
}
