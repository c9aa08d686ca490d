import type { DesiredNetwork } from '../../../model/desired.ts';
import { networkAddress } from '../../../model/id.ts';
import { isInSwarmOf } from '../../../model/membership.ts';
import type { ObservedEngine } from '../../../model/observed.ts';
import { isLive } from '../../fleet.ts';
import { networkKeys } from '../../uses.ts';
import type { Up } from '../context.ts';

/** A network that is one for several engines. */
export interface Span {
  /** All engines whose containers are on it, by name. */
  readonly engines: readonly ObservedEngine[];
  /** The services on it. */
  readonly services: readonly string[];
  /** Makes and removes it: a manager of the engines' swarm. */
  readonly manager: ObservedEngine;
}

/**
 * Whether a network must be one for all engines, and then how; `undefined`: each engine has its own.
 *
 * It must where two services on different engines share it, and where the file says `driver: overlay`. One that
 * spans already goes on doing so. Refuses where the engines have no swarm in common.
 */
export function findSpan(up: Up, network: DesiredNetwork, using: readonly ObservedEngine[]): Span | undefined {
  if (network.external) return undefined;
  const places = placesOf(up, network);
  const engines = byName([...using, ...places.flatMap(({ engines: all }) => all)]);
  const services = places.filter((it) => it.engines.length > 0).map(({ name }) => name);
  const isShared = services.length > 1 && engines.length > 1;
  const { driver } = network.spec;
  const isOverlay = driver === 'overlay' || isSpanning(up, network);
  if (!isOverlay && (!isShared || (driver !== undefined && driver !== 'bridge'))) return undefined;
  const manager = managerFor(up, engines);
  if (manager !== undefined && driver !== 'bridge') return { engines, services, manager };
  refuse(up, network, { engines, services, isBridge: driver === 'bridge' });
  return undefined;
}

const isSpanning = ({ input }: Up, { name, key }: DesiredNetwork): boolean =>
  input.observed.engines.some(({ networks }) =>
    networks.some((it) => it.name === name && it.key === key && it.isSwarmScoped === true),
  );

/** Where the services of a network have or will have containers. */
function placesOf(up: Up, { key }: DesiredNetwork): readonly { name: string; engines: readonly ObservedEngine[] }[] {
  return up.desired.services
    .filter((service) => networkKeys(service.container).includes(key))
    .map(({ name }) => {
      const assigned = up.assignments.get(name);
      const standing = (up.fleet.get(name) ?? []).filter(({ container }) => isLive(container));
      return { name, engines: (assigned ?? standing).map(({ engine }) => engine) };
    });
}

const byName = (engines: readonly ObservedEngine[]): readonly ObservedEngine[] =>
  [...new Map(engines.map((engine) => [engine.name, engine])).values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** A manager that can change the swarm of which all these engines are members. */
function managerFor({ input }: Up, engines: readonly ObservedEngine[]): ObservedEngine | undefined {
  return byName(input.observed.engines).find(
    (candidate) =>
      candidate.info.swarm?.hasQuorum === true && engines.every((engine) => isInSwarmOf(engine, candidate)),
  );
}

interface Unspannable {
  readonly engines: readonly ObservedEngine[];
  readonly services: readonly string[];
  readonly isBridge: boolean;
}

function refuse(up: Up, { key, name }: DesiredNetwork, { engines, services, isBridge }: Unspannable): void {
  const names = engines.map((engine) => engine.name);
  const reach =
    names.length === 1 ? `spans engines, ${names.join()} among them` : `has to reach from ${names.join(' to ')}`;
  const what = `network ${name} ${reach} (${services.join(', ')})`;
  const address = networkAddress(key);
  const together = 'keep the services on one engine with deploy.placement.constraints';
  if (isBridge) {
    up.builder.refuse({
      kind: 'impossible',
      code: 'network-cannot-span',
      address,
      message: `${what}, and its driver is bridge, which ends at its engine`,
      hint: `leave its driver out, or ${together}`,
    });
    return;
  }
  const outside = engines.filter(({ info }) => info.swarm === undefined).map((engine) => engine.name);
  if (outside.length === 0 && isLeaderless(engines)) {
    const absent = (up.input.observed.absent ?? []).map((engine) => engine.name);
    up.builder.refuse({
      kind: 'impossible',
      code: 'swarm-without-manager',
      address,
      message: `${what}: no manager of their swarm that could make it answers, or the managers have lost their majority`,
      hint: `bring back ${absent.length > 0 ? absent.toSorted().join(' and ') : 'a majority of its managers'}: no container can join the network meanwhile, and what runs goes on`,
    });
    return;
  }
  const because =
    outside.length > 0
      ? `${outside.join(' and ')} ${outside.length === 1 ? 'is' : 'are'} in no swarm`
      : 'they are not known to be members of one swarm';
  up.builder.refuse({
    kind: 'impossible',
    code: 'network-cannot-span',
    address,
    message: `${what}: ${because}`,
    hint: `join the engines with \`stack engines join\`, or ${together}`,
  });
}

/** Members of one swarm as far as that is known, without anybody who could change it. */
function isLeaderless(engines: readonly ObservedEngine[]): boolean {
  const clusters = new Set(engines.map(({ info }) => info.swarm?.clusterId ?? '').filter((id) => id !== ''));
  return clusters.size <= 1 && !engines.some(({ info }) => info.swarm?.hasQuorum === true);
}
