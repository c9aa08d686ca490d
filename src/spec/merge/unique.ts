import { below, type Rules, rulesOf } from '../rules.ts';
import { find, findText, type Mapping, mapEntries, type Tree } from '../tree.ts';
import { parseMount } from '../values/mount.ts';
import { textOf } from '../values/text.ts';

/** What tells the items of a list apart; `undefined` for an item that equals no other. */
type KeyOf = (item: Tree) => string | undefined;

const unique: Rules<KeyOf> = rulesOf<KeyOf>({
  'networks.*.labels': variableName,
  'networks.*.ipam.options': variableName,
  'services.*.annotations': variableName,
  'services.*.build.args': variableName,
  'services.*.build.additional_contexts': variableName,
  'services.*.build.tags': variableName,
  'services.*.build.labels': variableName,
  'services.*.cap_add': variableName,
  'services.*.cap_drop': variableName,
  'services.*.configs': fileTarget(''),
  'services.*.deploy.labels': variableName,
  'services.*.devices': deviceTarget,
  'services.*.dns': variableName,
  'services.*.dns_opt': variableName,
  'services.*.dns_search': variableName,
  'services.*.environment': variableName,
  'services.*.env_file': envFilePath,
  'services.*.expose': wholeText,
  'services.*.labels': variableName,
  'services.*.links': variableName,
  'services.*.networks.*.aliases': variableName,
  'services.*.networks.*.link_local_ips': variableName,
  'services.*.ports': portKey,
  'services.*.profiles': variableName,
  'services.*.secrets': fileTarget('/run/secrets'),
  'services.*.sysctls': variableName,
  'services.*.tmpfs': variableName,
  'services.*.volumes': mountTarget,
});

/** Leaves one of the items that mean the same: the later one, at the earlier one's position. */
export function keepUnique(tree: Mapping): Mapping {
  return mapEntries(tree, (value, key) => visit(value, below(unique, key)));
}

function visit(tree: Tree, rules: Rules<KeyOf> | undefined): Tree {
  if (rules === undefined || tree.kind === 'scalar') return tree;
  if (tree.kind === 'mapping') return mapEntries(tree, (value, key) => visit(value, below(rules, key)));
  const keyOf = rules.here;
  return keyOf === undefined ? tree : { ...tree, items: lastOfEach(tree.items, keyOf) };
}

function lastOfEach(items: readonly Tree[], keyOf: KeyOf): readonly Tree[] {
  const kept: Tree[] = [];
  const positions = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    const position = key === undefined ? undefined : positions.get(key);
    if (position === undefined) {
      if (key !== undefined) positions.set(key, kept.length);
      kept.push(item);
    } else {
      kept[position] = item;
    }
  }
  return kept;
}

/** `NAME` of `NAME=value`. */
function variableName(item: Tree): string | undefined {
  return wholeText(item)?.split('=', 1)[0];
}

function wholeText(item: Tree): string | undefined {
  return item.kind === 'scalar' ? textOf(item) : undefined;
}

function fileTarget(folder: string): KeyOf {
  return (item) => {
    if (item.kind === 'scalar') return `${folder}/${textOf(item)}`;
    return findText(item, 'target') ?? `${folder}/${findText(item, 'source') ?? ''}`;
  };
}

function deviceTarget(item: Tree): string | undefined {
  if (item.kind !== 'scalar') return findText(item, 'target');
  const [source, target] = textOf(item).split(':');
  return target ?? source;
}

function mountTarget(item: Tree): string | undefined {
  if (item.kind !== 'scalar') return findText(item, 'target');
  const mount = parseMount(textOf(item));
  return mount.ok ? mount.value.target : undefined;
}

function envFilePath(item: Tree): string | undefined {
  return item.kind === 'scalar' ? textOf(item) : findText(item, 'path');
}

function portKey(item: Tree): string | undefined {
  if (item.kind === 'scalar') return textOf(item);
  const part = (key: string, fallback: string): string => {
    const value = find(item, key);
    return value?.kind === 'scalar' ? textOf(value) : fallback;
  };
  const [ip, published] = [part('host_ip', '0.0.0.0'), part('published', '')];
  return `${ip}:${published}:${part('target', '')}/${part('protocol', 'tcp')}`;
}
