import type { DesiredNetwork } from '../../../model/desired.ts';
import { type ContainerId, type NetworkId, networkAddress } from '../../../model/id.ts';
import type { ObservedContainer, ObservedEngine, ObservedNetwork } from '../../../model/observed.ts';
import type { NetworkRef, StepId } from '../../../model/plan.ts';
import { compareText } from '../../fleet.ts';
import { addStop } from '../../steps.ts';
import type { Up } from '../context.ts';

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
  /** Every member of the swarm knows it. Default: it is of one engine. */
  readonly isShared?: boolean;
}

/** One network on one engine. */
export interface NetworkSite {
  readonly up: Up;
  readonly engine: ObservedEngine;
  readonly network: DesiredNetwork;
  /** The steps that stop containers because a network of theirs is made anew. */
  readonly stops: Map<ContainerId, StepId>;
}

export const existing = ({ id, name, isSwarmScoped }: ObservedNetwork): PlannedNetwork => ({
  ref: { from: 'observed', id },
  name,
  id,
  after: [],
  changes: [],
  ...(isSwarmScoped === true ? { isShared: true } : {}),
});

/** Of several networks of one name: most endpoints, then the oldest, then the lowest id. Every run chooses the same. */
export const byWorth = (a: ObservedNetwork, b: ObservedNetwork): number =>
  b.endpoints.length - a.endpoints.length || compareText(a.createdAt, b.createdAt) || compareText(a.id, b.id);

/** The network exists, and its label says nothing of this stack. */
export function adopt({ up, network }: NetworkSite, foreign: ObservedNetwork): PlannedNetwork {
  up.builder.notice({
    code: 'foreign-network',
    address: networkAddress(network.key),
    message: `network ${network.name} exists and was not made by this stack; it is used as it is`,
    hint: 'set `external: true` to say that this is meant',
  });
  return existing(foreign);
}

export function create(
  { up, engine, network }: NetworkSite,
  reasons: readonly string[],
  after: readonly StepId[],
): PlannedNetwork {
  const base = { engine: engine.name, address: networkAddress(network.key), reasons };
  const step = up.builder.add({ kind: 'create-network', ...base, project: up.desired.project, network }, after);
  return { ref: { from: 'step', step }, name: network.name, id: undefined, after: [step], changes: [] };
}

export const usersOf = ({ containers }: ObservedEngine, { id }: ObservedNetwork): readonly ObservedContainer[] =>
  containers.filter(({ networks }) => networks.some((it) => it.id === id));

/** Stops the containers of one engine that are connected. */
export function stopUsers(
  { up, engine, stops }: NetworkSite,
  old: ObservedNetwork,
  reasons: readonly string[],
): readonly StepId[] {
  return usersOf(engine, old).flatMap((user) => {
    const earlier = stops.get(user.id);
    if (earlier !== undefined) return [earlier];
    const stopped = addStop({ builder: up.builder, engine, container: user, reasons, request: up.request }, []);
    const last = stopped.at(-1);
    if (last !== undefined) stops.set(user.id, last);
    return stopped;
  });
}

/** A network that something outside this request uses cannot be taken away from it. */
export function whyItStays(
  { up }: NetworkSite,
  old: ObservedNetwork,
  users: readonly ObservedContainer[],
): string | undefined {
  const selected = new Set(up.selection.services.map(({ name }) => name));
  const others = users.filter(({ service, isOneOff }) => isOneOff || !selected.has(service)).map(({ name }) => name);
  if (others.length > 0) return `${others.toSorted().join(', ')} use it and are not part of this request`;
  const known = new Set(users.map(({ id }) => id));
  const foreign = old.endpoints.filter((id) => !known.has(id)).map((id) => id.slice(0, 12));
  return foreign.length > 0 ? `containers outside this stack use it (${foreign.toSorted().join(', ')})` : undefined;
}
