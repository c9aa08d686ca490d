import type { Span } from '../model/diagnostic.ts';
import type { Reference } from './interpolate/template.ts';

/** A variable that stack files refer to, as `stack config --variables` lists it. */
export interface UsedVariable {
  readonly name: string;
  /** It must be set: `${NAME:?…}`. */
  readonly isRequired: boolean;
  /** The word of `${NAME:-word}`, as written. */
  readonly defaultValue: string | undefined;
  /** The word of `${NAME:+word}`, as written. */
  readonly alternative: string | undefined;
  /** Where it is first used. */
  readonly span: Span;
}

/** Gathers references while files are filled in: each name once, sorted. */
export function collectVariables(): {
  readonly onReference: (reference: Reference, span: Span) => void;
  readonly list: () => readonly UsedVariable[];
} {
  const used = new Map<string, UsedVariable>();
  return {
    onReference: ({ name, operator, wordText }, span) => {
      const before = used.get(name);
      used.set(name, {
        name,
        span: before?.span ?? span,
        isRequired: before?.isRequired === true || operator.endsWith('?'),
        defaultValue: before?.defaultValue ?? (operator.endsWith('-') ? wordText : undefined),
        alternative: before?.alternative ?? (operator.endsWith('+') ? wordText : undefined),
      });
    },
    list: () => [...used.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
