import type { ContainerSpec, PublishedPort } from '../model/container.ts';
import type { ContainerId } from '../model/id.ts';
import type { ForeignUse, ObservedEngine } from '../model/observed.ts';
import type { Operation, Step } from '../model/plan.ts';
import type { PlanBuilder } from './builder.ts';
import type { PlanInput } from './input.ts';

type Held = ForeignUse['ports'][number];

/**
 * Refuses a plan that starts a container whose host port a container outside the stack holds: the engine would say so
 * only at the start, when the old container may be stopped already.
 *
 * A run that has begun goes on: its own attempt tells, and what was there is put back.
 */
export function refuseHeldPorts({ observed, history }: PlanInput, builder: PlanBuilder): void {
  if (history.freshContainers.size + history.failed.size + history.givenUp.length > 0) return;
  for (const engine of observed.engines) {
    const held = engine.others?.ports ?? [];
    if (held.length > 0) refuseOn(engine, held, builder);
  }
}

function refuseOn(engine: ObservedEngine, held: readonly Held[], builder: PlanBuilder): void {
  const wanted = new Map<string, readonly Wanted[]>();
  for (const { operation } of builder.steps) {
    if (operation.engine !== engine.name) continue;
    for (const port of portsOf(operation, engine, builder.steps)) {
      const alike = wanted.get(describe(port)) ?? [];
      wanted.set(describe(port), [...alike, { port, operation }]);
    }
  }
  for (const alike of wanted.values()) refuseUnlessFree(alike, held, builder);
}

interface Wanted {
  readonly port: Fixed;
  readonly operation: Operation;
}

type Fixed = PublishedPort & { readonly published: NonNullable<PublishedPort['published']> };

/** The host ports that this step takes. */
function portsOf(operation: Operation, engine: ObservedEngine, steps: readonly Step[]): readonly Fixed[] {
  if (operation.kind === 'restart-container') return portsOfStopped(engine, operation.container);
  if (operation.kind !== 'start-container') return [];
  const { container } = operation;
  if (container.from === 'observed') return portsOfStopped(engine, container.id);
  const maker = steps[container.step]?.operation;
  return maker?.kind === 'create-container' ? fixedPorts(maker.creation.spec) : [];
}

/** A container that runs has its ports. */
function portsOfStopped({ containers }: ObservedEngine, id: ContainerId): readonly Fixed[] {
  const container = containers.find((it) => it.id === id);
  const isRunning = container?.state === 'running' || container?.state === 'paused';
  return container?.spec === undefined || isRunning ? [] : fixedPorts(container.spec);
}

/** In the namespace of the host or of another container nothing is published. */
function fixedPorts({ ports, network }: ContainerSpec): readonly Fixed[] {
  const isPublishing = network.kind === 'networks' || (network.kind === 'engine' && network.mode === 'bridge');
  return isPublishing ? ports.filter((port): port is Fixed => port.published !== undefined) : [];
}

/** Each of those that want the same range needs one port of it that is free. */
function refuseUnlessFree(wanted: readonly Wanted[], held: readonly Held[], builder: PlanBuilder): void {
  const [first] = wanted;
  if (first === undefined) return;
  const { port, operation } = first;
  const { from, to } = port.published;
  const inTheWay = held.filter((it) => isInTheWay(port, it));
  const free = to - from + 1 - new Set(inTheWay.map(({ published }) => published)).size;
  if (free >= wanted.length) return;
  const holders = [...new Set(inTheWay.map(({ container }) => container))].toSorted();
  const [are, which] = holders.length === 1 ? ['container', 'is'] : ['containers', 'are'];
  builder.refuse({
    kind: 'impossible',
    code: 'port-held',
    address: operation.address,
    message: `port ${describe(port)} is held by ${are} ${holders.join(', ')}, which ${which} not part of this stack`,
    hint: 'stop what holds it, or publish another port',
  });
}

function isInTheWay({ protocol, published: { from, to }, hostIp }: Fixed, held: Held): boolean {
  return (
    held.protocol === protocol && from <= held.published && held.published <= to && meets(hostIp ?? '', held.hostIp)
  );
}

/** Whether two host addresses cannot both be bound to one port. No address is all of them, of both families. */
function meets(one: string, other: string): boolean {
  const [a, b] = [canonicalIp(one), canonicalIp(other)];
  if (a === '' || b === '' || a === b) return true;
  return a.includes(':') === b.includes(':') && [a, b].some((ip) => ip === '0.0.0.0' || ip === '::');
}

const canonicalIp = (ip: string): string => {
  const bare = ip.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return /^[0:]+$/.test(bare) && bare.includes(':') ? '::' : bare;
};

/** `8080/tcp`, `127.0.0.1:8000-8010/udp` */
function describe({ hostIp, published: { from, to }, protocol }: Fixed): string {
  const numbers = from === to ? String(from) : `${from}-${to}`;
  const ip =
    hostIp === undefined || hostIp === '' ? '' : `${hostIp.includes(':') ? `[${canonicalIp(hostIp)}]` : hostIp}:`;
  return `${ip}${numbers}/${protocol}`;
}
