import type { Mount } from '../../model/container.ts';
import type {
  ForeignSwarmService,
  ObservedSwarmNetwork,
  ObservedSwarmService,
  SwarmServiceSpec,
} from '../../model/swarm.ts';
import { compareContainerSpecs } from '../compare/container.ts';
import { differences, setDifferences } from '../compare/difference.ts';
import { compareModes } from './modes.ts';

/** What a service that somebody else made is otherwise than the file says, as far as it was read. */
export function compareForeignService(
  { foreign, mode }: Pick<ObservedSwarmService, 'foreign' | 'mode'>,
  after: SwarmServiceSpec,
  networks: readonly ObservedSwarmNetwork[],
): readonly string[] {
  if (foreign === undefined) return [];
  const { cpuNanos, memoryBytes, pidsLimit } = foreign;
  const { container } = after;
  const resources = { ...container.resources, cpuNanos, memoryBytes, pidsLimit };
  const nameOf = new Map(networks.map(({ id, name }) => [String(id), name]));
  const namesOf = (files: readonly { readonly kind: string; readonly name: string }[], kind: string) =>
    files.filter((file) => file.kind === kind).map(({ name }) => name);
  return [
    ...compareContainerSpecs({ ...container, ...foreign.container, resources }, container),
    ...compareModes(mode, after.mode),
    ...compareDeployment(foreign, after),
    ...setDifferences(
      'networks',
      foreign.networkIds.map((id) => nameOf.get(id) ?? id),
      after.networkNames.map(([, name]) => name),
    ),
    ...setDifferences(
      'volumes',
      foreign.mounts,
      container.volumes.map((mount) => mountText(mount, after)),
    ),
    ...['config', 'secret'].flatMap((kind) =>
      setDifferences(`${kind}s`, namesOf(foreign.files, kind), namesOf(after.files, kind)),
    ),
  ];
}

function compareDeployment(foreign: ForeignSwarmService, after: SwarmServiceSpec): readonly string[] {
  const { reservations, placement } = after;
  return [
    ...differences('deploy.endpoint_mode', 'endpointMode', foreign.endpointMode, after.endpointMode),
    ...differences('deploy.labels', 'labels', foreign.labels, after.labels),
    ...differences('deploy.placement', 'placement', { ...placement, ...foreign.placement }, placement),
    ...differences(
      'deploy.resources.reservations',
      'reservations',
      { ...reservations, ...foreign.reservations },
      reservations,
    ),
    ...differences('deploy.rollback_config', 'rollback', foreign.rollback, after.rollback),
    ...differences('deploy.update_config', 'update', foreign.update, after.update),
  ];
}

/** As the engine's answer is read. */
function mountText(mount: Mount, { volumes }: SwarmServiceSpec): string {
  const mode = mount.readOnly ? ':ro' : '';
  switch (mount.type) {
    case 'tmpfs':
      return `tmpfs:${mount.target}${mode}`;
    case 'volume': {
      const name = volumes.find(({ key }) => key === mount.source)?.name;
      return `${name === undefined ? '' : `${name}:`}${mount.target}${mode}`;
    }
    case 'bind':
    case 'image':
      return `${mount.source}:${mount.target}${mode}`;
  }
}
