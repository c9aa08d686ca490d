import type { Reference, Template } from './template.ts';

/** Longer values come of variables that hold whole files, or of a file that means harm. */
const maximumLength = 2 ** 20;

/** What can go wrong while a template is filled in. */
export interface Findings {
  readonly unset: (reference: Reference) => void;
  readonly missing: (reference: Reference, reason: string) => void;
  readonly tooLong: () => void;
}

type Lookup = (name: string) => string | undefined;

/**
 * Fills in a template. Words that are not needed are not looked at; values are never expanded again. What exceeds 1 MiB
 * is cut, and told.
 */
export function substitute(template: Template, lookup: Lookup, findings: Findings): string {
  let text = '';
  for (const part of template) {
    text += typeof part === 'string' ? part : valueOf(part, lookup, findings);
    if (text.length <= maximumLength) continue;
    findings.tooLong();
    return text.slice(0, maximumLength);
  }
  return text;
}

function valueOf(reference: Reference, lookup: Lookup, findings: Findings): string {
  const { name, operator, word } = reference;
  const value = lookup(name);
  const isBlank = value === undefined || (operator.startsWith(':') && value === '');
  switch (operator.slice(-1)) {
    case '-':
      return isBlank ? substitute(word, lookup, findings) : value;
    case '+':
      return isBlank ? '' : substitute(word, lookup, findings);
    case '?':
      if (isBlank) findings.missing(reference, substitute(word, lookup, findings));
      return value ?? '';
    default:
      if (isBlank) findings.unset(reference);
      return value ?? '';
  }
}
