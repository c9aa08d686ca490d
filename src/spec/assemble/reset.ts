import { find, type Mapping, type Tree, withEntry, withoutEntries } from '../tree.ts';

/** Takes away what `!reset` and `!override` of a later document clear, before that document is laid over. */
export function clear(tree: Mapping, paths: readonly (readonly string[])[]): Mapping {
  return paths.reduce(clearPath, tree);
}

function clearPath(tree: Mapping, [key, ...rest]: readonly string[]): Mapping {
  if (key === undefined) return tree;
  if (rest.length === 0) return withoutEntries(tree, key);
  const inner: Tree | undefined = find(tree, key);
  return inner?.kind === 'mapping' ? withEntry(tree, key, clearPath(inner, rest)) : tree;
}
