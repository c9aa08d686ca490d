import type { TargetKind } from '../model/target.ts';
import type { Loading } from './assemble/loading.ts';
import { adviseOn } from './check/advice.ts';
import { checkConsistency } from './check/consistency.ts';
import type { Collector } from './collect.ts';
import type { Environment } from './environment.ts';
import { refuseExtensionNetworks } from './extensions.ts';
import { normalise } from './normalise.ts';
import { keepNamed, profilesOf, selectByProfiles } from './profiles.ts';
import { prune } from './prune.ts';
import type { LoadRequest, Stage } from './request.ts';
import { resolveFiles } from './resolve/files.ts';
import { readTarget } from './swarm/target.ts';
import { findMapping, type Mapping, scalar, withEntry } from './tree.ts';
import { applyShape } from './typed/apply.ts';
import { modelShape } from './typed/model.ts';

/** The model in its last form. */
export interface Canonical {
  /** Enabled services, every declared resource. */
  readonly tree: Mapping;
  /** What is printed: without services that were not meant, and resources that nothing uses. */
  readonly shown: Mapping;
  readonly disabled: readonly string[];
  readonly profiles: readonly string[];
  readonly target: TargetKind;
}

interface Surroundings {
  readonly request: LoadRequest;
  readonly projectName: string;
  readonly environment: Environment;
  readonly loading: Loading;
  readonly collector: Collector;
}

/** Takes the assembled file to the canonical model; `undefined` if it is not consistent. */
export function canonise(assembled: Mapping, surroundings: Surroundings): Canonical | undefined {
  const { request, projectName, environment, loading, collector } = surroundings;
  const { report } = loading;
  const isSkipped = (stage: Stage): boolean => request.skip?.has(stage) === true;
  const named = withEntry(assembled, 'name', scalar(projectName, assembled.span));
  const full = isSkipped('normalization') ? named : normalise(named, { projectName, environment, report });
  if (isSkipped('interpolation')) return template(full, surroundings);
  const normal = applyShape(full, modelShape, report);
  if (normal?.kind !== 'mapping' || collector.hasErrors()) return undefined;
  const profiles = chosenProfiles(request, environment);
  const { tree: selected, disabled } = selectByProfiles(normal, profiles, request.services);
  if (!isSkipped('consistency')) checkAll(selected, disabled, loading);
  if (collector.hasErrors()) return undefined;
  const tree = isSkipped('env-resolution') ? selected : resolveFiles(selected, environment, loading);
  if (collector.hasErrors()) return undefined;
  const target = readTarget(tree, request.target, report);
  for (const diagnostic of adviseOn(tree, disabled, target)) report(diagnostic);
  return {
    tree,
    shown: prune(keepNamed(tree, request.services)),
    disabled: [...disabled.entries.keys()],
    profiles: allProfiles(normal),
    target,
  };
}

/** While variables stand for values there is nothing to choose, check or read by them. */
function template(tree: Mapping, { request, collector }: Surroundings): Canonical | undefined {
  if (collector.hasErrors()) return undefined;
  return {
    tree,
    shown: keepNamed(tree, request.services),
    disabled: [],
    profiles: allProfiles(tree),
    target: 'engines',
  };
}

function checkAll(tree: Mapping, disabled: Mapping, { report }: Loading): void {
  const profiles = new Map([...disabled.entries].map(([name, { value }]) => [name, profilesOf(value)]));
  refuseExtensionNetworks(tree, report);
  for (const diagnostic of checkConsistency(tree, profiles)) report(diagnostic);
}

function chosenProfiles({ profiles }: LoadRequest, environment: Environment): readonly string[] {
  if (profiles.length > 0) return profiles;
  return (environment.get('COMPOSE_PROFILES')?.value ?? '').split(',').map((profile) => profile.trim());
}

function allProfiles(tree: Mapping): readonly string[] {
  const services = [...(findMapping(tree, 'services')?.entries.values() ?? [])];
  return [...new Set(services.flatMap(({ value }) => profilesOf(value)))].toSorted();
}
