import { error, type Report } from '../report.ts';
import { mapping, record, scalar, type Tree } from '../tree.ts';
import { textOf } from '../values/text.ts';

/** `build: .` names the context. */
export function longBuild(tree: Tree): Tree {
  return tree.kind === 'scalar' && tree.value !== null ? record({ context: tree }, tree.span) : tree;
}

/** `name=context` lines as a mapping. */
export function longContexts(tree: Tree, report: Report): Tree {
  if (tree.kind !== 'sequence') return tree;
  const entries = tree.items.flatMap((item) => {
    const text = item.kind === 'scalar' ? textOf(item) : '';
    const separator = text.indexOf('=');
    if (separator !== -1) {
      const value = scalar(text.slice(separator + 1), item.span);
      return [[text.slice(0, separator), { key: item.span, value }] as const];
    }
    report(error(item.span, { code: 'bad-value', message: `"${text}" names no context: expected name=context` }));
    return [];
  });
  return mapping(entries, tree.span);
}

/** `default` or `id=path` lines as a mapping; without a path the agent's socket is meant. */
export function longSsh(tree: Tree, report: Report): Tree {
  if (tree.kind !== 'sequence') return tree;
  const entries = tree.items.flatMap((item) => {
    const text = item.kind === 'scalar' ? textOf(item) : '';
    const [id = '', ...path] = text.split('=');
    if (path.length > 0 || id === 'default') {
      const value = scalar(path.length > 0 ? path.join('=') : null, item.span);
      return [[id, { key: item.span, value }] as const];
    }
    const message = `"${text}" is no SSH key: expected "default" or id=path`;
    report(error(item.span, { code: 'bad-value', message }));
    return [];
  });
  return mapping(entries, tree.span);
}
