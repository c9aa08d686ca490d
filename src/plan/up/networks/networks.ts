import { type ContainerId, type EngineName, networkAddress } from '../../../model/id.ts';
import { isInSwarmOf } from '../../../model/membership.ts';
import type { ObservedEngine, ObservedNetwork } from '../../../model/observed.ts';
import type { StepId } from '../../../model/plan.ts';
import { compareNetworkSpecs } from '../../compare/resources.ts';
import { networkKeys } from '../../uses.ts';
import { EngineMap, servicesByEngine, type Up } from '../context.ts';
import {
  adopt,
  byWorth,
  create,
  existing,
  type NetworkSite,
  type PlannedNetwork,
  stopUsers,
  usersOf,
  whyItStays,
} from './network-site.ts';
import { planOverlay } from './overlay.ts';
import { findSpan } from './spans.ts';

export interface PlannedNetworks {
  readonly find: (engine: EngineName, key: string) => PlannedNetwork | undefined;
  /** The step that stops this container because a network of its is made anew. */
  readonly stopOf: (container: ContainerId) => StepId | undefined;
}

/**
 * Creates, keeps, de-duplicates or replaces every network that a selected service uses: on each engine one, or one
 * for all engines where its services have to reach each other across them.
 */
export function planNetworks(up: Up): PlannedNetworks {
  const networks = new EngineMap<PlannedNetwork>();
  const stops = new Map<ContainerId, StepId>();
  const byEngine = servicesByEngine(up).map(({ engine, services }) => ({
    engine,
    used: new Set(services.flatMap(({ container }) => networkKeys(container))),
  }));
  for (const network of up.desired.networks) {
    const engines = byEngine.filter(({ used }) => used.has(network.key)).map(({ engine }) => engine);
    for (const [engine, planned] of planEverywhere({ up, network, stops }, engines)) {
      networks.set(engine.name, network.key, planned);
    }
  }
  return { find: (engine, key) => networks.get(engine, key), stopOf: (container) => stops.get(container) };
}

function planEverywhere(
  site: Omit<NetworkSite, 'engine'>,
  engines: readonly ObservedEngine[],
): readonly (readonly [ObservedEngine, PlannedNetwork])[] {
  const [engine] = engines;
  const span = engine && findSpan(site.up, site.network, engines);
  if (engine === undefined || span === undefined) {
    return engines.flatMap((it) => {
      const planned = planNetwork({ ...site, engine: it });
      return planned === undefined ? [] : [[it, planned] as const];
    });
  }
  const planned = planOverlay({ ...site, engine }, span);
  return planned === undefined ? [] : engines.map((it) => [it, planned] as const);
}

function planNetwork(site: NetworkSite): PlannedNetwork | undefined {
  const { engine, network } = site;
  const named = engine.networks.filter(({ name }) => name === network.name);
  if (network.external) return planExternal(site, named);
  const [keep, ...duplicates] = named.filter(({ key }) => key === network.key).toSorted(byWorth);
  if (keep === undefined) return named[0] === undefined ? create(site, ['does not exist'], []) : adopt(site, named[0]);
  removeDuplicates(site, duplicates);
  const changes = keep.spec === undefined ? [] : compareNetworkSpecs(keep.spec, network.spec);
  return changes.length > 0 ? replace(site, keep, changes) : existing(keep);
}

/** A worker of a swarm sees a network of the swarm only once a container of its is attached. */
function planExternal(site: NetworkSite, named: readonly ObservedNetwork[]): PlannedNetwork | undefined {
  const { up, network, engine } = site;
  const shared = up.input.observed.engines
    .filter((other) => isInSwarmOf(other, engine))
    .flatMap(({ networks }) => networks.filter((it) => it.name === network.name && it.isSwarmScoped === true));
  const found = [...named.toSorted(byWorth), ...shared][0];
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

function removeDuplicates({ up, engine, network }: NetworkSite, duplicates: readonly ObservedNetwork[]): void {
  for (const duplicate of duplicates) {
    if (duplicate.endpoints.length > 0 || usersOf(engine, duplicate).length > 0) continue;
    const { id, name } = duplicate;
    const base = {
      engine: engine.name,
      address: networkAddress(network.key),
      reasons: ['second network of this name'],
    };
    up.builder.add({ kind: 'remove-network', ...base, network: id, name });
  }
}

/** Stops what is connected, removes the network and creates it; the containers are then recreated. */
function replace(site: NetworkSite, old: ObservedNetwork, changes: readonly string[]): PlannedNetwork {
  const { up, engine, network } = site;
  const stays = whyItStays(site, old, usersOf(engine, old));
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
  const stopped = stopUsers(site, old, reasons);
  const base = { engine: engine.name, address: networkAddress(network.key), reasons: changes };
  const removed = up.builder.add({ kind: 'remove-network', ...base, network: old.id, name: old.name }, stopped);
  return { ...create(site, changes, [removed]), changes: reasons };
}
