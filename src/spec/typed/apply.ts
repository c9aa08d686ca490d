import { type Report } from '../report.ts';
import { isNull, type Mapping, mapEntries, scalar, sequence, type Tree } from '../tree.ts';
import { readHosts, readOptions, readPairs, readSsh, readUlimit, readVariables } from './collections.ts';
import {
  asText,
  readBytes,
  readCommand,
  readDecimal,
  readDeviceCount,
  readDuration,
  readFlag,
  readInteger,
  readMode,
  readTest,
  readText,
} from './scalars.ts';
import type { LeafShape, ListShape, RecordShape, Shape } from './shape.ts';

/** Turns one value into the form that the canonical model shows; `undefined` where it says nothing. */
type Read = (tree: Tree, report: Report) => Tree | undefined;

/**
 * Gives every value of a checked tree its canonical form (bytes, durations, words, sorted hosts) and leaves out what
 * says nothing. Extensions (`x-…`) stay as they are.
 */
export function applyShape(tree: Tree, shape: Shape, report: Report): Tree | undefined {
  if (shape.kind === 'record') return applyRecord(tree, shape, report);
  if (shape.kind === 'list') return applyList(tree, shape, report);
  if (shape.kind !== 'map') return isNull(tree) ? undefined : readers[shape.kind](tree, report);
  if (tree.kind !== 'mapping' || (tree.entries.size === 0 && !shape.isKept)) return undefined;
  return mapEntries(tree, (value) => applyNamed(value, shape.of, report));
}

/** One text is a list of one, where the specification takes both. */
function applyList(tree: Tree, { of }: ListShape, report: Report): Tree | undefined {
  const written = tree.kind === 'sequence' ? tree.items : [tree];
  const items = written.flatMap((item) => (isNull(item) ? [] : (applyItem(item, of, report) ?? [])));
  return items.length === 0 ? undefined : sequence(items, tree.span);
}

/** A name that a map holds stands even if nothing is said of it. */
function applyNamed(value: Tree, shape: Shape, report: Report): Tree {
  return isNull(value) ? value : (applyShape(value, shape, report) ?? scalar(null, value.span));
}

/** Items stand even where they are empty: their number and order count. */
function applyItem(item: Tree, shape: Shape, report: Report): Tree | undefined {
  if (shape.kind === 'text') return asText(item);
  return applyShape(item, shape, report);
}

function applyRecord(tree: Tree, shape: RecordShape, report: Report): Mapping | undefined {
  if (tree.kind !== 'mapping') return undefined;
  const known = mapEntries(tree, (value, key) => {
    const field = shape.fields.get(key);
    return field === undefined ? value : applyShape(value, field, report);
  });
  const entries = new Map(known.entries);
  for (const [key, field] of shape.fields) {
    const isMissing = field.kind === 'record' && field.isKept && !entries.has(key);
    if (isMissing)
      entries.set(key, { key: tree.span, value: { kind: 'mapping', entries: new Map(), span: tree.span } });
  }
  return { ...tree, entries };
}

const readers: Readonly<Record<LeafShape['kind'], Read>> = {
  text: readText,
  flag: (tree, report) => dropFalse(readFlag(tree, report)),
  choice: readFlag,
  integer: (tree, report) => dropZero(readInteger(tree, report)),
  count: readInteger,
  decimal: (tree, report) => dropZero(readDecimal(tree, report)),
  bytes: readBytes,
  duration: (tree, report) => dropZero(readDuration(tree, report)),
  period: readDuration,
  mode: readMode,
  content: asText,
  command: readCommand,
  test: readTest,
  'device-count': readDeviceCount,
  ulimit: readUlimit,
  hosts: readHosts,
  ssh: readSsh,
  pairs: readPairs,
  variables: readVariables,
  options: readOptions,
};

function dropFalse(tree: Tree | undefined): Tree | undefined {
  return tree?.kind === 'scalar' && tree.value === false ? undefined : tree;
}

function dropZero(tree: Tree | undefined): Tree | undefined {
  return tree?.kind === 'scalar' && (tree.value === 0 || tree.value === '0s') ? undefined : tree;
}
