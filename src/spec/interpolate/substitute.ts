import type { Reference, Template } from './template.ts';

/** What happened while a template was filled in. */
export interface Findings {
  readonly unset: (reference: Reference) => void;
  readonly missing: (reference: Reference, reason: string) => void;
}

/** Fills in a template. Words that are not needed are not looked at; values are never expanded again. */
export function substitute(
  template: Template,
  lookup: (name: string) => string | undefined,
  findings: Findings,
): string {
  return template.map((part) => (typeof part === 'string' ? part : valueOf(part, lookup, findings))).join('');
}

function valueOf(reference: Reference, lookup: (name: string) => string | undefined, findings: Findings): string {
  const { name, operator, word } = reference;
  const value = lookup(name);
  const isMissing = value === undefined || (operator.startsWith(':') && value === '');
  const fillWord = (): string => substitute(word, lookup, findings);
  switch (operator) {
    case '':
      if (value === undefined) findings.unset(reference);
      return value ?? '';
    case ':-':
    case '-':
      return isMissing ? fillWord() : value;
    case ':+':
    case '+':
      return isMissing ? '' : fillWord();
    case ':?':
    case '?':
      if (!isMissing) return value;
      findings.missing(reference, fillWord());
      return '';
  }
}
