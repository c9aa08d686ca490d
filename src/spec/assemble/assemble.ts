import { lengthen } from '../canonical/canonical.ts';
import { merge } from '../merge/merge.ts';
import { keepUnique } from '../merge/unique.ts';
import type { Layer } from '../parse/layer.ts';
import { warning } from '../report.ts';
import { resolvePaths } from '../resolve/paths.ts';
import { resolveVariables } from '../resolve/variables.ts';
import { find, findMapping, type Mapping, mapping, withoutEntries } from '../tree.ts';
import { validateSchema } from '../validate.ts';
import { setDefaults } from './defaults.ts';
import { applyExtends } from './extends.ts';
import { fill } from './fill.ts';
import { applyIncludes } from './include.ts';
import { type Loading, type NamedFile, nameOf, placeKey, readLayers, type Scope } from './loading.ts';
import { clear } from './reset.ts';

/**
 * Lays files over each other, first to last, each with what it includes and extends: one tree in long forms, with
 * defaults and absolute paths. `undefined` if a file could not be read; other problems are reported and passed over.
 */
export function assemble(files: readonly NamedFile[], scope: Scope, loading: Loading): Mapping | undefined {
  const first = files[0]?.path ?? '';
  let tree: Mapping = mapping([], { file: nameOf(loading.sources, first), line: 1, column: 1, length: 1 });
  let isComplete = true;
  for (const { path, namedAt } of files) {
    const layers = readLayers(loading, path, namedAt);
    if (layers === undefined) isComplete = false;
    const inside: Scope = { ...scope, including: [...scope.including, path] };
    for (const layer of layers ?? []) tree = overlay(tree, layer, path, { scope: inside, loading });
  }
  if (!isComplete) return undefined;
  const complete = setDefaults(tree);
  noteContents(complete, scope, loading);
  const placed = loading.arePathsResolved ? resolvePaths(complete, scope.folder, loading.sources) : complete;
  return resolveVariables(placed, scope.environment);
}

/** Looks up the variables that configs and secrets are made of, where the file that names them looks. */
function noteContents(tree: Mapping, { environment }: Scope, { contents }: Loading): void {
  for (const section of ['configs', 'secrets']) {
    for (const { value } of findMapping(tree, section)?.entries.values() ?? []) {
      const name = find(value, 'environment');
      const variable = name?.kind === 'scalar' ? environment.get(String(name.value)) : undefined;
      const place = name && placeKey(name.span);
      // The innermost file comes first, and what it names is its own.
      if (variable !== undefined && place !== undefined && !contents.has(place)) contents.set(place, variable.value);
    }
  }
}

interface Overlaying {
  readonly scope: Scope;
  readonly loading: Loading;
}

function overlay(base: Mapping, layer: Layer, path: string, { scope, loading }: Overlaying): Mapping {
  const { report } = loading;
  const filled = fill(layer.tree, scope, loading);
  const included = applyIncludes(filled, layer.cleared, { scope, loading, load: assemble });
  const extended = applyExtends(included, layer.cleared, path, { scope, loading });
  const merged = keepUnique(merge(clear(base, layer.cleared), extended, report));
  for (const diagnostic of validateSchema(merged)) report(diagnostic);
  return keepUnique(lengthen(withoutVersion(merged, path, loading), report));
}

function withoutVersion(tree: Mapping, path: string, { sources, report }: Loading): Mapping {
  const version = tree.entries.get('version');
  if (version === undefined) return tree;
  const message = `"version" is obsolete and ignored in ${nameOf(sources, path)}`;
  report(warning(version.key, { code: 'obsolete-version', message, hint: 'remove the line' }));
  return withoutEntries(tree, 'version');
}
