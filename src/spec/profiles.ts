import { find, findMapping, type Mapping, mapping, type Tree, withEntry } from './tree.ts';

/** A tree with the services that are switched on, and those that are not. */
export interface Selection {
  readonly tree: Mapping;
  readonly disabled: Mapping;
}

/** Switches services by their profiles: those without any are always on, `*` means every profile, and so is a name that was asked for. */
export function selectByProfiles(tree: Mapping, profiles: readonly string[], named: readonly string[]): Selection {
  const services = findMapping(tree, 'services') ?? mapping([], tree.span);
  const wanted = new Set(profiles);
  for (const name of named) {
    const service = find(services, name);
    if (!isEnabled(service, wanted)) for (const profile of profilesOf(service)) wanted.add(profile);
  }
  const entries = [...services.entries];
  const enabled = entries.filter(([, { value }]) => isEnabled(value, wanted));
  const disabled = entries.filter(([, { value }]) => !isEnabled(value, wanted));
  return {
    tree: withEntry(tree, 'services', mapping(enabled, services.span)),
    disabled: mapping(disabled, services.span),
  };
}

/** Leaves the services that were named and what they depend on; all if none was. */
export function keepNamed(tree: Mapping, named: readonly string[]): Mapping {
  const services = findMapping(tree, 'services');
  if (services === undefined || named.length === 0) return tree;
  const kept = new Set<string>();
  const open = [...named];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (kept.has(name)) continue;
    kept.add(name);
    open.push(...(findMapping(services, name, 'depends_on')?.entries.keys() ?? []));
  }
  const entries = [...services.entries].filter(([name]) => kept.has(name));
  return withEntry(tree, 'services', mapping(entries, services.span));
}

function isEnabled(service: Tree | undefined, wanted: ReadonlySet<string>): boolean {
  const profiles = profilesOf(service);
  return profiles.length === 0 || wanted.has('*') || profiles.some((profile) => wanted.has(profile));
}

/** The profiles that a service names. */
export function profilesOf(service: Tree | undefined): readonly string[] {
  const profiles = find(service, 'profiles');
  if (profiles?.kind !== 'sequence') return [];
  return profiles.items.flatMap((item) => (item.kind === 'scalar' ? [String(item.value)] : []));
}
