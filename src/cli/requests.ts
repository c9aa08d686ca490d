import type {
  BuildRequest,
  DownRequest,
  LifecycleRequest,
  PullRequest,
  RollbackRequest,
  UpRequest,
} from '../model/request.ts';
import { nearest } from '../spec/nearest.ts';
import { isOn } from './context.ts';
import { UsageError } from './exit.ts';
import type { RemovalValues } from './usage/down.ts';
import type { BuildValues, PullValues } from './usage/images.ts';
import type { RollbackValues } from './usage/rollback.ts';
import type { Scale } from './usage/shared.ts';
import type { ConvergeValues } from './usage/up.ts';

type Environment = ReadonlyMap<string, string>;

/** What `up` and `plan` ask for. */
export function upRequest(
  flags: ConvergeValues,
  services: readonly string[],
  rest: { readonly wait: boolean; readonly environment: Environment },
): UpRequest {
  return {
    kind: 'up',
    services,
    withDependencies: !flags.noDeps,
    scale: scaleMap(flags.scale),
    recreate: flags.forceRecreate ? 'always' : flags.noRecreate ? 'never' : 'changed',
    recreateDependencies: flags.alwaysRecreateDeps,
    renewAnonymousVolumes: flags.renewAnonymousVolumes,
    pull: flags.pull,
    build: flags.build ? 'always' : flags.noBuild ? 'never' : 'missing',
    start: !flags.noStart,
    removeOrphans: flags.removeOrphans || isOn(rest.environment, 'REMOVE_ORPHANS'),
    rebalance: flags.rebalance,
    leaveDataBehind: flags.leaveDataBehind,
    wait: rest.wait,
    stopTimeoutMs: flags.timeout,
  };
}

/** What `scale` asks for: `up` of these services, which takes in what else the file says of them. */
export function scaleRequest(
  scale: readonly Scale[],
  options: Pick<UpRequest, 'withDependencies' | 'rebalance' | 'leaveDataBehind'>,
): UpRequest {
  return {
    kind: 'up',
    services: scale.map(({ service }) => service),
    ...options,
    scale: scaleMap(scale),
    recreate: 'changed',
    recreateDependencies: false,
    renewAnonymousVolumes: false,
    pull: undefined,
    build: 'missing',
    start: true,
    removeOrphans: false,
    wait: false,
    stopTimeoutMs: undefined,
  };
}

/** What `down` and `plan down` ask for. */
export function downRequest(flags: RemovalValues, services: readonly string[], environment: Environment): DownRequest {
  return {
    kind: 'down',
    services,
    removeVolumes: flags.volumes,
    removeImages: flags.rmi ?? 'none',
    removeOrphans: flags.removeOrphans || isOn(environment, 'REMOVE_ORPHANS'),
    stopTimeoutMs: flags.timeout,
  };
}

/** What `start`, `stop` and `restart` ask for. */
export function lifecycleRequest(
  kind: LifecycleRequest['kind'],
  services: readonly string[],
  rest: Partial<Omit<LifecycleRequest, 'kind' | 'services'>> = {},
): LifecycleRequest {
  return { kind, services, withDependencies: false, stopTimeoutMs: undefined, wait: false, ...rest };
}

/** What `rollback` asks for. */
export function rollbackRequest({ timeout }: RollbackValues, services: readonly string[]): RollbackRequest {
  return { kind: 'rollback', services, stopTimeoutMs: timeout };
}

/** What `pull` asks for. Images that are there are asked for again unless the policy says otherwise. */
export function pullRequest(flags: PullValues, services: readonly string[]): PullRequest {
  return {
    kind: 'pull',
    services,
    withDependencies: flags.includeDeps,
    policy: flags.policy ?? 'always',
    ignoreBuildable: flags.ignoreBuildable,
  };
}

/** What `build` asks for. */
export function buildRequest(flags: BuildValues, services: readonly string[]): BuildRequest {
  return {
    kind: 'build',
    services,
    withDependencies: flags.withDependencies,
    noCache: flags.noCache,
    pull: flags.pull,
    args: flags.args,
  };
}

/** Given twice, the last number counts. */
function scaleMap(scale: readonly Scale[]): ReadonlyMap<string, number> {
  return new Map(scale.map(({ service, replicas }) => [service, replicas]));
}

/** Refuses names that the stack does not have, with the nearest that it has, and names that are switched off. */
export function requireServices(
  named: readonly string[],
  known: readonly string[],
  disabled: readonly string[] = [],
): void {
  for (const name of named) {
    if (known.includes(name)) continue;
    if (disabled.includes(name))
      throw new UsageError(`service ${name} is switched off by its profiles`, 'use --profile');
    const meant = nearest(name, known);
    throw new UsageError(`no such service: ${name}`, meant === undefined ? undefined : `did you mean ${meant}?`);
  }
}
