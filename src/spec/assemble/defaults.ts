import { below, belowItems, type Rules, rulesOf } from '../rules.ts';
import { find, findText, type Mapping, mapEntries, scalar, type Tree, withEntry } from '../tree.ts';

const defaults = rulesOf<(tree: Mapping) => Mapping>({
  'services.*.build': (build) => withDefault(build, 'context', '.'),
  'services.*.secrets.*': (secret) => withDefault(secret, 'target', `/run/secrets/${findText(secret, 'source') ?? ''}`),
  'services.*.ports.*': (port) => withDefault(withDefault(port, 'protocol', 'tcp'), 'mode', 'ingress'),
  'services.*.deploy.resources.reservations.devices.*': withCount,
  'services.*.gpus.*': withCount,
});

/** Writes out the values that Compose takes for attributes which are left out. */
export function setDefaults(tree: Mapping): Mapping {
  return mapEntries(tree, (value, key) => visit(value, below(defaults, key)));
}

function visit(tree: Tree, rules: Rules<(tree: Mapping) => Mapping> | undefined): Tree {
  if (rules === undefined || tree.kind === 'scalar') return tree;
  if (tree.kind === 'sequence') return { ...tree, items: tree.items.map((item) => visit(item, belowItems(rules))) };
  if (rules.here !== undefined) return rules.here(tree);
  return mapEntries(tree, (value, key) => visit(value, below(rules, key)));
}

function withDefault(tree: Mapping, key: string, value: string): Mapping {
  return find(tree, key) === undefined ? withEntry(tree, key, scalar(value, tree.span)) : tree;
}

/** Devices are counted unless they are named. */
function withCount(request: Mapping): Mapping {
  return find(request, 'device_ids') === undefined ? withDefault(request, 'count', 'all') : request;
}
