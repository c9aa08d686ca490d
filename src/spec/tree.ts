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

export function scalar(value: Scalar['value'], span: Span): Scalar {
  return { kind: 'scalar', value, source: String(value), isQuoted: typeof value === 'string', span };
}

export function sequence(items: readonly Tree[], span: Span): Sequence {
  return { kind: 'sequence', items, span };
}

export function mapping(entries: Iterable<readonly [string, Entry]>, span: Span): Mapping {
  return { kind: 'mapping', entries: new Map(entries), span };
}

/** A mapping that no line of the file spells out, such as the long form of a string: every key stands where `span` does. */
export function record(fields: Readonly<Record<string, Tree | undefined>>, span: Span): Mapping {
  const entries = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, { key: span, value }] as const],
  );
  return mapping(entries, span);
}

/** What stands at the end of a path of keys; `undefined` where any of them is missing or no mapping. */
export function find(tree: Tree | undefined, ...keys: readonly string[]): Tree | undefined {
  let current = tree;
  for (const key of keys) {
    if (current?.kind !== 'mapping') return undefined;
    current = current.entries.get(key)?.value;
  }
  return current;
}

/** The mapping at the end of a path of keys, if it is one. */
export function findMapping(tree: Tree | undefined, ...keys: readonly string[]): Mapping | undefined {
  const found = find(tree, ...keys);
  return found?.kind === 'mapping' ? found : undefined;
}

/** The text at the end of a path of keys, if it is one. */
export function findText(tree: Tree | undefined, ...keys: readonly string[]): string | undefined {
  const found = find(tree, ...keys);
  return found?.kind === 'scalar' && typeof found.value === 'string' ? found.value : undefined;
}

/** Sets one key, in place of what it held or at the end. */
export function withEntry(tree: Mapping, key: string, value: Tree): Mapping {
  const entries = new Map(tree.entries);
  entries.set(key, { key: tree.entries.get(key)?.key ?? value.span, value });
  return { ...tree, entries };
}

/** Leaves keys out; the same mapping if it holds none of them. */
export function withoutEntries(tree: Mapping, ...keys: readonly string[]): Mapping {
  if (!keys.some((key) => tree.entries.has(key))) return tree;
  const entries = new Map(tree.entries);
  for (const key of keys) entries.delete(key);
  return { ...tree, entries };
}

/** Changes every value; `undefined` leaves the key out. */
export function mapEntries(tree: Mapping, change: (value: Tree, key: string) => Tree | undefined): Mapping {
  const entries = new Map<string, Entry>();
  for (const [key, entry] of tree.entries) {
    const value = change(entry.value, key);
    if (value !== undefined) entries.set(key, value === entry.value ? entry : { key: entry.key, value });
  }
  return { ...tree, entries };
}

export function isNull(tree: Tree | undefined): boolean {
  return tree?.kind === 'scalar' && tree.value === null;
}
