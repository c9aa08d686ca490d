import { isNull, mapEntries, mapping, record, scalar, sequence, type Tree, withEntry } from '../tree.ts';

/** One text is a list of one. */
export function textAsList(tree: Tree): Tree {
  return tree.kind === 'scalar' && typeof tree.value === 'string' ? sequence([tree], tree.span) : tree;
}

/** The same, without the blanks that unset variables leave. */
export function withoutBlanks(tree: Tree): Tree {
  const list = textAsList(tree);
  if (list.kind !== 'sequence') return list;
  return { ...list, items: list.items.filter((item) => !(item.kind === 'scalar' && (item.value ?? '') === '')) };
}

/** A list of names as a mapping without settings. */
export function longNames(tree: Tree): Tree {
  if (tree.kind !== 'sequence') return tree;
  return mapping(
    tree.items.flatMap((item) =>
      item.kind === 'scalar' ? [[String(item.value), { key: item.span, value: scalar(null, item.span) }] as const] : [],
    ),
    tree.span,
  );
}

/** Services to wait for, each with its condition. */
export function longDependencies(tree: Tree): Tree {
  const names = longNames(tree);
  if (names.kind !== 'mapping') return tree;
  return mapEntries(names, (settings) => {
    const given = settings.kind === 'mapping' ? settings : mapping([], settings.span);
    const defaults = record(
      { condition: scalar('service_started', given.span), required: scalar(true, given.span) },
      given.span,
    );
    return { ...given, entries: new Map([...defaults.entries, ...given.entries]) };
  });
}

/** Files of variables, each with whether it must exist. */
export function longEnvFiles(tree: Tree): Tree {
  const list = textAsList(tree);
  if (list.kind !== 'sequence') return list;
  return { ...list, items: list.items.map(longEnvFile) };
}

function longEnvFile(tree: Tree): Tree {
  const required = scalar(true, tree.span);
  if (tree.kind === 'mapping') return tree.entries.has('required') ? tree : withEntry(tree, 'required', required);
  return tree.kind === 'scalar' && !isNull(tree) ? record({ path: tree, required }, tree.span) : tree;
}

/** `gpus: all`. */
export function longGpus(tree: Tree): Tree {
  if (tree.kind !== 'scalar' || isNull(tree)) return tree;
  return sequence([record({ count: scalar('all', tree.span) }, tree.span)], tree.span);
}
