import type { NetworkAttachment, Pairs } from '../../../model/container.ts';
import { replicaAddress, serviceAddress } from '../../../model/id.ts';
import type { ObservedContainer } from '../../../model/observed.ts';
import type {
  ContainerCreation,
  ContainerRef,
  ResolvedAttachment,
  ResolvedNetworkMode,
  StepId,
} from '../../../model/plan.ts';
import { unreachable } from '../../../model/result.ts';
import { isLive } from '../../fleet.ts';
import { joinedServices, volumeKeys } from '../../uses.ts';
import type { PlannedNetwork } from '../networks/network-site.ts';
import type { ReplicaSite } from '../site.ts';
import { linkedContainers } from './links.ts';
import { previousFor } from './previous.ts';
import { copiesFiles, noticeForeignFolders } from './remote.ts';

/** A container of this plan, and the steps after which it may start. */
export interface Prepared {
  readonly container: ContainerRef;
  readonly ready: readonly StepId[];
}

/** Creates a container under a name, connects what `create` could not, and puts its files in place. */
export function addCreation(site: ReplicaSite, making: Making, after: readonly StepId[]): Prepared {
  const { up, engine, service } = site;
  const base = { engine: engine.name, address: replicaAddress(service.name, site.slot), reasons: making.reasons };
  noticeForeignFolders(site);
  const attachments = resolveAttachments(site);
  const joined = joinedContainers(site);
  const links = linkedContainers(site);
  const creation: ContainerCreation = {
    name: making.name,
    project: up.desired.project,
    service: service.name,
    slot: site.slot,
    isOneOff: false,
    spec: service.container,
    dependsOn: service.dependsOn,
    imageId: knownImage(site),
    ...(isPinned(site) ? { isPinned: true } : {}),
    ...(service.placement.reserved === undefined ? {} : { reserved: service.placement.reserved }),
    previous: previousFor(site, making.replaces, knownImage(site)),
    network: resolveNetwork(site, attachments, joined),
    volumeNames: volumeNames(site),
    inheritedVolumes: inheritedVolumes(site, making.replaces),
    ...(copiesFiles(site) ? { copiesFiles: true } : {}),
    containers: [...joined],
    ...(links.names.length > 0 ? { linked: links.names } : {}),
  };
  const needs = [...after, ...resourceSteps(site), ...[...joined.values(), ...links.containers].flatMap(stepOf)];
  const created = up.builder.add({ kind: 'create-container', ...base, creation }, needs);
  const container: ContainerRef = { from: 'step', step: created };
  // Older engines take one network at creation.
  const later = engine.info.createsWithManyNetworks ? [] : attachments.slice(1);
  const connected = addConnections(site, { container, attachments: later, reasons: making.reasons }, [created]);
  return { container, ready: addFiles(site, container, making.reasons, connected.length > 0 ? connected : [created]) };
}

export interface Making {
  readonly name: string;
  readonly reasons: readonly string[];
  /** Whose anonymous volumes are taken over. */
  readonly replaces: ObservedContainer | undefined;
}

/** Makes an existing container complete: networks that it lacks, and files if it never started. */
export function addCompletion(site: ReplicaSite, container: ObservedContainer, after: readonly StepId[]): Prepared {
  const ref: ContainerRef = { from: 'observed', id: container.id };
  const missing = resolveAttachments(site).filter(({ name }) => !container.networks.some((it) => it.name === name));
  const needs = missing.length > 0 ? [...after, ...resourceSteps(site)] : after;
  const connected = missing.flatMap((attachment) => {
    const reasons = [`not connected to network ${attachment.attachment.network}`];
    return addConnections(site, { container: ref, attachments: [attachment], reasons }, needs);
  });
  const complete = connected.length > 0 ? connected : after;
  const ready = container.state === 'created' ? addFiles(site, ref, ['has not started yet'], complete) : complete;
  return { container: ref, ready };
}

interface Connecting {
  readonly container: ContainerRef;
  readonly attachments: readonly ResolvedAttachment[];
  readonly reasons: readonly string[];
}

/** One after the other: the order of connection decides the default gateway. */
function addConnections(
  site: ReplicaSite,
  { container, attachments, reasons }: Connecting,
  after: readonly StepId[],
): readonly StepId[] {
  const base = { engine: site.engine.name, address: replicaAddress(site.service.name, site.slot), reasons };
  let last: readonly StepId[] = [];
  for (const { network, attachment, aliases } of attachments) {
    const waits = last.length > 0 ? last : after;
    last = [site.up.builder.add({ kind: 'connect-network', ...base, container, network, attachment, aliases }, waits)];
  }
  return last;
}

function addFiles(
  site: ReplicaSite,
  container: ContainerRef,
  reasons: readonly string[],
  after: readonly StepId[],
): readonly StepId[] {
  const isCopied = copiesFiles(site);
  const files = site.service.container.files.filter(({ delivery }) => isCopied || delivery === 'copy');
  if (files.length === 0) return after;
  const base = { engine: site.engine.name, address: replicaAddress(site.service.name, site.slot), reasons };
  return [site.up.builder.add({ kind: 'write-files', ...base, container, files }, after)];
}

/** The image's content, unless this very plan makes it. */
export function knownImage({ service, engine, images, past }: ReplicaSite): ContainerCreation['imageId'] {
  if (past !== undefined) return past.imageId;
  const image = service.container.image;
  return images.get(engine.name, image) === undefined ? engine.images.get(image)?.id : undefined;
}

const isPinned = ({ service, engine, past }: ReplicaSite): boolean =>
  past !== undefined && engine.images.get(service.container.image)?.id !== past.imageId;

interface Attached {
  readonly attachment: NetworkAttachment;
  readonly planned: PlannedNetwork;
}

function attached({ service, engine, networks }: ReplicaSite): readonly Attached[] {
  const { network } = service.container;
  if (network.kind !== 'networks') return [];
  return network.attachments.flatMap((attachment) => {
    const planned = networks.find(engine.name, attachment.network);
    return planned === undefined ? [] : [{ attachment, planned }];
  });
}

function resolveAttachments(site: ReplicaSite): readonly ResolvedAttachment[] {
  return attached(site).map(({ attachment, planned }) => ({
    network: planned.ref,
    name: planned.name,
    attachment,
    aliases: [...new Set([site.canonical, site.service.name, ...attachment.aliases])],
  }));
}

function resolveNetwork(
  site: ReplicaSite,
  attachments: readonly ResolvedAttachment[],
  joined: ReadonlyMap<string, ContainerRef>,
): ResolvedNetworkMode {
  const { network } = site.service.container;
  switch (network.kind) {
    case 'networks':
      return { kind: 'networks', attachments };
    case 'engine':
      return network;
    case 'service': {
      const container = joined.get(network.service);
      return container === undefined ? { kind: 'engine', mode: 'none' } : { kind: 'container', container };
    }
    default:
      return unreachable(network);
  }
}

/** Networks and volumes that this plan makes for the container. */
function resourceSteps(site: ReplicaSite): readonly StepId[] {
  const { service, engine, volumes } = site;
  const mounted = volumeKeys(service.container).flatMap((key) => volumes.get(engine.name, key) ?? []);
  return [...attached(site).flatMap(({ planned }) => planned.after), ...mounted];
}

function volumeNames({ up, service }: ReplicaSite): Pairs {
  const used = new Set(volumeKeys(service.container));
  return up.desired.volumes.filter(({ key }) => used.has(key)).map(({ key, name }) => [key, name] as const);
}

/** The anonymous volumes of the container that is replaced, for the targets that the file gives no volume of its own. */
export function inheritedVolumes({ up, service, engine }: ReplicaSite, old: ObservedContainer | undefined): Pairs {
  if (old === undefined || up.request.renewAnonymousVolumes) return [];
  const imageVolumes = engine.images.get(service.container.image)?.volumes ?? [];
  const declared = service.container.volumes;
  const anonymous = declared.flatMap((it) => (it.type === 'volume' && it.source === undefined ? it.target : []));
  const taken = new Set(declared.map(({ target }) => target).filter((target) => !anonymous.includes(target)));
  const targets = new Set([...anonymous, ...imageVolumes].filter((target) => !taken.has(target)));
  return old.mounts.flatMap(({ volume, target }) =>
    volume !== '' && targets.has(target) ? [[target, volume] as const] : [],
  );
}

/** The containers that words such as `service:db` mean: the first replica of each service. */
function joinedContainers(site: ReplicaSite): ReadonlyMap<string, ContainerRef> {
  const joined = new Map<string, ContainerRef>();
  for (const name of joinedServices(site.service.container)) {
    const container = site.settled.get(name)?.replicas[0]?.container ?? observedReplica(site, name);
    if (container !== undefined) joined.set(name, container);
    else refuseJoin(site, name);
  }
  return joined;
}

function observedReplica({ up, engine }: ReplicaSite, service: string): ContainerRef | undefined {
  const replicas = (up.fleet.get(service) ?? []).filter((it) => it.engine.name === engine.name);
  const first = replicas.toSorted(
    (a, b) => Number(isLive(b.container)) - Number(isLive(a.container)) || a.container.slot - b.container.slot,
  )[0];
  return first && { from: 'observed', id: first.container.id };
}

function refuseJoin({ up, service }: ReplicaSite, other: string): void {
  up.builder.refuse({
    kind: 'impossible',
    code: 'joined-service-missing',
    address: serviceAddress(service.name),
    message: `service ${service.name} joins a container of service ${other}, which has none`,
    hint: `include ${other} in this request`,
  });
}

const stepOf = (ref: ContainerRef): readonly StepId[] => (ref.from === 'step' ? [ref.step] : []);
