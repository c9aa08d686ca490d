import type { ObservedSwarmNetwork, ObservedSwarmService, SwarmServiceSpec } from '../../model/swarm.ts';
import { compareContainerSpecs } from '../compare/container.ts';
import { differences } from '../compare/difference.ts';
import { compareForeignService } from './foreign.ts';
import { compareModes } from './modes.ts';

/** Fields beside the container, by the attribute of the stack file that they come from. */
const attributes: readonly (readonly [field: keyof SwarmServiceSpec, attribute: string])[] = [
  ['endpointMode', 'deploy.endpoint_mode'],
  ['labels', 'deploy.labels'],
  ['networkNames', 'networks'],
  ['placement', 'deploy.placement'],
  ['reservations', 'deploy.resources.reservations'],
  ['restart', 'deploy.restart_policy'],
  ['rollback', 'deploy.rollback_config'],
  ['update', 'deploy.update_config'],
  ['volumes', 'volumes'],
];

/** Why a service has to be changed: one line for each difference; none: it is as wanted. */
export function compareServices(
  observed: ObservedSwarmService,
  after: SwarmServiceSpec,
  networks: readonly ObservedSwarmNetwork[],
): readonly string[] {
  const { spec: before, drift } = observed;
  if (before === undefined)
    return ['made by somebody else: taken over', ...compareForeignService(observed, after, networks)];
  return [
    ...compareContainerSpecs(before.container, after.container),
    ...comparePins(before, after),
    ...compareModes(before.mode, after.mode),
    ...attributes.flatMap(([field, attribute]) => differences(attribute, field, before[field], after[field])),
    ...compareFileNames(before, after),
    ...drift.map((path) => `${path}: changed by somebody else`),
  ];
}

/** Swarm never changes how tasks of a service are counted. */
export const needsRecreation = ({ mode }: ObservedSwarmService, after: SwarmServiceSpec): boolean =>
  mode.kind !== after.mode.kind;

/** The same words mean another image by now. */
function comparePins(before: SwarmServiceSpec, after: SwarmServiceSpec): readonly string[] {
  if (before.pinnedImage === after.pinnedImage || before.container.image !== after.container.image) return [];
  return [`image ${after.container.image}: ${contentOf(before.pinnedImage)} → ${contentOf(after.pinnedImage)}`];
}

/** `sha256:` and twelve digits of a pinned reference, or all of another one. */
function contentOf(reference: string): string {
  const digest = /sha256:[0-9a-f]{64}$/.exec(reference)?.[0];
  return digest === undefined ? reference : digest.slice(0, 'sha256:'.length + 12);
}

/** Another name with the same content; that the content changed is told already. */
function compareFileNames(before: SwarmServiceSpec, after: SwarmServiceSpec): readonly string[] {
  const old = new Map(before.container.files.map((file) => [`${file.kind}/${file.source}`, file.digest]));
  const names = new Map(before.files.map(({ kind, source, name }) => [`${kind}/${source}`, name]));
  return after.files.flatMap(({ kind, source, name }) => {
    const key = `${kind}/${source}`;
    const now = after.container.files.find((file) => file.kind === kind && file.source === source)?.digest;
    const earlier = names.get(key);
    if (earlier === undefined || earlier === name || old.get(key) !== now) return [];
    return [`${kind} ${source}: ${earlier} → ${name}`];
  });
}
