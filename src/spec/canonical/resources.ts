import { error, type Report, warning } from '../report.ts';
import { findText, type Mapping, scalar, type Tree, withEntry } from '../tree.ts';

/** `external: {name: …}`, the old form, as `external: true` beside `name`. */
export function plainExternal(tree: Tree, report: Report): Tree {
  const external = tree.kind === 'mapping' ? tree.entries.get('external') : undefined;
  if (tree.kind !== 'mapping' || external?.value.kind !== 'mapping') return tree;
  const flat = withEntry(tree, 'external', scalar(true, external.value.span));
  const named = external.value.entries.get('name');
  if (named === undefined) return flat;
  const hint = 'write "name:" beside "external: true"';
  report(warning(named.key, { code: 'deprecated', message: 'external.name is deprecated', hint }));
  return withName(flat, named.value, report);
}

function withName(tree: Mapping, name: Tree, report: Report): Tree {
  const existing = tree.entries.get('name');
  if (existing === undefined) return withEntry(tree, 'name', name);
  if (name.kind === 'scalar' && findText(tree, 'name') !== name.value) {
    const related = [{ message: 'the other name', span: existing.value.span }];
    const message = '"name" and "external.name" differ';
    report(error(name.span, { code: 'conflicting-attributes', message, hint: 'keep "name" alone', related }));
  }
  return tree;
}
