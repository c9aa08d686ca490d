import { createHash } from 'node:crypto';

import { canonicalJson } from '../model/canonical.ts';
import type { Pairs, Previous } from '../model/container.ts';
import type { Dependency, DesiredNetwork, DesiredVolume, NetworkSpec, Project, VolumeSpec } from '../model/desired.ts';
import type { ContainerCreation } from '../model/plan.ts';
import { unreachable } from '../model/result.ts';
import { parseJson } from './read/answer.ts';

/** The labels by which Compose and the tools around it know a project; ours stand beside them. */
export const label = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  slot: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  version: 'com.docker.compose.version',
  configHash: 'com.docker.compose.config-hash',
  workingDir: 'com.docker.compose.project.working_dir',
  configFiles: 'com.docker.compose.project.config_files',
  environmentFile: 'com.docker.compose.project.environment_file',
  dependsOn: 'com.docker.compose.depends_on',
  image: 'com.docker.compose.image',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
  spec: 'stack.spec',
  schema: 'stack.schema',
  hash: 'stack.hash',
  previous: 'stack.previous',
  reserved: 'stack.reserved',
} as const;

/** Version of the form in which `stack.spec` is written. */
const schema = '1';
/** The Compose whose labels these are: what `com.docker.compose.version` says. */
const composeVersion = '2.40.3';

type Labels = Readonly<Record<string, string>>;

/** Labels of a container: the user's, Compose's, and what we record. */
export function containerLabels(creation: ContainerCreation): Labels {
  const { project, spec, imageId } = creation;
  const recorded = record(spec);
  return Object.fromEntries([
    ...spec.labels,
    [label.project, project.name],
    [label.service, creation.service],
    [label.slot, String(creation.slot)],
    [label.oneOff, creation.isOneOff ? 'True' : 'False'],
    [label.version, composeVersion],
    [label.configHash, recorded[label.hash]],
    [label.workingDir, project.workingDir],
    [label.configFiles, project.configFiles.join(',')],
    ...(project.environmentFiles.length > 0 ? [[label.environmentFile, project.environmentFiles.join(',')]] : []),
    [label.dependsOn, creation.dependsOn.map(formatDependency).join(',')],
    ...(imageId === undefined ? [] : [[label.image, imageId]]),
    ...Object.entries(recorded),
    ...(creation.reserved === undefined ? [] : [[label.reserved, canonicalJson(creation.reserved)]]),
    ...(creation.previous === undefined ? [] : [[label.previous, canonicalJson(creation.previous)]]),
  ]) as Labels;
}

/** Labels of a network. */
export function networkLabels(project: Project, { key, spec }: DesiredNetwork): Labels {
  return resourceLabels(project, [label.network, key], spec);
}

/** Labels of a volume. */
export function volumeLabels(project: Project, { key, spec }: DesiredVolume): Labels {
  return resourceLabels(project, [label.volume, key], spec);
}

/**
 * What our labels record of a container, network or volume, as it was written; `undefined` where there is nothing
 * of ours, where a newer version wrote it, or where somebody changed it.
 */
export function recordedSpec(labels: Pairs): unknown {
  const found = new Map(labels);
  const text = found.get(label.spec);
  if (text === undefined || found.get(label.schema) !== schema || found.get(label.hash) !== sha256(text))
    return undefined;
  return parseJson(text);
}

/** What a container remembers of the version before; `undefined` where there is nothing that we wrote. */
export function recordedPrevious(labels: Pairs): Previous | undefined {
  const found = new Map(labels);
  const text = found.get(label.previous);
  if (text === undefined || found.get(label.schema) !== schema) return undefined;
  const previous = parseJson(text);
  return isPrevious(previous) ? previous : undefined;
}

const isPrevious = (value: unknown): value is Previous =>
  value === 'went-back' || (typeof value === 'object' && value !== null && 'spec' in value && 'imageId' in value);

/** Names of the services in Compose's `depends_on` label: `db:service_healthy:false,cache:service_started:true`. */
export function dependencyNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.split(':', 1)[0] ?? '')
    .filter((name) => name !== '');
}

function resourceLabels(project: Project, key: readonly [string, string], spec: NetworkSpec | VolumeSpec): Labels {
  const recorded = record(spec);
  return Object.fromEntries([
    ...spec.labels,
    key,
    [label.project, project.name],
    [label.version, composeVersion],
    [label.configHash, recorded[label.hash]],
    ...Object.entries(recorded),
  ]);
}

function record(spec: unknown): Record<typeof label.spec | typeof label.schema | typeof label.hash, string> {
  const text = canonicalJson(spec);
  return { [label.spec]: text, [label.schema]: schema, [label.hash]: sha256(text) };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function formatDependency({ service, condition, restart }: Dependency): string {
  return `${service}:${conditionWord(condition)}:${restart}`;
}

function conditionWord(condition: Dependency['condition']): string {
  switch (condition) {
    case 'started':
      return 'service_started';
    case 'healthy':
      return 'service_healthy';
    case 'completed':
      return 'service_completed_successfully';
    default:
      return unreachable(condition);
  }
}
