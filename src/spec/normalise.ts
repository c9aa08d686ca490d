import type { Environment } from './environment.ts';
import { compareText } from './merge/sequences.ts';
import type { Report } from './report.ts';
import {
  find,
  findMapping,
  findText,
  isNull,
  type Mapping,
  mapEntries,
  mapping,
  record,
  scalar,
  type Tree,
  withEntry,
  withoutEntries,
} from './tree.ts';
import { readVariables } from './typed/collections.ts';
import { cleanPath } from './values/path.ts';

export interface Normalising {
  readonly projectName: string;
  readonly environment: Environment;
  readonly report: Report;
}

/**
 * Writes out what a stack file implies: the default network, names of resources, services that others lean on, where and
 * from what to build. Takes an assembled tree, where an empty text is still told from none.
 */
export function normalise(tree: Mapping, { projectName, environment, report }: Normalising): Mapping {
  const services = mapEntries(findMapping(tree, 'services') ?? mapping([], tree.span), (service) =>
    service.kind === 'mapping' ? normaliseService(service, environment, report) : service,
  );
  return ['networks', 'volumes', 'configs', 'secrets'].reduce(
    (result, section) => nameResources(result, section, projectName),
    withDefaultNetwork(withEntry(tree, 'services', services), services),
  );
}

function normaliseService(service: Mapping, environment: Environment, report: Report): Mapping {
  const steps = [withNetwork, withPullPolicy, withMountTargets, withDependencies, withHookImages];
  const built = withBuild(service, environment, report);
  return steps.reduce((result, step) => step(result), built);
}

function withNetwork(service: Mapping): Mapping {
  if (service.entries.has('provider') || service.entries.has('network_mode')) return service;
  const networks = findMapping(service, 'networks');
  if (networks !== undefined && networks.entries.size > 0) return service;
  return withEntry(service, 'networks', record({ default: scalar(null, service.span) }, service.span));
}

function withPullPolicy(service: Mapping): Mapping {
  const policy = find(service, 'pull_policy');
  if (policy?.kind !== 'scalar' || policy.value !== 'if_not_present') return service;
  return withEntry(service, 'pull_policy', scalar('missing', policy.span));
}

function withMountTargets(service: Mapping): Mapping {
  const volumes = find(service, 'volumes');
  if (volumes?.kind !== 'sequence') return service;
  const items = volumes.items.map((volume) => {
    const target = find(volume, 'target');
    if (volume.kind !== 'mapping' || target?.kind !== 'scalar') return volume;
    return withEntry(volume, 'target', { ...target, value: cleanPath(String(target.value)) });
  });
  return withEntry(service, 'volumes', { ...volumes, items });
}

/** A hook before the start runs in the service's image unless it names one. */
function withHookImages(service: Mapping): Mapping {
  const hooks = find(service, 'pre_start');
  const image = find(service, 'image');
  if (hooks?.kind !== 'sequence' || image === undefined) return service;
  const items = hooks.items.map((hook) =>
    hook.kind === 'mapping' && !hook.entries.has('image') ? withEntry(hook, 'image', image) : hook,
  );
  return withEntry(service, 'pre_start', { ...hooks, items });
}

function withBuild(service: Mapping, environment: Environment, report: Report): Mapping {
  const build = find(service, 'build');
  if (build?.kind !== 'mapping') return service;
  const hasFile = build.entries.has('dockerfile') || build.entries.has('dockerfile_inline');
  const named = hasFile ? build : withEntry(build, 'dockerfile', scalar('Dockerfile', build.span));
  const written = find(named, 'args');
  const args = written === undefined ? undefined : readVariables(written, report);
  if (args?.kind !== 'mapping') return withEntry(service, 'build', named);
  const resolved = mapEntries(args, (value, name) => {
    if (!isNull(value)) return value;
    const found = environment.get(name)?.value;
    return found === undefined ? undefined : scalar(found, value.span);
  });
  const complete = resolved.entries.size === 0 ? withoutEntries(named, 'args') : withEntry(named, 'args', resolved);
  return withEntry(service, 'build', complete);
}

/** Services that this one borrows from: it starts after them. */
function withDependencies(service: Mapping): Mapping {
  const own = findMapping(service, 'depends_on') ?? mapping([], service.span);
  const borrowed = [
    ...textsIn(find(service, 'links')).map((link) => ({ ...link, name: linkedService(link.name), restart: true })),
    ...['network_mode', 'ipc', 'pid', 'uts', 'cgroup'].flatMap((key) => sharedWith(service, key)),
    ...textsIn(find(service, 'volumes_from'))
      .filter(({ name }) => !name.startsWith('container:'))
      .map((source) => ({ ...source, name: source.name.split(':', 1)[0] ?? '', restart: false })),
  ];
  const result = borrowed.reduce((dependencies, { name, restart, at }) => {
    if (dependencies.entries.has(name)) return dependencies;
    const settings = {
      condition: scalar('service_started', at.span),
      restart: restart ? scalar(true, at.span) : undefined,
      required: scalar(true, at.span),
    };
    return withEntry(dependencies, name, record(settings, at.span));
  }, own);
  return result.entries.size === 0 ? service : withEntry(service, 'depends_on', result);
}

/** `db:alias` means `db`; more colons are no alias. */
function linkedService(link: string): string {
  const parts = link.split(':');
  return parts.length === 2 ? (parts[0] ?? '') : link;
}

function sharedWith(service: Mapping, key: string): readonly { name: string; restart: boolean; at: Tree }[] {
  const mode = findText(service, key);
  const at = find(service, key);
  if (mode?.startsWith('service:') !== true || at === undefined) return [];
  return [{ name: mode.slice('service:'.length), restart: true, at }];
}

function textsIn(tree: Tree | undefined): readonly { readonly name: string; readonly at: Tree }[] {
  if (tree?.kind !== 'sequence') return [];
  return tree.items.flatMap((at) => (at.kind === 'scalar' ? [{ name: String(at.value), at }] : []));
}

/** The network `default` exists where a service is on it. */
function withDefaultNetwork(tree: Mapping, services: Mapping): Mapping {
  const networks = findMapping(tree, 'networks') ?? mapping([], tree.span);
  const isUsed = [...services.entries.values()].some(({ value }) => find(value, 'networks', 'default') !== undefined);
  if (!isUsed || networks.entries.has('default')) return tree;
  return withEntry(
    tree,
    'networks',
    withEntry(networks, 'default', record({ ipam: record({}, tree.span) }, tree.span)),
  );
}

/** Resources are called by project and key, external ones by their key. */
function nameResources(tree: Mapping, section: string, projectName: string): Mapping {
  const resources = findMapping(tree, section);
  if (resources === undefined) return tree;
  const named = mapEntries(resources, (resource, key) => {
    const settings = resource.kind === 'mapping' ? resource : mapping([], resource.span);
    const name = find(settings, 'name');
    if (name !== undefined && !isNull(name)) return settings;
    const external = find(settings, 'external');
    const isExternal = external?.kind === 'scalar' && external.value === true;
    return withEntry(settings, 'name', scalar(isExternal ? key : `${projectName}_${key}`, settings.span));
  });
  const sorted = [...named.entries].toSorted(([a], [b]) => compareText(a, b));
  return withEntry(tree, section, mapping(sorted, named.span));
}
