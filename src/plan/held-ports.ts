import type { ContainerId } from '../model/id.ts';
import type { ForeignUse, ObservedEngine } from '../model/observed.ts';
import type { Operation, Step } from '../model/plan.ts';
import type { PlanBuilder } from './builder.ts';
import { describePort, type HostPort, hostPorts, isHeldBy } from './host-ports.ts';
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
      const alike = wanted.get(describePort(port)) ?? [];
      wanted.set(describePort(port), [...alike, { port, operation }]);
    }
  }
  for (const alike of wanted.values()) refuseUnlessFree(alike, held, builder);
}

interface Wanted {
  readonly port: HostPort;
  readonly operation: Operation;
}

/** The host ports that this step takes. */
function portsOf(operation: Operation, engine: ObservedEngine, steps: readonly Step[]): readonly HostPort[] {
  if (operation.kind === 'restart-container') return portsOfStopped(engine, operation.container);
  if (operation.kind !== 'start-container') return [];
  const { container } = operation;
  if (container.from === 'observed') return portsOfStopped(engine, container.id);
  const maker = steps[container.step]?.operation;
  return maker?.kind === 'create-container' ? hostPorts(maker.creation.spec) : [];
}

/** A container that runs has its ports. */
function portsOfStopped({ containers }: ObservedEngine, id: ContainerId): readonly HostPort[] {
  const container = containers.find((it) => it.id === id);
  const isRunning = container?.state === 'running' || container?.state === 'paused';
  return container?.spec === undefined || isRunning ? [] : hostPorts(container.spec);
}

/** Each of those that want the same range needs one port of it that is free. */
function refuseUnlessFree(wanted: readonly Wanted[], held: readonly Held[], builder: PlanBuilder): void {
  const [first] = wanted;
  if (first === undefined) return;
  const { port, operation } = first;
  const { from, to } = port.published;
  const inTheWay = held.filter((it) => isHeldBy(port, it));
  const free = to - from + 1 - new Set(inTheWay.map(({ published }) => published)).size;
  if (free >= wanted.length) return;
  const holders = [...new Set(inTheWay.map(({ container }) => container))].toSorted();
  const [are, which] = holders.length === 1 ? ['container', 'is'] : ['containers', 'are'];
  builder.refuse({
    kind: 'impossible',
    code: 'port-held',
    address: operation.address,
    message: `port ${describePort(port)} is held by ${are} ${holders.join(', ')}, which ${which} not part of this stack`,
    hint: 'stop what holds it, or publish another port',
  });
}
