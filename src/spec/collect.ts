import type { Diagnostic } from '../model/diagnostic.ts';
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
  const blank = new Set<string>();
  const told = new Set<string>();
  const report: Report = (diagnostic) => {
    const { code, severity, span } = diagnostic;
    const place = `${span.file}:${span.line}:${span.column}`;
    if (found.size >= maximumFindings || blank.has(place)) return;
    // A scalar may begin before the variable in it, so the whole line of a bad one is out of the count.
    if (unfilled.has(code)) blank.add(place);
    const key = `${severity} ${code} ${place} ${diagnostic.message}`;
    const value = `${place}+${span.length}`;
    const isTold = aboutValue.has(code) && severity === 'error' && told.has(value);
    if (aboutValue.has(code) && severity === 'error') told.add(value);
    if (!isTold && !found.has(key)) found.set(key, diagnostic);
  };
  return {
    report,
    hasErrors: () => [...found.values()].some(({ severity }) => severity === 'error'),
    all: () => [...found.values()],
  };
}
