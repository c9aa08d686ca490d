import type { Report } from '../report.ts';
import { below, belowItems, type Rules, rulesOf } from '../rules.ts';
import { type Mapping, mapEntries, type Tree } from '../tree.ts';
import { longBuild, longContexts, longSsh } from './build.ts';
import { longDependencies, longEnvFiles, longGpus, longNames, textAsList, withoutBlanks } from './lists.ts';
import { longDevice, longFile, longMount } from './mounts.ts';
import { longPorts } from './ports.ts';
import { plainExternal } from './resources.ts';

/** Turns one short form into the long one; `undefined` for what says nothing. A form that it does not know stays. */
type Lengthen = (tree: Tree, report: Report) => Tree | undefined;

const longForms: Rules<Lengthen> = rulesOf<Lengthen>({
  'services.*.build': longBuild,
  'services.*.build.additional_contexts': longContexts,
  'services.*.build.secrets.*': longFile,
  'services.*.build.ssh': longSsh,
  'services.*.configs.*': longFile,
  'services.*.depends_on': longDependencies,
  'services.*.develop.watch.*.ignore': textAsList,
  'services.*.develop.watch.*.include': textAsList,
  'services.*.devices.*': longDevice,
  'services.*.dns': withoutBlanks,
  'services.*.env_file': longEnvFiles,
  'services.*.gpus': longGpus,
  'services.*.label_file': textAsList,
  'services.*.models': longNames,
  'services.*.networks': longNames,
  'services.*.ports': longPorts,
  'services.*.secrets.*': longFile,
  'services.*.volumes.*': longMount,
  'volumes.*': plainExternal,
  'networks.*': plainExternal,
  'secrets.*': plainExternal,
  'configs.*': plainExternal,
});

/** Every short syntax of the Compose specification as its long one, so that later stages know one form each. */
export function lengthen(tree: Mapping, report: Report): Mapping {
  return mapEntries(tree, (value, key) => visit(value, below(longForms, key), report));
}

/** From the outside in: `build: .` is a mapping before its members are looked at. */
function visit(tree: Tree, rules: Rules<Lengthen> | undefined, report: Report): Tree | undefined {
  if (rules === undefined) return tree;
  const long = rules.here === undefined ? tree : rules.here(tree, report);
  if (long?.kind === 'mapping') return mapEntries(long, (value, key) => visit(value, below(rules, key), report));
  if (long?.kind !== 'sequence') return long;
  const items = long.items.flatMap((item) => visit(item, belowItems(rules), report) ?? []);
  return { ...long, items };
}
