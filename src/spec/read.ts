import type { Pairs } from '../model/container.ts';
import { type Entry, find, type Mapping, type Tree } from './tree.ts';
import { parseBytes } from './values/bytes.ts';
import { parseDuration } from './values/duration.ts';
import { textOf } from './values/text.ts';

/*
 * Reading the canonical tree. What is absent, null or of a shape that validation refuses is `undefined` or empty:
 * nothing here throws, whatever a caller skipped.
 */

export type Node = Tree | undefined;

/** Entries of a mapping in the order of the file. */
export function entriesOf(node: Node): readonly (readonly [key: string, entry: Entry])[] {
  return node?.kind === 'mapping' ? [...node.entries] : [];
}

export function itemsOf(node: Node): readonly Tree[] {
  return node?.kind === 'sequence' ? node.items : [];
}

export function mappingsOf(node: Node): readonly Mapping[] {
  return itemsOf(node).filter((item) => item.kind === 'mapping');
}

export function textAt(node: Node, ...path: readonly string[]): string | undefined {
  const found = find(node, ...path);
  return found?.kind === 'scalar' && found.value !== null ? textOf(found) : undefined;
}

/** A text that counts as absent when it is empty. */
export function wordAt(node: Node, ...path: readonly string[]): string | undefined {
  const text = textAt(node, ...path);
  return text === '' ? undefined : text;
}

export function numberAt(node: Node, ...path: readonly string[]): number | undefined {
  const text = textAt(node, ...path);
  const value = Number(text);
  return text === undefined || text === '' || Number.isNaN(value) ? undefined : value;
}

/** A number for which 0 means "not set", as for most limits of an engine. */
export function limitAt(node: Node, ...path: readonly string[]): number | undefined {
  const value = numberAt(node, ...path);
  return value === 0 ? undefined : value;
}

export function flagAt(node: Node, ...path: readonly string[]): boolean | undefined {
  const text = textAt(node, ...path)?.toLowerCase();
  return text === undefined ? undefined : ['true', 't', '1', 'yes', 'y', 'on'].includes(text);
}

export function durationMsAt(node: Node, ...path: readonly string[]): number | undefined {
  const parsed = parseDuration(textAt(node, ...path) ?? '');
  return parsed.ok ? parsed.value : undefined;
}

/** Bytes; 0 is "not set", and -1 stays for where it means unlimited. */
export function bytesAt(node: Node, ...path: readonly string[]): number | undefined {
  const text = textAt(node, ...path) ?? '';
  if (text === '-1') return -1;
  const parsed = parseBytes(text);
  return parsed.ok && parsed.value !== 0 ? parsed.value : undefined;
}

/** A list of texts; one text alone is a list of one. */
export function textsAt(node: Node, ...path: readonly string[]): readonly string[] {
  const found = find(node, ...path);
  if (found?.kind === 'scalar') return found.value === null ? [] : [textOf(found)];
  return itemsOf(found).flatMap((item) => textAt(item) ?? []);
}

export function sortedTextsAt(node: Node, ...path: readonly string[]): readonly string[] {
  return textsAt(node, ...path).toSorted();
}

/** Names with values sorted by name; a list reads as `NAME=VALUE`. Names without value are left out or empty, as asked. */
export function pairsAt(node: Node, path: readonly string[], missing: 'drop' | 'empty' = 'empty'): Pairs {
  return optionalPairsAt(node, path)
    .flatMap(([name, value]): Pairs => (value === undefined && missing === 'drop' ? [] : [[name, value ?? '']]))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** As {@link pairsAt} with names that have no value. */
export function optionalPairsAt(
  node: Node,
  path: readonly string[],
): readonly (readonly [name: string, value: string | undefined])[] {
  const found = find(node, ...path);
  const pairs = new Map<string, string | undefined>();
  for (const [name, { value }] of entriesOf(found)) pairs.set(name, textAt(value));
  for (const text of found?.kind === 'sequence' ? textsAt(found) : []) {
    const cut = text.indexOf('=');
    pairs.set(cut < 0 ? text : text.slice(0, cut), cut < 0 ? undefined : text.slice(cut + 1));
  }
  return [...pairs].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
