import type { DesiredNetwork } from '../../../model/desired.ts';
import { networkAddress } from '../../../model/id.ts';
import type { ObservedEngine, ObservedNetwork } from '../../../model/observed.ts';
import type { StepId } from '../../../model/plan.ts';
import { compareNetworkSpecs } from '../../compare/resources.ts';
import {
  adopt,
  create,
  existing,
  type NetworkSite,
  type PlannedNetwork,
  stopUsers,
  usersOf,
  whyItStays,
} from './network-site.ts';
import type { Span } from './spans.ts';

/**
 * Plans a network that is one for several engines: an overlay network of their swarm, made once, on a manager, and
 * found by id from everywhere. Networks of single engines that have its name make room for it.
 */
export function planOverlay(site: NetworkSite, span: Span): PlannedNetwork | undefined {
  const network = asOverlay(site.network);
  const overlay: NetworkSite = { ...site, network, engine: span.manager };
  noticeEncryption(overlay);
  const found = findAll(site);
  const shared = found.find(({ network: { isSwarmScoped } }) => isSwarmScoped === true);
  if (shared !== undefined && shared.network.key !== network.key) return adopt(overlay, shared.network);
  const changes = shared?.network.spec === undefined ? [] : compareNetworkSpecs(shared.network.spec, network.spec);
  const inTheWay = found.filter(({ network: { isSwarmScoped, key } }) => isSwarmScoped !== true && key === network.key);
  const foreign = found.find(({ network: { isSwarmScoped, key } }) => isSwarmScoped !== true && key !== network.key);
  if (foreign !== undefined) {
    refuseForeign(overlay, foreign);
    return undefined;
  }
  if (inTheWay.length + changes.length === 0) {
    const planned = shared === undefined ? createShared(overlay, ['does not exist'], []) : existing(shared.network);
    return refuseUnattachable(overlay, span, planned) ? undefined : planned;
  }
  return replaceAll(overlay, span, { inTheWay, changes, shared });
}

interface Found {
  readonly engine: ObservedEngine;
  readonly network: ObservedNetwork;
}

const asOverlay = (network: DesiredNetwork): DesiredNetwork => ({
  ...network,
  spec: { ...network.spec, driver: 'overlay', attachable: true },
});

const createShared = (...site: Parameters<typeof create>): PlannedNetwork => ({ ...create(...site), isShared: true });

/** Every network of the name; one that is shared, once. */
function findAll({ up, network }: NetworkSite): readonly Found[] {
  const all = up.input.observed.engines.flatMap((engine) =>
    engine.networks.filter(({ name }) => name === network.name).map((it) => ({ engine, network: it })),
  );
  return [...new Map(all.map((it) => [it.network.id, it])).values()];
}

interface Old {
  /** Networks of single engines. */
  readonly inTheWay: readonly Found[];
  /** How the overlay that there is differs from what it is to be. */
  readonly changes: readonly string[];
  readonly shared: Found | undefined;
}

/** Stops what is connected on all engines, removes what there is and makes the overlay; the containers are then recreated. */
function replaceAll(site: NetworkSite, span: Span, { inTheWay, changes, shared }: Old): PlannedNetwork | undefined {
  const { up, network } = site;
  const { engines } = up.input.observed;
  const isReplaced = changes.length > 0 && shared !== undefined;
  const users = (old: ObservedNetwork): ReturnType<typeof usersOf> => engines.flatMap((it) => usersOf(it, old));
  const leaving = [...inTheWay, ...(isReplaced ? [{ ...shared, engine: span.manager }] : [])];
  const stays = leaving.map((old) => whyItStays(site, old.network, users(old.network))).find((it) => it !== undefined);
  const reach = span.engines.map(({ name }) => name).join(' to ');
  const whys = [...changes, ...(inTheWay.length > 0 ? [`it has to reach from ${reach}`] : [])];
  if (stays !== undefined) return keepOrRefuse(site, { whys, stays, kept: inTheWay.length > 0 ? undefined : shared });
  const reasons = whys.map((why) => `network ${network.key}: ${why}`);
  const removed = leaving.map(({ engine, network: old }): StepId => {
    const stopped = engines.flatMap((it) => stopUsers({ ...site, engine: it }, old, reasons));
    const base = { engine: engine.name, address: networkAddress(network.key), reasons: whys };
    return up.builder.add({ kind: 'remove-network', ...base, network: old.id, name: old.name }, stopped);
  });
  if (shared !== undefined && !isReplaced) return { ...existing(shared.network), after: removed, changes: reasons };
  const planned = { ...createShared(site, whys, removed), changes: reasons };
  return refuseUnattachable(site, span, planned) ? undefined : planned;
}

interface Staying {
  readonly whys: readonly string[];
  readonly stays: string;
  readonly kept: Found | undefined;
}

/** An overlay can stay as it is; a network of one engine is of no use to the others. */
function keepOrRefuse({ up, network }: NetworkSite, { whys, stays, kept }: Staying): PlannedNetwork | undefined {
  const address = networkAddress(network.key);
  const message = `network ${network.name} is left as it is (${whys.join('; ')}): ${stays}`;
  if (kept !== undefined) {
    up.builder.notice({ code: 'network-changed', address, message, hint: undefined });
    return existing(kept.network);
  }
  const hint = 'include these services in the request';
  up.builder.refuse({ kind: 'impossible', code: 'network-in-use', address, message, hint });
  return undefined;
}

function refuseForeign({ up, network }: NetworkSite, { engine }: Found): void {
  up.builder.refuse({
    kind: 'impossible',
    code: 'network-name-taken',
    address: networkAddress(network.key),
    message: `network ${network.name} has to be one for several engines, and ${engine.name} has another one of that name`,
    hint: `remove it with \`docker network rm ${network.name}\`, or give this one another name`,
  });
}

/** An engine that is set aside in its swarm starts nothing on the swarm's networks, and says so only after a while. */
function refuseUnattachable({ up, network }: NetworkSite, span: Span, planned: PlannedNetwork): boolean {
  const aside = span.engines.filter(
    ({ info }) => info.swarm?.availability === 'pause' || info.swarm?.availability === 'drain',
  );
  const needed = aside.filter(({ name }) =>
    span.services.some((service) =>
      (up.assignments.get(service) ?? []).some(
        ({ slot, engine }) =>
          engine.name === name &&
          (planned.changes.length > 0 ||
            !up.fleet.get(service)?.some((it) => it.engine.name === name && it.container.slot === slot)),
      ),
    ),
  );
  for (const { name, info } of needed) {
    up.builder.refuse({
      kind: 'impossible',
      code: 'swarm-node-set-aside',
      address: networkAddress(network.key),
      message: `${name} is set to ${info.swarm?.availability ?? ''} in its swarm, and containers there cannot join network ${network.name}`,
      hint: `set it to active with \`docker node update --availability active ${info.hostname}\``,
    });
  }
  return needed.length > 0;
}

function noticeEncryption({ up, network }: NetworkSite): void {
  if (!network.spec.driverOpts.some(([name]) => name === 'encrypted')) return;
  up.builder.notice({
    code: 'network-encrypted',
    address: networkAddress(network.key),
    message: `network ${network.name} is encrypted: engines whose kernel has no IPsec carry nothing over it`,
    hint: undefined,
  });
}
