import type { ContainerId, NetworkId } from '../../model/id.ts';
import { imageAddress, networkAddress, volumeAddress } from '../../model/id.ts';
import { isInSwarmOf } from '../../model/membership.ts';
import type { ObservedContainer, ObservedEngine, ObservedNetwork } from '../../model/observed.ts';
import type { StepId } from '../../model/plan.ts';
import type { DownRequest } from '../../model/request.ts';
import type { PlanBuilder } from '../builder.ts';
import type { Located } from '../fleet.ts';
import { compareText } from '../fleet.ts';
import type { PlanInput } from '../input.ts';
import { planOrphans } from '../orphans.ts';
import { addRemovalOfStopped, addStop } from '../steps.ts';
import { gatherStanding, type Standing } from './standing.ts';

/**
 * Plans `down`, with or without a stack file: containers against start order, then networks, and volumes and
 * images if the request says so. What others use stays, with a notice.
 */
export function planDown(input: PlanInput, request: DownRequest, builder: PlanBuilder): void {
  const standing = gatherStanding(input.observed, input.desired);
  const { leaving, orphans } = choose(input, request, standing);
  if (!request.removeOrphans) planOrphans(builder, orphans, request);
  const removed = removeContainers(leaving, request, builder);
  const down: Down = { input, request, builder, removed, isPartial: request.services.length > 0 };
  for (const engine of input.observed.engines) {
    planNetworks(down, engine);
    planVolumes(down, engine);
    planImages(down, engine);
  }
  planShared(down);
  noticeAbsent(down);
}

interface Down {
  readonly input: PlanInput;
  readonly request: DownRequest;
  readonly builder: PlanBuilder;
  readonly removed: ReadonlyMap<ContainerId, StepId>;
  /** Only some services go: what the others use is theirs. */
  readonly isPartial: boolean;
}

interface Choice {
  readonly leaving: readonly Standing[];
  readonly orphans: readonly Located[];
}

function choose({ desired }: PlanInput, request: DownRequest, standing: readonly Standing[]): Choice {
  if (request.services.length > 0) {
    return { leaving: standing.filter(({ name }) => request.services.includes(name)), orphans: [] };
  }
  if (desired === undefined || request.removeOrphans) return { leaving: standing, orphans: [] };
  const known = new Set([...desired.services.map(({ name }) => name), ...desired.disabledServices]);
  return {
    leaving: standing.filter(({ name }) => known.has(name)),
    orphans: standing.filter(({ name }) => !known.has(name)).flatMap(({ containers }) => containers),
  };
}

/** A service is stopped once everything that needs it has stopped. */
function removeContainers(
  leaving: readonly Standing[],
  request: DownRequest,
  builder: PlanBuilder,
): ReadonlyMap<ContainerId, StepId> {
  const removed = new Map<ContainerId, StepId>();
  const stops = new Map<string, readonly StepId[]>();
  for (const { name, containers } of leaving.toReversed()) {
    const dependents = leaving.filter(({ needs }) => needs.includes(name)).flatMap((it) => stops.get(it.name) ?? []);
    const stopped = containers.toReversed().flatMap(({ engine, container }) => {
      const going = { builder, engine, container, request, reasons: ['down'] };
      const steps = addStop(going, dependents);
      removed.set(
        container.id,
        addRemovalOfStopped(going, steps.length > 0 ? steps : dependents, request.removeVolumes),
      );
      return steps;
    });
    // A service that does not run passes on what it waits for.
    stops.set(name, stopped.length > 0 ? stopped : dependents);
  }
  return removed;
}

/** Containers of the stack that use something and stay, and the removals of those that go. */
function usersOf(
  { removed }: Down,
  engines: readonly ObservedEngine[],
  uses: (container: ObservedContainer) => boolean,
): Users {
  const users = engines.flatMap(({ containers }) => containers).filter(uses);
  return {
    staying: users
      .filter(({ id, state }) => !removed.has(id) && state !== 'removing')
      .map(({ name }) => name)
      .toSorted(),
    removals: users.flatMap(({ id }) => removed.get(id) ?? []),
  };
}

interface Users {
  readonly staying: readonly string[];
  readonly removals: readonly StepId[];
}

function planNetworks(down: Down, engine: ObservedEngine): void {
  const own = ownNetworks(down, engine).filter(({ isSwarmScoped }) => isSwarmScoped !== true);
  for (const network of own.toSorted((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id))) {
    const users = usersOf(down, [engine], isOn(network));
    if (down.isPartial && (users.removals.length === 0 || users.staying.length > 0)) continue;
    removeNetwork(down, { engine, network, users });
  }
}

const ownNetworks = (down: Down, { networks }: ObservedEngine): readonly ObservedNetwork[] =>
  networks.filter(({ key }) => key !== undefined && !isExternal(down, 'networks', key));

const isOn =
  (network: ObservedNetwork) =>
  ({ networks }: ObservedContainer): boolean =>
    networks.some(({ id, name }) => id === network.id || (id === noId && name === network.name));

/** Networks that span engines go once, from a manager of their swarm, when their containers are gone everywhere. */
function planShared(down: Down): void {
  const { engines, absent = [] } = down.input.observed;
  const found = engines.flatMap((engine) =>
    ownNetworks(down, engine)
      .filter(({ isSwarmScoped }) => isSwarmScoped === true)
      .map((network) => [network.id, { engine, network }] as const),
  );
  for (const { engine: seenBy, network } of new Map(found).values()) {
    const users = usersOf(down, engines, isOn(network));
    if (down.isPartial && (users.removals.length === 0 || users.staying.length > 0)) continue;
    const manager = engines.find(({ info }) => info.swarm?.hasQuorum === true && isInSwarmOf(seenBy, { info }));
    if (manager !== undefined && absent.length === 0) {
      // A worker goes on seeing it for a while after it is gone.
      const known = manager.networks.find(({ id }) => id === network.id);
      if (known !== undefined) removeNetwork(down, { engine: manager, network: known, users });
      continue;
    }
    const away = absent.map(({ name }) => name).join(', ');
    const because =
      manager === undefined
        ? 'no manager of its swarm that could remove it answers'
        : `${away} ${absent.length === 1 ? 'does' : 'do'} not answer, and may have containers on it`;
    down.builder.notice({
      code: 'network-kept',
      address: networkAddress(network.key ?? network.name),
      message: `network ${network.name} is kept: ${because}`,
      hint: 'run `stack down` again once it does',
    });
  }
}

/** What an engine holds that does not answer is not known, and stays. */
function noticeAbsent({ input: { stack, observed }, builder }: Down): void {
  for (const { name, because } of observed.absent ?? []) {
    builder.notice({
      code: 'engine-absent',
      address: undefined,
      message: `${name} does not answer (${because}): what it has of ${stack} stays`,
      hint: 'run `stack down` again once it does',
    });
  }
}

/** A container that never started may know its network by name alone. */
const noId = '' as NetworkId;

function removeNetwork(
  down: Down,
  { engine, network, users }: { engine: ObservedEngine; network: ObservedNetwork; users: Users },
): void {
  const address = networkAddress(network.key ?? network.name);
  const known = new Set(down.input.observed.engines.flatMap(({ containers }) => containers).map(({ id }) => id));
  const foreign = network.endpoints.filter((id) => !known.has(id)).map((id) => id.slice(0, 12));
  const staying = [...users.staying, ...foreign];
  if (staying.length > 0) {
    down.builder.notice({
      code: 'network-in-use',
      address,
      message: `network ${network.name} is kept: ${staying.join(', ')} ${staying.length === 1 ? 'uses' : 'use'} it`,
      hint: undefined,
    });
    return;
  }
  const base = { engine: engine.name, address, reasons: ['down'] };
  down.builder.add({ kind: 'remove-network', ...base, network: network.id, name: network.name }, users.removals);
}

function planVolumes(down: Down, engine: ObservedEngine): void {
  const { builder, request, isPartial } = down;
  const own = engine.volumes.filter(({ key }) => key !== undefined && !isExternal(down, 'volumes', key));
  const sorted = own.toSorted((a, b) => compareText(a.name, b.name));
  if (!request.removeVolumes) {
    if (isPartial || sorted.length === 0) return;
    builder.notice({
      code: 'volumes-kept',
      address: undefined,
      message: `volumes are kept: ${sorted.map(({ name }) => name).join(', ')}`,
      hint: 'remove them and their data with --volumes',
    });
    return;
  }
  for (const volume of sorted) {
    const users = usersOf(down, [engine], ({ mounts }) => mounts.some((mount) => mount.volume === volume.name));
    if (isPartial && users.removals.length === 0) continue;
    const address = volumeAddress(volume.key ?? volume.name);
    if (users.staying.length > 0) {
      const message = `volume ${volume.name} is kept: ${users.staying.join(', ')} ${users.staying.length === 1 ? 'uses' : 'use'} it`;
      builder.notice({ code: 'volume-in-use', address, message, hint: undefined });
      continue;
    }
    const base = { engine: engine.name, address, reasons: ['--volumes was asked for'] };
    builder.add({ kind: 'remove-volume', ...base, name: volume.name }, users.removals);
  }
}

function isExternal({ input }: Down, kind: 'networks' | 'volumes', key: string): boolean {
  return input.desired?.[kind].some((it) => it.key === key && it.external) ?? false;
}

function planImages(down: Down, engine: ObservedEngine): void {
  const { input, request, builder, removed } = down;
  if (request.removeImages === 'none') return;
  const images = new Map<string, (typeof engine.containers)[number]['imageId']>();
  const declared = (input.desired?.services ?? []).filter(
    ({ name }) => !down.isPartial || request.services.includes(name),
  );
  for (const { container } of declared) {
    const found = engine.images.get(container.image);
    if (found !== undefined) images.set(container.image, found.id);
  }
  for (const { id, image, imageId } of engine.containers) if (removed.has(id)) images.set(image, imageId);
  for (const [reference, image] of [...images].toSorted(([a], [b]) => compareText(a, b))) {
    if (request.removeImages === 'local' && !isLocal(down, reference)) continue;
    const users = usersOf(down, [engine], (container) => container.imageId === image);
    if (users.staying.length > 0) continue;
    const base = { engine: engine.name, address: imageAddress(reference), reasons: [`--rmi ${request.removeImages}`] };
    builder.add({ kind: 'remove-image', ...base, image, reference }, users.removals);
  }
}

/** Built by the stack and named by it, not by the stack file. */
function isLocal({ input }: Down, reference: string): boolean {
  const services = input.desired?.services.map(({ name }) => name) ?? [
    ...new Set(input.observed.engines.flatMap(({ containers }) => containers.map(({ service }) => service))),
  ];
  return services.some(
    (name) => reference === `${input.stack}-${name}` || reference === `${input.stack}-${name}:latest`,
  );
}
