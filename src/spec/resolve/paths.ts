import { below, belowItems, type Rules, rulesOf } from '../rules.ts';
import type { Sources } from '../sources.ts';
import { find, findText, type Mapping, mapEntries, type Scalar, type Tree, withEntry } from '../tree.ts';
import { expandHome, isAbsolute, isWindowsAbsolute, joinPath } from '../values/path.ts';

interface Base {
  readonly folder: string;
  readonly sources: Sources;
}

type Resolve = (tree: Tree, base: Base) => Tree;

const places: Rules<Resolve> = rulesOf<Resolve>({
  'services.*.build.context': ofText(contextPath),
  'services.*.build.additional_contexts.*': ofText(contextPath),
  'services.*.build.ssh.*': ofText(anyPath),
  'services.*.env_file.*.path': ofText(plainPath),
  'services.*.label_file.*': ofText(plainPath),
  'services.*.develop.watch.*.path': ofText(realPath),
  'services.*.volumes.*': bindSource,
  'configs.*.file': ofText(anyPath),
  'secrets.*.file': ofText(anyPath),
  'volumes.*': localDevice,
});

/** Makes the paths of a tree in long forms absolute: relative ones start from the folder, `~` is the home directory. */
export function resolvePaths(tree: Mapping, folder: string, sources: Sources): Mapping {
  return mapEntries(tree, (value, key) => visit(value, below(places, key), { folder, sources }));
}

function visit(tree: Tree, rules: Rules<Resolve> | undefined, base: Base): Tree {
  if (rules === undefined) return tree;
  if (rules.here !== undefined) return rules.here(tree, base);
  if (tree.kind === 'mapping') return mapEntries(tree, (value, key) => visit(value, below(rules, key), base));
  if (tree.kind === 'sequence')
    return { ...tree, items: tree.items.map((item) => visit(item, belowItems(rules), base)) };
  return tree;
}

function ofText(resolve: (path: string, base: Base) => string): Resolve {
  return (tree, base) => (isText(tree) ? { ...tree, value: resolve(tree.value, base) } : tree);
}

function isText(tree: Tree | undefined): tree is Scalar & { readonly value: string } {
  return tree?.kind === 'scalar' && typeof tree.value === 'string';
}

function plainPath(path: string, { folder, sources }: Base): string {
  const expanded = expandHome(path, sources.homeDir);
  return expanded === '' || isAbsolute(expanded) ? expanded : joinPath(folder, expanded);
}

/** A path that an engine on Windows may understand stays. */
function anyPath(path: string, { folder, sources }: Base): string {
  const expanded = expandHome(path, sources.homeDir);
  return isAbsolute(expanded) || isWindowsAbsolute(expanded) ? expanded : joinPath(folder, expanded);
}

function realPath(path: string, base: Base): string {
  const absolute = plainPath(path, base);
  return base.sources.resolve(absolute) ?? absolute;
}

/** Builders take addresses of repositories, of images and of other services for a context too. */
function contextPath(path: string, base: Base): string {
  const isElsewhere = path.includes('://') || path.startsWith('service:') || /^(github\.com\/|git@)/.test(path);
  return isElsewhere ? path : plainPath(path, base);
}

function bindSource(tree: Tree, base: Base): Tree {
  if (tree.kind !== 'mapping' || findText(tree, 'type') !== 'bind') return tree;
  const source = find(tree, 'source');
  return isText(source) ? withEntry(tree, 'source', { ...source, value: anyPath(source.value, base) }) : tree;
}

/** A volume of the local driver with `o: bind` is a folder of this machine. */
function localDevice(tree: Tree, base: Base): Tree {
  const options = find(tree, 'driver_opts');
  const device = find(options, 'device');
  const isBind = findText(tree, 'driver') === 'local' && findText(options, 'o') === 'bind';
  if (!isBind || !isText(device) || tree.kind !== 'mapping' || options?.kind !== 'mapping') return tree;
  return withEntry(
    tree,
    'driver_opts',
    withEntry(options, 'device', { ...device, value: anyPath(device.value, base) }),
  );
}
