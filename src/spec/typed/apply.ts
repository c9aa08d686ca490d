import { type Report } from '../report.ts';
import { isNull, type Mapping, mapEntries, scalar, type Tree } from '../tree.ts';
import { textOf } from '../values/text.ts';
import { readHosts, readOptions, readPairs, readSsh, readUlimit, readVariables } from './collections.ts';
import {
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
import type { Shape } from './shape.ts';

/** Turns one value into the form that the canonical model shows; `undefined` where it says nothing. */
export type Read = (tree: Tree, report: Report) => Tree | undefined;

/**
 * Gives every value of a checked tree its canonical form (bytes, durations, words, sorted hosts) and leaves out what
 * says nothing. Extensions (`x-…`) stay as they are.
 */
export function applyShape(tree: Tree, shape: Shape, report: Report): Tree | undefined {
  switch (shape.kind) {
    case 'record':
      return applyRecord(tree, shape, report);
    case 'map':
      return tree.kind === 'mapping' ? mapEntries(tree, (value) => applyNamed(value, shape.of, report)) : undefined;
    case 'list': {
      if (tree.kind !== 'sequence') return isNull(tree) ? undefined : tree;
      const items = tree.items.flatMap((item) => applyItem(item, shape.of, report) ?? []);
      return items.length === 0 ? undefined : { ...tree, items };
    }
    case 'any':
      return tree;
    default:
      return isNull(tree) && shape.kind !== 'text' ? undefined : readers[shape.kind](tree, report);
  }
}

/** A name that a map holds stands even if nothing is said of it. */
function applyNamed(value: Tree, shape: Shape, report: Report): Tree {
  return isNull(value) ? value : (applyShape(value, shape, report) ?? scalar(null, value.span));
}

/** Items stand even where they are empty: their number and order count. */
function applyItem(item: Tree, shape: Shape, report: Report): Tree | undefined {
  if (shape.kind === 'text') return item.kind === 'scalar' ? scalar(textOf(item), item.span) : item;
  return applyShape(item, shape, report);
}

function applyRecord(tree: Tree, shape: Extract<Shape, { kind: 'record' }>, report: Report): Mapping | undefined {
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

const readers: Readonly<Record<Exclude<Shape['kind'], 'record' | 'map' | 'list' | 'any'>, Read>> = {
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
