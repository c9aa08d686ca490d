import type { DesiredNetwork, DesiredService } from '../../model/desired.ts';
import { type ContainerId, type EngineName, type NetworkId, networkAddress } from '../../model/id.ts';
import type { ObservedContainer, ObservedEngine, ObservedNetwork } from '../../model/observed.ts';
import type { NetworkRef, StepId } from '../../model/plan.ts';
import { compareNetworkSpecs } from '../compare/resources.ts';
import { compareText } from '../fleet.ts';
import { addStop } from '../steps.ts';
import { EngineMap, servicesByEngine, type Up } from './context.ts';

/** A network as the containers of this plan will find it. */
export interface PlannedNetwork {
  readonly ref: NetworkRef;
  /** Its name on the engine. */
  readonly name: string;
  /** Undefined while it has yet to be made. */
  readonly id: NetworkId | undefined;
  readonly after: readonly StepId[];
  /** Why it is made anew; empty if it stays. */
  readonly changes: readonly string[];
}

export interface PlannedNetworks {
  readonly find: (engine: EngineName, key: string) => PlannedNetwork | undefined;
  /** The step that stops this container because a network of its is made anew. */
  readonly stopOf: (container: ContainerId) => StepId | undefined;
}

/** Creates, keeps, de-duplicates or replaces every network that a selected service uses. */
export function planNetworks(up: Up): PlannedNetworks {
  const networks = new EngineMap<PlannedNetwork>();
  const stops = new Map<ContainerId, StepId>();
  for (const { engine, services } of servicesByEngine(up)) {
    const used = new Set(services.flatMap(networkKeys));
    for (const network of up.desired.networks) {
      if (!used.has(network.key)) continue;
      const planned = planNetwork({ up, engine, network, stops });
      if (planned !== undefined) networks.set(engine.name, network.key, planned);
    }
  }
  return { find: (engine, key) => networks.get(engine, key), stopOf: (container) => stops.get(container) };
}

/** The networks that a service's containers are connected to, by key. */
export const networkKeys = ({ container }: DesiredService): readonly string[] =>
  container.network.kind === 'networks' ? container.network.attachments.map(({ network }) => network) : [];

interface Site {
  readonly up: Up;
  readonly engine: ObservedEngine;
  readonly network: DesiredNetwork;
  readonly stops: Map<ContainerId, StepId>;
}

function planNetwork(site: Site): PlannedNetwork | undefined {
  const { engine, network } = site;
  const named = engine.networks.filter(({ name }) => name === network.name);
  if (network.external) return planExternal(site, named);
  const [keep, ...duplicates] = named.filter(({ key }) => key === network.key).toSorted(byWorth);
  if (keep === undefined) return named[0] === undefined ? create(site, ['does not exist'], []) : adopt(site, named[0]);
  removeDuplicates(site, duplicates);
  const changes = keep.spec === undefined ? [] : compareNetworkSpecs(keep.spec, network.spec);
  return changes.length > 0 ? replace(site, keep, changes) : existing(keep);
}

const existing = ({ id, name }: ObservedNetwork): PlannedNetwork => ({
  ref: { from: 'observed', id },
  name,
  id,
  after: [],
  changes: [],
});

/** Of several networks of one name: most endpoints, then the oldest, then the lowest id. Every run chooses the same. */
const byWorth = (a: ObservedNetwork, b: ObservedNetwork): number =>
  b.endpoints.length - a.endpoints.length || compareText(a.createdAt, b.createdAt) || compareText(a.id, b.id);

function planExternal({ up, network, engine }: Site, named: readonly ObservedNetwork[]): PlannedNetwork | undefined {
  const found = named.toSorted(byWorth)[0];
  if (found !== undefined) return existing(found);
  up.builder.refuse({
    kind: 'impossible',
    code: 'external-network-missing',
    address: networkAddress(network.key),
    message: `network ${network.name} is declared as external and does not exist on ${engine.name}`,
    hint: `create it with \`docker network create ${network.name}\`, or remove \`external: true\``,
  });
  return undefined;
}

function adopt({ up, network }: Site, foreign: ObservedNetwork): PlannedNetwork {
  up.builder.notice({
    code: 'foreign-network',
    address: networkAddress(network.key),
    message: `network ${network.name} exists and was not made by this stack; it is used as it is`,
    hint: 'set `external: true` to say that this is meant',
  });
  return existing(foreign);
}

function create({ up, engine, network }: Site, reasons: readonly string[], after: readonly StepId[]): PlannedNetwork {
  const address = networkAddress(network.key);
  const base = { engine: engine.name, address, reasons };
  const step = up.builder.add({ kind: 'create-network', ...base, project: up.desired.project, network }, after);
  return { ref: { from: 'step', step }, name: network.name, id: undefined, after: [step], changes: [] };
}

function removeDuplicates({ up, engine, network }: Site, duplicates: readonly ObservedNetwork[]): void {
  for (const { id, name, endpoints } of duplicates) {
    const users = engine.containers.filter((container) => container.networks.some((it) => it.id === id));
    if (endpoints.length > 0 || users.length > 0) continue;
    const base = {
      engine: engine.name,
      address: networkAddress(network.key),
      reasons: ['second network of this name'],
    };
    up.builder.add({ kind: 'remove-network', ...base, network: id, name });
  }
}

/** Stops what is connected, removes the network and creates it; the containers are then recreated. */
function replace(site: Site, old: ObservedNetwork, changes: readonly string[]): PlannedNetwork {
  const { up, engine, network } = site;
  const users = engine.containers.filter((container) => container.networks.some(({ id }) => id === old.id));
  const stays = whyItStays(site, old, users);
  if (stays !== undefined) {
    up.builder.notice({
      code: 'network-changed',
      address: networkAddress(network.key),
      message: `network ${network.name} is left as it is (${changes.join('; ')}): ${stays}`,
      hint: undefined,
    });
    return existing(old);
  }
  const reasons = changes.map((change) => `network ${network.key}: ${change}`);
  const stopped = users.flatMap((user) => stopUser(site, user, reasons));
  const base = { engine: engine.name, address: networkAddress(network.key), reasons: changes };
  const removed = up.builder.add({ kind: 'remove-network', ...base, network: old.id, name: old.name }, stopped);
  return { ...create(site, changes, [removed]), changes: reasons };
}

function stopUser({ up, engine, stops }: Site, user: ObservedContainer, reasons: readonly string[]): readonly StepId[] {
  const earlier = stops.get(user.id);
  if (earlier !== undefined) return [earlier];
  const stopped = addStop({ builder: up.builder, engine, container: user, reasons, request: up.request }, []);
  const last = stopped.at(-1);
  if (last !== undefined) stops.set(user.id, last);
  return stopped;
}

/** A network that something outside this request uses cannot be taken away from it. */
function whyItStays({ up }: Site, old: ObservedNetwork, users: readonly ObservedContainer[]): string | undefined {
  const selected = new Set(up.selection.services.map(({ name }) => name));
  const others = users.filter(({ service, isOneOff }) => isOneOff || !selected.has(service)).map(({ name }) => name);
  if (others.length > 0) return `${others.toSorted().join(', ')} use it and are not part of this request`;
  const known = new Set(users.map(({ id }) => id));
  const foreign = old.endpoints.filter((id) => !known.has(id)).map((id) => id.slice(0, 12));
  return foreign.length > 0 ? `containers outside this stack use it (${foreign.toSorted().join(', ')})` : undefined;
}
