import type { Desired, DesiredService, Project } from '../../model/desired.ts';
import type { Diagnostic, Span } from '../../model/diagnostic.ts';
import type { TargetKind } from '../../model/target.ts';
import { entriesOf, flagAt, wordAt } from '../read.ts';
import type { Sources } from '../sources.ts';
import { readSwarmFiles } from '../swarm/files.ts';
import { readSwarmSettings } from '../swarm/settings.ts';
import { find, type Mapping } from '../tree.ts';
import { readBalancerImage } from './balancer.ts';
import { readBuild } from './build.ts';
import { type ContainerSource, readContainer } from './container.ts';
import { readDependencies, readPlacement, readPullPolicy, readReplicas, readUpdate } from './deploy.ts';
import { readContents } from './files.ts';
import { readNetwork, readVolume } from './network.ts';
import { checkPaths } from './paths.ts';
import { readSecurityOpt } from './security-opt.ts';

export interface DesiredInput {
  /** Canonical: long forms, absolute paths, defaults; only the services that are enabled. */
  readonly tree: Mapping;
  readonly project: Project;
  readonly sources: Sources;
  /** Value of the variable that a config or secret names at this place. */
  readonly variableAt: (place: Span) => string | undefined;
  /** Declared but switched off by profiles. */
  readonly disabledServices: readonly string[];
  readonly target: TargetKind;
}

/**
 * What the planner reads, from the canonical tree.
 *
 * The diagnostics are about what the file refers to: contents of configs and secrets, folders to build. Errors among
 * them forbid running the stack, not printing its model.
 */
export function toDesired(input: DesiredInput): { desired: Desired; diagnostics: readonly Diagnostic[] } {
  const { tree, project, target } = input;
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): number => diagnostics.push(diagnostic);
  checkPaths({ ...input, report });
  const contents = readContents({ ...input, report });
  const declared = entriesOf(find(tree, 'services')).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const running = declared.flatMap(([name, { value }]) =>
    value.kind === 'mapping' && find(value, 'provider') === undefined ? [[name, value] as const] : [],
  );
  const names = new Set(running.map(([name]) => name));
  const plain = running.map(([name, service]) => {
    const securityOpt = readSecurityOpt(service, { sources: input.sources, folder: project.workingDir, report });
    return readService({ name, service, tree, project, contents, securityOpt }, names);
  });
  const services = target === 'swarm' ? plain.map((service) => withSwarmSettings(service, plain, tree)) : plain;
  const desired = {
    project,
    services,
    disabledServices: input.disabledServices.toSorted(),
    networks: entriesOf(find(tree, 'networks'))
      .filter(([key]) => services.some((service) => usesNetwork(service, key)))
      .map(([key, { value }]) => readNetwork(key, value, project))
      .toSorted(byKey),
    volumes: entriesOf(find(tree, 'volumes'))
      .filter(([key]) => services.some((service) => usesVolume(service, key)))
      .map(([key, { value }]) => readVolume(key, value, project))
      .toSorted(byKey),
    contents: contents.bytes,
    balancerImage: readBalancerImage(tree, input.sources, report),
    swarmFiles: target === 'swarm' ? readSwarmFiles(tree, services, project) : undefined,
  };
  return { desired, diagnostics };
}

function readService(source: ContainerSource, names: ReadonlySet<string>): DesiredService {
  const { name, service, contents } = source;
  return {
    name,
    replicas: readReplicas(service),
    container: readContainer(source),
    containerName: wordAt(service, 'container_name'),
    build: readBuild(find(service, 'build'), contents),
    pullPolicy: readPullPolicy(service),
    dependsOn: readDependencies(service, names),
    attach: flagAt(service, 'attach') ?? true,
    placement: readPlacement(service),
    update: readUpdate(service, 'update_config'),
    rollback: readUpdate(service, 'rollback_config'),
    swarm: undefined,
  };
}

function withSwarmSettings(service: DesiredService, all: readonly DesiredService[], tree: Mapping): DesiredService {
  const { name } = service;
  const isAwaited = all.some(({ dependsOn }) =>
    dependsOn.some((dependency) => dependency.service === name && dependency.condition === 'completed'),
  );
  return { ...service, swarm: readSwarmSettings(find(tree, 'services', name), isAwaited) };
}

function usesNetwork({ container: { network } }: DesiredService, key: string): boolean {
  return network.kind === 'networks' && network.attachments.some((attachment) => attachment.network === key);
}

function usesVolume({ container }: DesiredService, key: string): boolean {
  return container.volumes.some((mount) => mount.type === 'volume' && mount.source === key);
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : 1;
}
