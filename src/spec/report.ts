import type { Diagnostic, Related, Span } from '../model/diagnostic.ts';

/** Where a stage leaves what it finds, so that one bad line does not hide the next. */
export type Report = (diagnostic: Diagnostic) => void;

/** What a finding says beside its place. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly related?: readonly Related[];
}

export function error(span: Span, finding: Finding): Diagnostic {
  return { severity: 'error', span, hint: undefined, related: [], ...finding };
}

export function warning(span: Span, finding: Finding): Diagnostic {
  return { severity: 'warning', span, hint: undefined, related: [], ...finding };
}

/** Place of what no file holds: a variable of the process, an argument. */
export function outsideSpan(file: '<environment>' | '<arguments>'): Span {
  return { file, line: 1, column: 1, length: 1 };
}
