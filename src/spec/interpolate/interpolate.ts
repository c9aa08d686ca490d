import type { Diagnostic, Span } from '../../model/diagnostic.ts';
import type { Environment } from '../environment.ts';
import { error, type Report, warning } from '../report.ts';
import { below, belowItems, type Rules } from '../rules.ts';
import { type Mapping, mapEntries, type Scalar, type Tree } from '../tree.ts';
import { type Cast, casts, castText, oldBooleans } from './cast.ts';
import { substitute } from './substitute.ts';
import { parseTemplate, type Reference, type Template } from './template.ts';

export interface Interpolation {
  readonly environment: Environment;
  readonly report: Report;
  /** Finds a piece of a scalar in the file's text. */
  readonly locate: (scalar: Scalar, piece: string) => Span;
  /** Told of every reference, used or not. */
  readonly onReference: (reference: Reference, span: Span) => void;
}

/** Fills variables into the values of a tree (never into keys) and gives text the type that its place wants. */
export function interpolate(tree: Mapping, interpolation: Interpolation): Mapping {
  return mapEntries(tree, (value, key) => visit(value, below(casts, key), interpolation));
}

/** Tells of every reference in the values of a tree. What is no template is passed over. */
export function findReferences(tree: Tree, told: Pick<Interpolation, 'locate' | 'onReference'>): void {
  switch (tree.kind) {
    case 'mapping':
      for (const { value } of tree.entries.values()) findReferences(value, told);
      return;
    case 'sequence':
      for (const item of tree.items) findReferences(item, told);
      return;
    case 'scalar': {
      if (typeof tree.value !== 'string' || !tree.value.includes('$')) return;
      const template = parseTemplate(tree.value);
      if (template.ok) tellReferences(template.value, tree, told);
    }
  }
}

function visit(tree: Tree, rules: Rules<Cast> | undefined, interpolation: Interpolation): Tree {
  switch (tree.kind) {
    case 'mapping':
      return mapEntries(tree, (value, key) => visit(value, below(rules, key), interpolation));
    case 'sequence':
      return { ...tree, items: tree.items.map((item) => visit(item, belowItems(rules), interpolation)) };
    case 'scalar':
      return typeof tree.value === 'string' ? fillScalar(tree, tree.value, rules?.here, interpolation) : tree;
  }
}

function fillScalar(scalar: Scalar, text: string, cast: Cast | undefined, interpolation: Interpolation): Scalar {
  if (!text.includes('$')) return castScalar(scalar, text, cast, interpolation);
  const template = parseTemplate(text);
  if (!template.ok) {
    const span = interpolation.locate(scalar, template.error.text);
    const hint = 'write "$$" for a dollar sign';
    interpolation.report(error(span, { code: 'bad-variable', message: template.error.message, hint }));
    return scalar;
  }
  const filled = fill(template.value, scalar, interpolation);
  if (filled === undefined) return scalar;
  // What a variable brings in is text, whatever it looks like.
  return castScalar({ ...scalar, value: filled, source: filled }, filled, cast, interpolation);
}

function fill(template: Template, scalar: Scalar, interpolation: Interpolation): string | undefined {
  const { environment, report, locate } = interpolation;
  const failures: Diagnostic[] = [];
  tellReferences(template, scalar, interpolation);
  const filled = substitute(template, (name) => environment.get(name)?.value, {
    unset: (reference) => {
      const message = `the variable ${reference.name} is not set: a blank string stands for it`;
      const hint = `set it in .env, or give a default: \${${reference.name}:-…}`;
      report(warning(locate(scalar, reference.text), { code: 'unset-variable', message, hint }));
    },
    missing: (reference, reason) => failures.push(explainMissing(reference, reason, scalar, interpolation)),
    tooLong: () => {
      const message = 'with its variables filled in, the value exceeds 1 MiB';
      failures.push(error(scalar.span, { code: 'value-too-long', message }));
    },
  });
  for (const failure of failures) report(failure);
  return failures.length === 0 ? filled : undefined;
}

function explainMissing(
  { name, text }: Reference,
  reason: string,
  scalar: Scalar,
  { environment, locate }: Interpolation,
): Diagnostic {
  const because = reason === '' ? '' : `: ${reason}`;
  const origin = environment.get(name)?.origin;
  const related = origin === undefined ? [] : [{ message: 'it is set to a blank string here', span: origin }];
  const message = `the variable ${name} is required${because}`;
  return error(locate(scalar, text), { code: 'required-variable', message, related });
}

function tellReferences(
  template: Template,
  scalar: Scalar,
  { locate, onReference }: Pick<Interpolation, 'locate' | 'onReference'>,
): void {
  for (const reference of referencesIn(template)) onReference(reference, locate(scalar, reference.text));
}

/** Every reference of a template, those inside of words included. */
function referencesIn(template: Template): readonly Reference[] {
  return template.flatMap((part) => (typeof part === 'string' ? [] : [part, ...referencesIn(part.word)]));
}

function castScalar(scalar: Scalar, text: string, cast: Cast | undefined, { report }: Interpolation): Scalar {
  if (cast === undefined) return scalar;
  const value = castText(text, cast);
  if (value === undefined) {
    const article = cast === 'integer' ? 'an' : 'a';
    report(error(scalar.span, { code: 'wrong-type', message: `expected ${article} ${cast}, got "${text}"` }));
    return scalar;
  }
  if (oldBooleans.has(text.toLowerCase())) {
    const hint = `write ${String(value)}`;
    const message = `"${text}" is a string in YAML 1.2; it is read as ${String(value)}`;
    report(warning(scalar.span, { code: 'yaml-boolean', message, hint }));
  }
  return { ...scalar, value, isQuoted: false };
}
