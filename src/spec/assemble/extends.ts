import type { Related, Span } from '../../model/diagnostic.ts';
import { lengthen } from '../canonical/canonical.ts';
import { merge, mergeService } from '../merge/merge.ts';
import { keepUnique } from '../merge/unique.ts';
import { nearest } from '../nearest.ts';
import { error } from '../report.ts';
import { resolvePaths } from '../resolve/paths.ts';
import { find, findMapping, isNull, type Mapping, mapping, type Tree, withEntry, withoutEntries } from '../tree.ts';
import { folderOf, isAbsolute, joinPath } from '../values/path.ts';
import { fill } from './fill.ts';
import { type Loading, nameOf, readLayers, type Scope } from './loading.ts';
import { refuseRemote } from './remote.ts';
import { clear } from './reset.ts';

/** Longer chains are mistakes, and each link costs a frame of the stack. */
const maximumChain = 100;

/** Services of one file as extending sees them: each is completed once. */
interface Family {
  readonly path: string;
  /** Absolute: what files that it names are relative to. */
  readonly folder: string;
  readonly services: Mapping;
  readonly cleared: readonly (readonly string[])[];
  readonly done: Map<string, Tree>;
}

interface Extending {
  readonly scope: Scope;
  readonly loading: Loading;
  readonly families: Map<string, Family | undefined>;
}

/** One service on the way from the one that asks to the one that everything comes from. */
interface Link {
  readonly path: string;
  readonly service: string;
  readonly span: Span;
}

/** Completes every service of a file that `extends` another, of this file or of one that it names. */
export function applyExtends(
  tree: Mapping,
  cleared: readonly (readonly string[])[],
  path: string,
  { scope, loading }: { readonly scope: Scope; readonly loading: Loading },
): Mapping {
  const services = findMapping(tree, 'services');
  if (services === undefined) return tree;
  const family: Family = { path, folder: scope.folder, services, cleared, done: new Map() };
  const extending: Extending = { scope, loading, families: new Map() };
  const entries = [...services.entries].map(
    ([name, { key, value }]) =>
      [name, { key, value: complete(name, value, family, { extending, chain: [] }) }] as const,
  );
  return withEntry(tree, 'services', mapping(entries, services.span));
}

interface Way {
  readonly extending: Extending;
  readonly chain: readonly Link[];
}

function complete(name: string, service: Tree, family: Family, way: Way): Tree {
  const known = family.done.get(name);
  if (known !== undefined) return known;
  const entry = service.kind === 'mapping' ? service.entries.get('extends') : undefined;
  if (service.kind !== 'mapping' || entry === undefined || isNull(entry.value)) return service;
  const own = withoutEntries(service, 'extends');
  const chain = [...way.chain, { path: family.path, service: name, span: entry.value.span }];
  const isCycle = way.chain.some((link) => link.path === family.path && link.service === name);
  if (isCycle) reportCycle(chain, way);
  const base = isCycle ? undefined : findBase(entry.value, family, { ...way, chain });
  const result = base === undefined ? own : layOver(base, own, name, { family, way });
  family.done.set(name, result);
  return result;
}

function layOver(base: Tree, own: Mapping, name: string, { family, way }: { family: Family; way: Way }): Tree {
  if (base.kind !== 'mapping') return own;
  const mine = family.cleared.filter(([section, service]) => section === 'services' && service === name);
  const cleared = clear(
    base,
    mine.map((path) => path.slice(2)),
  );
  return mergeService(cleared, own, way.extending.loading.report);
}

/** The service that an `extends` names, itself completed. */
function findBase(extend: Tree, family: Family, way: Way): Tree | undefined {
  const { loading } = way.extending;
  const reference = extend.kind === 'mapping' ? find(extend, 'service') : extend;
  const file = find(extend, 'file');
  if (reference?.kind !== 'scalar' || typeof reference.value !== 'string') {
    const hint = 'add "service:", the name of the service to extend';
    loading.report(error(extend.span, { code: 'missing-key', message: '"extends" names no service', hint }));
    return undefined;
  }
  if (way.chain.length > maximumChain) {
    const message = `more than ${maximumChain} services extend one another`;
    loading.report(error(reference.span, { code: 'too-deep', message }));
    return undefined;
  }
  const other = file === undefined || isNull(file) ? family : openFamily(file, family.folder, way);
  if (other === undefined) return undefined;
  const base = other.services.entries.get(reference.value);
  if (base !== undefined) return complete(reference.value, base.value, other, way);
  const place = other === family ? '' : ` in ${nameOf(loading.sources, other.path)}`;
  const close = nearest(reference.value, other.services.entries.keys());
  const hint = close === undefined ? undefined : `did you mean "${close}"?`;
  const message = `there is no service "${reference.value}"${place} to extend`;
  loading.report(error(reference.span, { code: 'unknown-service', message, hint }));
  return undefined;
}

function reportCycle(chain: readonly Link[], { extending }: Way): void {
  const last = chain.at(-1);
  const start = chain.findIndex((link) => link.path === last?.path && link.service === last.service);
  const cycle = chain.slice(start);
  const related: readonly Related[] = cycle
    .slice(0, -1)
    .map(({ service, span }, index) => ({ message: `${service} extends ${cycle[index + 1]?.service ?? ''}`, span }));
  const message = `services extend each other: ${cycle.map(({ service }) => service).join(' → ')}`;
  const span = cycle[0]?.span ?? { file: '', line: 1, column: 1, length: 1 };
  extending.loading.report(error(span, { code: 'extends-cycle', message, related }));
}

/** Services of another file: filled in, merged over its documents, in long forms, with paths from its own folder. */
function openFamily(file: Tree, folder: string, { extending }: Way): Family | undefined {
  const { scope, loading, families } = extending;
  if (file.kind !== 'scalar' || typeof file.value !== 'string' || refuseRemote(file, loading.report)) return undefined;
  const path = isAbsolute(file.value) ? joinPath(file.value) : joinPath(folder, file.value);
  if (families.has(path)) return families.get(path);
  const family = readFamily(path, file.span, { scope, loading });
  families.set(path, family);
  return family;
}

function readFamily(
  path: string,
  namedAt: Span,
  { scope, loading }: { readonly scope: Scope; readonly loading: Loading },
): Family | undefined {
  const layers = readLayers(loading, path, namedAt);
  if (layers === undefined) return undefined;
  let tree: Mapping = mapping([], namedAt);
  for (const layer of layers) {
    const filled = fill(layer.tree, scope, loading);
    const merged = keepUnique(merge(clear(tree, layer.cleared), filled, loading.report));
    tree = keepUnique(lengthen(merged, loading.report));
  }
  const placed = loading.arePathsResolved ? resolvePaths(tree, folderOf(path), loading.sources) : tree;
  const services = findMapping(placed, 'services') ?? mapping([], tree.span);
  const cleared = layers.flatMap((layer) => layer.cleared);
  return { path, folder: folderOf(path), services, cleared, done: new Map() };
}
