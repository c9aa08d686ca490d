import type { Related, Span } from '../../model/diagnostic.ts';
import { entriesOf } from '../read.ts';
import type { Report } from '../report.ts';
import { find, type Mapping, type Tree } from '../tree.ts';

/** One enabled service, as every check receives it. */
export interface ServiceCheck {
  readonly name: string;
  /** Where its name stands. */
  readonly key: Span;
  readonly service: Mapping;
  /** The whole canonical tree. */
  readonly tree: Mapping;
  readonly report: Report;
}

export function servicesOf(tree: Mapping, report: Report): readonly ServiceCheck[] {
  return entriesOf(find(tree, 'services')).flatMap(([name, { key, value }]) =>
    value.kind === 'mapping' ? [{ name, key, service: value, tree, report }] : [],
  );
}

/** Where the key of a value stands; several keys lead down to it. */
export function keyOf(node: Tree | undefined, ...path: readonly string[]): Span | undefined {
  const last = path.at(-1);
  const parent = find(node, ...path.slice(0, -1));
  return last === undefined || parent?.kind !== 'mapping' ? undefined : parent.entries.get(last)?.key;
}

/** A second place for a finding, where there is one. */
export function related(message: string, span: Span | undefined): readonly Related[] {
  return span === undefined ? [] : [{ message, span }];
}

/** In the order in which a person reads them. */
export function byPlace(a: Span, b: Span): number {
  return a.line - b.line || a.column - b.column;
}
