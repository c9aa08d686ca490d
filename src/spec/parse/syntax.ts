import { type Document, isCollection, isPair, isScalar, type YAMLError } from 'yaml';
import type { Diagnostic, Related } from '../../model/diagnostic.ts';
import { error, type Report } from '../report.ts';
import type { Place } from './place.ts';

interface Surroundings {
  readonly place: Place;
  readonly report: Report;
}

/** Reports what is no YAML; true if there was anything. One finding a line: the first is the cause of the others. */
export function reportSyntax(documents: readonly Document[], text: string, { place, report }: Surroundings): boolean {
  let count = 0;
  for (const document of documents) {
    const lines = new Set<number>();
    const directive = findDirective(document, text, place);
    const problems = document.errors.slice(0, 20).map((problem) => explain(problem, document, { text, place }));
    for (const diagnostic of directive === undefined ? problems : [directive, ...problems]) {
      if (lines.has(diagnostic.span.line)) continue;
      lines.add(diagnostic.span.line);
      count += 1;
      if (lines.size <= 5) report(diagnostic);
    }
  }
  return count > 0;
}

function findDirective(document: Document, text: string, place: Place): Diagnostic | undefined {
  const { directives } = document;
  const hasTags = Object.keys(directives?.tags ?? {}).length > 1;
  if (directives === undefined || (directives.yaml.explicit !== true && !hasTags)) return undefined;
  const start = Math.max(0, text.search(/^%/m));
  return error(place(start, text.length), {
    code: 'yaml-directive',
    message: 'YAML directives are not supported',
    hint: 'remove the line: the file is read the same without it',
  });
}

function explain(
  { code, message, pos: [start, end] }: YAMLError,
  document: Document,
  { text, place }: { readonly text: string; readonly place: Place },
): Diagnostic {
  const span = place(start, end);
  if (code === 'TAB_AS_INDENT') {
    return error(span, { code: 'yaml-syntax', message: 'tabs cannot indent YAML', hint: 'use spaces' });
  }
  const opening = code === 'MISSING_CHAR' || code === 'BAD_INDENT' ? findOpening(document, text, start) : undefined;
  const related: readonly Related[] =
    opening === undefined ? [] : [{ message: 'it begins here', span: place(opening, opening + 1) }];
  return error(span, { code: 'yaml-syntax', message: firstLine(message), hint: hintFor(code), related });
}

function firstLine(message: string): string {
  const [line = ''] = message.split('\n', 1);
  return line.slice(0, 1).toLowerCase() + line.slice(1, 200);
}

function hintFor(code: string): string | undefined {
  if (code === 'BAD_INDENT' || code === 'MULTILINE_IMPLICIT_KEY')
    return 'check the indentation of this line and the one above';
  return code === 'BLOCK_AS_IMPLICIT_KEY' ? 'put a value that contains ": " in quotes' : undefined;
}

/** Offset of the quote or bracket that nothing closes before `end`: the last one that reaches there. */
function findOpening(document: Document, text: string, end: number): number | undefined {
  let found: number | undefined;
  const pending: unknown[] = [document.contents];
  while (pending.length > 0) {
    const node = pending.pop();
    for (const child of childrenOf(node)) pending.push(child);
    if (!isCollection(node) && !isScalar(node)) continue;
    const [start, , stop] = node.range ?? [0, 0, 0];
    const isOpen = start < end && /["'[{]/.test(text.charAt(start)) && text.slice(stop, end).trim() === '';
    if (isOpen) found = Math.max(found ?? start, start);
  }
  return found;
}

function childrenOf(node: unknown): readonly unknown[] {
  if (isPair(node)) return [node.value, node.key];
  return isCollection(node) ? node.items : [];
}
