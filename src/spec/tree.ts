import type { Span } from '../model/diagnostic.ts';

/**
 * A YAML value that remembers where it was written, through interpolation, extends, include and merge.
 *
 * The form in which every stage of this room hands the stack file to the next. Mappings are Maps: a user may
 * call a service `constructor`.
 */
export type Tree = Scalar | Sequence | Mapping;

export interface Scalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, before YAML's and our own conversions: `0755`, `1.50`. */
  readonly source: string;
  /** Written in quotes or as a block: YAML read no type into it. */
  readonly isQuoted: boolean;
  readonly span: Span;
}

export interface Sequence {
  readonly kind: 'sequence';
  readonly items: readonly Tree[];
  readonly span: Span;
}

export interface Mapping {
  readonly kind: 'mapping';
  /** In the order of the file. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly span: Span;
}

export interface Entry {
  readonly key: Span;
  readonly value: Tree;
}
