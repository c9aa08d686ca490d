import { type Scalar, type Sequence, scalar, sequence, type Tree } from '../tree.ts';
import { textOf } from '../values/text.ts';

/** A list, or a mapping as the sorted list of `key=value` that it stands for; anything else is a list of none. */
export function asSequence(tree: Tree): Sequence {
  if (tree.kind === 'sequence') return tree;
  if (tree.kind === 'scalar') return sequence(typeof tree.value === 'string' ? [tree] : [], tree.span);
  const items = [...tree.entries].flatMap(([key, entry]) => pairsOf(key, entry.value));
  return sequence(
    items.toSorted((a, b) => compareText(textOf(a), textOf(b))),
    tree.span,
  );
}

function pairsOf(key: string, value: Tree): readonly Scalar[] {
  if (value.kind === 'sequence') return value.items.flatMap((item) => pairsOf(key, item));
  if (value.kind === 'mapping') return [];
  return [scalar(value.value === null ? key : `${key}=${textOf(value)}`, value.span)];
}

/** By code points, as Go orders strings; the same on every machine. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
