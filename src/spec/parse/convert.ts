import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
  type Scalar as YamlScalar,
} from 'yaml';
import type { Span } from '../../model/diagnostic.ts';
import type { DocumentKind } from '../document.ts';
import { error, type Report } from '../report.ts';
import type { Entry, Mapping, Sequence, Tree } from '../tree.ts';
import type { Layer } from './layer.ts';
import type { Place } from './place.ts';
import { readScalar, spanOf } from './scalar.ts';
import { maximumDepth } from './tokens.ts';

/** What aliases may multiply a document to. */
const maximumNodes = 100_000;

interface Reading {
  readonly text: string;
  readonly place: Place;
  readonly report: Report;
  /** Anchored nodes by name; a later anchor of the same name takes its place. */
  readonly anchors: Map<string, Node>;
  readonly read: Map<Node, Part | 'open'>;
  nodes: number;
  isInvalid: boolean;
}

/** What the conversion of one text goes by. */
export interface Surroundings {
  readonly place: Place;
  readonly report: Report;
  readonly kind: DocumentKind;
}

/** A node as Compose reads it. */
interface Part {
  /** `undefined`: tagged `!reset`, or invalid. */
  readonly tree: Tree | undefined;
  /** Paths below it that `!reset` and `!override` clear. */
  readonly cleared: readonly (readonly string[])[];
  /** Nodes in it, aliases counted as what they repeat. */
  readonly size: number;
  readonly depth: number;
}

const nothing: Part = { tree: undefined, cleared: [], size: 0, depth: 0 };

/** Turns a parsed document into a tree with positions. Aliases, merge keys and tags are resolved and every key is checked. */
export function convertDocument(
  document: Document,
  { text, place, report, kind }: Surroundings & { readonly text: string },
): Layer | 'empty' | 'invalid' {
  const reading: Reading = { text, place, report, anchors: new Map(), read: new Map(), nodes: 0, isInvalid: false };
  const root = document.contents;
  if (root === null) return 'empty';
  const { tree, cleared } = convert(root, reading);
  if (reading.isInvalid) return 'invalid';
  if (tree?.kind === 'mapping') return { tree, cleared };
  if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return 'empty';
  report(
    error(tree.span, {
      code: 'not-a-mapping',
      message: `the top level of ${kind.noun} must be a mapping`,
      hint: `begin with "${kind.begins}"`,
    }),
  );
  return 'invalid';
}

function convert(node: Node, reading: Reading): Part {
  if (isAlias(node)) return convertAlias(node, reading);
  const { anchor } = node as { anchor?: string };
  if (anchor !== undefined) reading.anchors.set(anchor, node);
  reading.read.set(node, 'open');
  const part = convertTagged(node, reading);
  reading.read.set(node, part);
  return part;
}

function convertAlias(alias: Alias, reading: Reading): Part {
  const target = reading.anchors.get(alias.source);
  const span = spanOf(alias, reading.place);
  if (target === undefined) {
    return invalid(reading, span, 'unknown-alias', `there is no anchor &${alias.source} above this line`);
  }
  const part = reading.read.get(target);
  if (part === 'open' || part === undefined) {
    return invalid(reading, span, 'alias-cycle', `*${alias.source} stands inside what &${alias.source} names`);
  }
  reading.nodes += part.size;
  if (reading.nodes > maximumNodes && !reading.isInvalid) {
    return invalid(reading, span, 'too-many-nodes', `aliases repeat this file to more than ${maximumNodes} values`);
  }
  return part;
}

function convertTagged(node: Node, reading: Reading): Part {
  const { tag } = node as { tag?: string };
  const part = convertPlain(node, reading);
  if (tag === '!reset') return { ...nothing, cleared: [[]] };
  if (tag === '!override') return { ...part, cleared: [[]] };
  return part;
}

function convertPlain(node: Node, reading: Reading): Part {
  reading.nodes += 1;
  if (isMap(node)) return checkTag(node, 'tag:yaml.org,2002:map', reading) ?? convertMap(node, reading);
  if (isSeq(node)) return checkTag(node, 'tag:yaml.org,2002:seq', reading) ?? convertSeq(node, reading);
  const value = readScalar(node as YamlScalar, reading.place);
  if (typeof value !== 'string') return { tree: value, cleared: [], size: 1, depth: 1 };
  return invalid(reading, spanOf(node, reading.place), 'unknown-tag', value);
}

function checkTag(node: YAMLMap | YAMLSeq, wanted: string, reading: Reading): Part | undefined {
  const { tag } = node;
  if (tag === undefined || tag === wanted || ['!', '!reset', '!override'].includes(tag)) return undefined;
  return invalid(reading, spanOf(node, reading.place), 'unknown-tag', `the tag ${tag} is not supported here`);
}

function convertSeq(node: YAMLSeq, reading: Reading): Part {
  const items: Tree[] = [];
  let size = 1;
  let depth = 0;
  for (const item of node.items as Node[]) {
    const part = convert(item, reading);
    if (part.tree !== undefined) items.push(part.tree);
    size += part.size;
    depth = Math.max(depth, part.depth);
  }
  const tree: Sequence = { kind: 'sequence', items, span: spanOf(node, reading.place) };
  return bounded({ tree, cleared: [], size, depth: depth + 1 }, reading);
}

function bounded(part: Part, reading: Reading): Part {
  if (part.depth <= maximumDepth || part.tree === undefined) return part;
  return invalid(reading, part.tree.span, 'too-deep', `nesting deeper than ${maximumDepth} levels`);
}

function invalid(reading: Reading, span: Span, code: string, message: string): Part {
  reading.isInvalid = true;
  reading.report(error(span, { code, message }));
  return nothing;
}

interface Members {
  readonly own: Map<string, Entry>;
  readonly merged: Map<string, Entry>;
  /** Where each key was first written, values that `!reset` took away included. */
  readonly keys: Map<string, Span>;
  readonly cleared: (readonly string[])[];
  size: number;
  depth: number;
}

function convertMap(node: YAMLMap, reading: Reading): Part {
  const members: Members = { own: new Map(), merged: new Map(), keys: new Map(), cleared: [], size: 1, depth: 0 };
  for (const pair of node.items as Pair<Node, Node | null>[]) addPair(members, pair, reading);
  refuseDottedRepeats(members.own, reading);
  for (const [key, entry] of members.merged) {
    if (!members.own.has(key)) members.own.set(key, entry);
  }
  const tree: Mapping = { kind: 'mapping', entries: members.own, span: spanOf(node, reading.place) };
  return bounded({ tree, cleared: members.cleared, size: members.size, depth: members.depth + 1 }, reading);
}

function addPair(
  members: Members,
  { key: keyNode, value: valueNode }: Pair<Node, Node | null>,
  reading: Reading,
): void {
  const span = spanOf(keyNode, reading.place);
  const key = readKey(keyNode, span, reading);
  if (key === undefined) return;
  const first = members.keys.get(key);
  if (first !== undefined) {
    reading.isInvalid = true;
    const related = [{ message: 'the first one', span: first }];
    const message = `the key "${key}" is there twice`;
    reading.report(error(span, { code: 'duplicate-key', message, hint: 'keep one of them', related }));
    return;
  }
  members.keys.set(key, span);
  const part = valueNode === null ? absent(span, reading) : convert(valueNode, reading);
  members.size += 1 + part.size;
  members.depth = Math.max(members.depth, part.depth);
  if (key === '<<' && isPlain(keyNode)) addMerged(members, part, span, reading);
  else addOwn(members, key, part, span);
}

/**
 * Refuses one anchored value under both `test` and `test.other`: Docker Compose knows values by dotted paths, takes
 * the second for a part of the first, and refuses the file as a circle.
 */
function refuseDottedRepeats(entries: ReadonlyMap<string, Entry>, reading: Reading): void {
  for (const [name, { key, value }] of entries) {
    for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
      const outer = entries.get(name.slice(0, dot));
      if (outer?.value !== value) continue;
      reading.isInvalid = true;
      const message = `"${name}" repeats the anchored value of "${name.slice(0, dot)}", of which it is a part by its dotted name`;
      const hint = 'write the value out in one of them, or rename it';
      reading.report(
        error(key, { code: 'alias-cycle', message, hint, related: [{ message: 'the other one', span: outer.key }] }),
      );
    }
  }
}

/** A key without anything after it. */
function absent(span: Span, reading: Reading): Part {
  reading.nodes += 1;
  const tree: Tree = { kind: 'scalar', value: null, source: '', isQuoted: false, span };
  return { tree, cleared: [], size: 1, depth: 1 };
}

function addOwn(members: Members, key: string, part: Part, span: Span): void {
  members.cleared.push(...part.cleared.map((path) => [key, ...path]));
  if (part.tree === undefined) return;
  // An empty value has no place of its own to point at.
  const isEmpty = part.tree.kind === 'scalar' && part.tree.source === '' && !part.tree.isQuoted;
  members.own.set(key, { key: span, value: isEmpty ? { ...part.tree, span } : part.tree });
}

/** `<<`: a mapping or a list of mappings; those named first win. */
function addMerged(members: Members, part: Part, span: Span, reading: Reading): void {
  members.cleared.push(...part.cleared);
  if (part.tree === undefined) return;
  const sources = part.tree.kind === 'sequence' ? part.tree.items : [part.tree];
  for (const source of sources) {
    if (source.kind !== 'mapping') {
      invalid(reading, span, 'merge-key', '"<<" takes a mapping, or a list of mappings');
      return;
    }
    for (const [key, entry] of source.entries) {
      if (!members.merged.has(key)) members.merged.set(key, entry);
    }
  }
}

function isPlain(node: Node): boolean {
  return isScalar(node) && node.type === 'PLAIN';
}

function readKey(node: Node, span: Span, reading: Reading): string | undefined {
  const tree = convert(node, reading).tree;
  if (tree === undefined) return undefined;
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') {
    const hint = tree.kind === 'scalar' ? `write "${tree.source}" in quotes` : undefined;
    reading.isInvalid = true;
    reading.report(error(span, { code: 'non-string-key', message: 'keys must be strings', hint }));
    return undefined;
  }
  if (tree.value === '__proto__') {
    invalid(reading, span, 'reserved-name', '"__proto__" cannot be used as a name');
    return undefined;
  }
  return tree.value;
}
