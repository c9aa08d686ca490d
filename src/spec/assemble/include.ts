import { readEnvFiles } from '../dotenv/files.ts';
import { beneath, type Environment } from '../environment.ts';
import { mergeResource } from '../merge/merge.ts';
import { error } from '../report.ts';
import { find, isNull, type Mapping, mapping, type Scalar, type Tree, withEntry, withoutEntries } from '../tree.ts';
import { folderOf, isAbsolute, joinPath } from '../values/path.ts';
import { type Loading, type NamedFile, nameOf, type Scope } from './loading.ts';
import { refuseRemote } from './remote.ts';
import { clear } from './reset.ts';

const maximumInclusions = 500;
const sections = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models'];

interface Including {
  readonly scope: Scope;
  readonly loading: Loading;
  /** Loads included files, and what they include in turn. */
  readonly load: (files: readonly NamedFile[], scope: Scope, loading: Loading) => Mapping | undefined;
}

/** Brings in what a file includes, under what the file says itself: its own definitions are laid over included ones. */
export function applyIncludes(tree: Mapping, cleared: readonly (readonly string[])[], including: Including): Mapping {
  const include = find(tree, 'include');
  const own = withoutEntries(tree, 'include');
  if (include?.kind !== 'sequence') return include === undefined || isNull(include) ? own : tree;
  return include.items.reduce<Mapping>((model, item) => {
    const imported = loadIncluded(item, including);
    return imported === undefined ? model : importResources(model, clear(imported, cleared), including.loading);
  }, own);
}

function importResources(model: Mapping, imported: Mapping, { report }: Loading): Mapping {
  return sections.reduce((result, section) => {
    const from = find(imported, section);
    if (from?.kind !== 'mapping') return result;
    const into = find(result, section);
    if (into !== undefined && into.kind !== 'mapping') return result;
    const entries = new Map(into?.entries);
    for (const [name, entry] of from.entries) {
      const existing = entries.get(name);
      const value = existing === undefined ? entry.value : mergeResource(section, entry.value, existing.value, report);
      entries.set(name, { key: existing?.key ?? entry.key, value });
    }
    return withEntry(result, section, mapping(entries, into?.span ?? from.span));
  }, model);
}

function loadIncluded(item: Tree, { scope, loading, load }: Including): Mapping | undefined {
  const paths = textsOf(item.kind === 'mapping' ? find(item, 'path') : item);
  const [main] = paths;
  if (main === undefined || paths.some((path) => refuseRemote(path, loading.report))) return undefined;
  if (!isInclusionAllowed(main, scope, loading)) return undefined;
  const files = paths.map((path): NamedFile => ({ path: absolute(scope.folder, textIn(path)), namedAt: path.span }));
  const [directory] = textsOf(find(item, 'project_directory'));
  const mainPath = absolute(scope.folder, textIn(main));
  const folder = directory === undefined ? folderOf(mainPath) : absolute(scope.folder, textIn(directory));
  const environment = includedEnvironment(textsOf(find(item, 'env_file')), folder, { scope, loading });
  return load(files, { folder, environment, including: scope.including }, loading);
}

function isInclusionAllowed(main: Scalar, scope: Scope, loading: Loading): boolean {
  const path = absolute(scope.folder, textIn(main));
  const start = scope.including.indexOf(path);
  if (start !== -1) {
    const cycle = [...scope.including.slice(start), path].map((file) => nameOf(loading.sources, file));
    const message = `files include each other: ${cycle.join(' → ')}`;
    loading.report(error(main.span, { code: 'include-cycle', message }));
    return false;
  }
  loading.inclusions += 1;
  if (loading.inclusions <= maximumInclusions) return true;
  if (loading.inclusions === maximumInclusions + 1) {
    const message = `more than ${maximumInclusions} files are included`;
    loading.report(error(main.span, { code: 'too-many-nodes', message }));
  }
  return false;
}

/** Variables of the including file, over those of the included project's own files. */
function includedEnvironment(
  envFiles: readonly Scalar[],
  folder: string,
  { scope, loading }: { readonly scope: Scope; readonly loading: Loading },
): Environment {
  const named: readonly NamedFile[] = envFiles.map((file) => ({
    path: absolute(scope.folder, textIn(file)),
    namedAt: file.span,
  }));
  const usual = { path: joinPath(folder, '.env'), namedAt: undefined };
  const isUsualThere = envFiles.length === 0 && loading.sources.read(usual.path).kind === 'file';
  const files = isUsualThere ? [usual] : named.filter(({ path }) => path !== '/dev/null');
  return beneath(scope.environment, readEnvFiles(files, scope.environment, loading));
}

function textsOf(tree: Tree | undefined): readonly Scalar[] {
  if (tree?.kind === 'sequence') return tree.items.flatMap(textsOf);
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? [tree] : [];
}

function textIn({ value }: Scalar): string {
  return String(value);
}

function absolute(folder: string, path: string): string {
  return isAbsolute(path) ? joinPath(path) : joinPath(folder, path);
}
