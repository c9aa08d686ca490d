import type { BuildSpec } from '../../../model/desired.ts';
import { LocalError } from '../../errors.ts';
import { type Dockerfile, isRemoteContext } from '../context.ts';
import type { CacheEntry, Solve } from './control.ts';

type Option = readonly [name: string, value: string];

/** The folder of the Dockerfile, which is shown to BuildKit apart from the context. */
export const dockerfileFolder = 'dockerfile';
/** The name of the Dockerfile in there. */
export const dockerfileName = 'Dockerfile';

/** A context of its own name, and where BuildKit finds it. */
export interface NamedContext {
  readonly name: string;
  /** A folder on this machine and what it is called in the session; `undefined` where BuildKit fetches it itself. */
  readonly local: { readonly name: string; readonly folder: string } | undefined;
  readonly value: string;
}

/** `additional_contexts`: folders by absolute path, everything else as BuildKit takes it. */
export function namedContexts({ additionalContexts }: BuildSpec): readonly NamedContext[] {
  return additionalContexts.map(([name, value]) => {
    if (isRemoteContext(value)) return { name, local: undefined, value };
    const local = { name: name === 'context' || name === dockerfileFolder ? `_${name}` : name, folder: value };
    return { name, local, value };
  });
}

/** Options of the Dockerfile frontend. `args` are complete: none takes its value from elsewhere. */
export function frontendOptions(
  build: BuildSpec,
  args: readonly Option[],
  dockerfile: Dockerfile | undefined,
): readonly Option[] {
  const contexts = namedContexts(build).map(
    ({ name, local, value }): Option => [`context:${name}`, local === undefined ? value : `local:${local.name}`],
  );
  return [
    ['filename', dockerfile === undefined ? build.dockerfile : dockerfileName],
    ...(isRemoteContext(build.context) ? [['context', build.context] as const] : []),
    ...(isRemoteContext(build.context) && dockerfile !== undefined
      ? [['dockerfilekey', dockerfileFolder] as const]
      : []),
    ...args.map(([name, value]): Option => [`build-arg:${name}`, value]),
    ...build.labels.map(([name, value]): Option => [`label:${name}`, value]),
    ...contexts,
    // As with the engine's own builder, an image that is here is taken from here.
    ['image-resolve-mode', build.pull ? 'pull' : 'local'],
    ...(build.noCache ? [['no-cache', ''] as const] : []),
    ...given('target', build.target),
    ...given('platform', build.platforms[0]),
    ...given('force-network-mode', build.network === 'default' ? undefined : build.network),
    ...given('shm-size', build.shmSizeBytes?.toString()),
    ...given('add-hosts', build.extraHosts.map((entry) => entry.replace(/^([^=:]+)[=:]/, '$1=')).join(',')),
    ...given('ulimit', build.ulimits.map(({ name, soft, hard }) => `${name}=${soft}:${hard}`).join(',')),
  ];
}

const given = (name: string, value: string | undefined): readonly Option[] =>
  value === undefined || value === '' ? [] : [[name, value]];

/** What a build may do beyond its sandbox; the engine refuses what its own configuration does not allow. */
export function entitlementsOf({ network, privileged }: BuildSpec): Solve['entitlements'] {
  return [...(network === 'host' ? ['network.host'] : []), ...(privileged ? ['security.insecure'] : [])];
}

/** `user/app:cache`, or `type=registry,ref=user/app:cache`. */
export function parseCache(entry: string): CacheEntry {
  if (!entry.includes('=')) return { type: entry === 'inline' ? 'inline' : 'registry', attributes: [['ref', entry]] };
  const pairs = entry.split(',').map((pair): Option => {
    const at = pair.indexOf('=');
    return [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()];
  });
  const type = pairs.find(([name]) => name === 'type')?.[1];
  if (type === undefined) throw new LocalError(`the cache "${entry}" has no type`);
  return { type, attributes: pairs.filter(([name]) => name !== 'type') };
}
