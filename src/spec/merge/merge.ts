import { error, type Report } from '../report.ts';
import { below, type Rules, rulesOf } from '../rules.ts';
import { find, findText, isNull, type Mapping, mapping, record, scalar, sequence, type Tree } from '../tree.ts';
import { asSequence } from './sequences.ts';

/**
 * Lays one stack file over another, by Compose's rule for each attribute: mappings merge key by key, lists grow, scalars
 * are replaced, null leaves what is there. Reports where a mapping meets a list.
 */
export function merge(base: Mapping, over: Mapping, report: Report): Mapping {
  return mergeMappings(base, over, { rules: specials, path: '', report });
}

/** The same for one service: what `extends` names below, the service that extends it above. */
export function mergeService(base: Mapping, over: Mapping, report: Report): Mapping {
  return mergeMappings(base, over, { rules: below(below(specials, 'services'), '*'), path: 'services.*', report });
}

/** The same for one resource that two included files declare. */
export function mergeResource(section: string, base: Tree, over: Tree, report: Report): Tree {
  const rules = below(below(specials, section), '*');
  return mergeTrees(base, over, { rules, path: section, report });
}

interface Merging {
  readonly rules: Rules<Special> | undefined;
  readonly path: string;
  readonly report: Report;
}

type Special = (base: Tree, over: Tree, merging: Merging) => Tree;

const specials: Rules<Special> = rulesOf<Special>({
  'networks.*.ipam.config': mergePools,
  'networks.*.labels': mergeAsSequences,
  'volumes.*.labels': mergeAsSequences,
  'services.*.annotations': mergeAsSequences,
  'services.*.build': mergeBuild,
  'services.*.build.args': mergeAsSequences,
  'services.*.build.additional_contexts': mergeAsSequences,
  'services.*.build.extra_hosts': mergeHosts,
  'services.*.build.labels': mergeAsSequences,
  'services.*.command': replace,
  'services.*.depends_on': mergeDependencies,
  'services.*.deploy.labels': mergeAsSequences,
  'services.*.dns': mergeAsSequences,
  'services.*.dns_opt': mergeAsSequences,
  'services.*.dns_search': mergeAsSequences,
  'services.*.entrypoint': replace,
  'services.*.env_file': mergeAsSequences,
  'services.*.label_file': mergeAsSequences,
  'services.*.environment': mergeAsSequences,
  'services.*.extra_hosts': mergeHosts,
  'services.*.healthcheck.test': replace,
  'services.*.labels': mergeAsSequences,
  'services.*.logging': mergeLogging,
  'services.*.models': mergeNames,
  'services.*.networks': mergeNames,
  'services.*.sysctls': mergeAsSequences,
  'services.*.tmpfs': mergeAsSequences,
  'services.*.ulimits.*': replace,
});

function mergeTrees(base: Tree, over: Tree, merging: Merging): Tree {
  const special = merging.rules?.here;
  if (special !== undefined) return special(base, over, merging);
  if (isNull(over)) return base;
  if (base.kind === 'scalar') return over;
  if (base.kind === 'mapping' && over.kind === 'mapping') return mergeMappings(base, over, merging);
  if (base.kind === 'sequence' && over.kind === 'sequence') return sequence([...base.items, ...over.items], over.span);
  const related = [{ message: `it is ${nameOf(base)} here`, span: base.span }];
  const message = `${merging.path} is ${nameOf(over)} here and cannot be laid over ${nameOf(base)}`;
  merging.report(
    error(over.span, { code: 'cannot-merge', message, hint: 'use the same form in both places', related }),
  );
  return base;
}

function nameOf(tree: Tree): string {
  return { mapping: 'a mapping', sequence: 'a list', scalar: 'a single value' }[tree.kind];
}

function mergeMappings(base: Mapping, over: Mapping, { rules, path, report }: Merging): Mapping {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const existing = entries.get(key);
    const step = { rules: below(rules, key), path: path === '' ? key : `${path}.${key}`, report };
    const value = existing === undefined ? entry.value : mergeTrees(existing.value, entry.value, step);
    entries.set(key, { key: entry.key, value });
  }
  return { kind: 'mapping', entries, span: over.span };
}

function replace(_base: Tree, over: Tree): Tree {
  return over;
}

function mergeAsSequences(base: Tree, over: Tree): Tree {
  return sequence([...asSequence(base).items, ...asSequence(over).items], over.span);
}

/** Lists of hosts may name a host twice, so only lines that are already there fall away. */
function mergeHosts(base: Tree, over: Tree): Tree {
  const existing = asSequence(base).items;
  const known = new Set(existing.map((item) => (item.kind === 'scalar' ? String(item.value) : '')));
  const added = asSequence(over).items.filter((item) => !(item.kind === 'scalar' && known.has(String(item.value))));
  return sequence([...existing, ...added], over.span);
}

function mergeBuild(base: Tree, over: Tree, merging: Merging): Tree {
  return mergeMappings(asBuild(base), asBuild(over), merging);
}

function asBuild(tree: Tree): Mapping {
  if (tree.kind === 'mapping') return tree;
  return isNull(tree) ? mapping([], tree.span) : record({ context: tree }, tree.span);
}

function mergeDependencies(base: Tree, over: Tree, merging: Merging): Tree {
  const started = (item: Tree): Tree =>
    record({ condition: scalar('service_started', item.span), required: scalar(true, item.span) }, item.span);
  return mergeMappings(asNames(base, started), asNames(over, started), merging);
}

function mergeNames(base: Tree, over: Tree, merging: Merging): Tree {
  const none = (item: Tree): Tree => scalar(null, item.span);
  return mergeMappings(asNames(base, none), asNames(over, none), merging);
}

/** A list of names as a mapping of what each stands for. */
function asNames(tree: Tree, valueOf: (item: Tree) => Tree): Mapping {
  if (tree.kind === 'mapping') return tree;
  if (tree.kind === 'scalar') return mapping([], tree.span);
  const named = tree.items.filter((item) => item.kind === 'scalar');
  return mapping(
    named.map((item) => [String(item.value), { key: item.span, value: valueOf(item) }]),
    tree.span,
  );
}

/** Options belong to their driver: another driver takes none of them over. */
function mergeLogging(base: Tree, over: Tree, merging: Merging): Tree {
  if (base.kind !== 'mapping' || over.kind !== 'mapping') return isNull(over) ? base : over;
  const [before, after] = [find(base, 'driver'), find(over, 'driver')];
  const isSame = before === undefined || after === undefined || findText(base, 'driver') === findText(over, 'driver');
  return isSame ? mergeMappings(base, over, merging) : over;
}

/** Address pools are known by their subnet: one that the base has too is merged, and the others of the base fall away. */
function mergePools(base: Tree, over: Tree, merging: Merging): Tree {
  if (base.kind !== 'sequence' || over.kind !== 'sequence') return isNull(over) ? base : over;
  const items = over.items.map((pool) => {
    const existing = base.items.find((other) => findText(other, 'subnet') === findText(pool, 'subnet'));
    return existing?.kind === 'mapping' && pool.kind === 'mapping' ? mergeMappings(existing, pool, merging) : pool;
  });
  return sequence(items, over.span);
}
