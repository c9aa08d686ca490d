import type { ContainerEvent } from '../../src/engine/engine.ts';
import type { Hook } from '../../src/model/container.ts';
import type { Desired } from '../../src/model/desired.ts';
import type { Event } from '../../src/model/event.ts';
import type { Outcome } from '../../src/reconcile/run.ts';
import { virtualClock } from '../support/clock.ts';
import type { Connection, Fault } from '../support/memory-client.ts';
import { type MemoryEngine, memoryEngine } from '../support/memory-engine.ts';
import { isRunning, type MemoryContainer, type MemoryWorld } from '../support/memory-world.ts';
import { run } from '../support/run.ts';
import { behave, type Scenario } from './scenarios.ts';

/** What one simulated run left behind, and every rule that it broke on the way. */
export interface Simulated {
  readonly violations: readonly string[];
  /** Mutating calls of the run that was to die. */
  readonly calls: readonly string[];
}

/**
 * Converges the state before, lets a run die at each of these faults, one run after the other, and then runs once
 * more undisturbed. Checks the rules that hold at every moment, and those that hold in the end.
 */
export async function simulate(scenario: Scenario, deaths: readonly (readonly Fault[])[]): Promise<Simulated> {
  const clock = virtualClock();
  const { apiVersion = '1.45' } = scenario;
  let isBroken = false;
  const memory = memoryEngine({
    clock,
    apiVersion,
    registry: ['nginx:1.27'],
    behave: (spec, slot) =>
      isBroken && new Map(spec.environment).get('VERSION') === scenario.breaks
        ? { refusesToStart: 'no such file or directory' }
        : behave(spec, slot),
  });
  if (scenario.earlier !== undefined) await settle(memory, scenario.earlier);
  if (scenario.before !== undefined) await settle(memory, scenario.before);
  isBroken = scenario.breaks !== undefined;
  const violations = new Set<string>();
  const stopWatching = watch(memory.world, scenario, violations);
  const data = volumesOf(memory.world);
  let calls: readonly string[] = [];
  for (const faults of deaths) {
    const connection = memory.connect(faults);
    await runUntilDeath(scenario, connection, violations);
    calls = connection.calls;
  }
  const last = await finish(scenario, memory, violations);
  stopWatching();
  checkEnd({ scenario, world: memory.world, last, data }, violations);
  return { violations: [...violations], calls };
}

async function settle(memory: MemoryEngine, desired: Desired): Promise<void> {
  const { outcome } = await runUp(memory.connect(), desired);
  if (outcome.kind !== 'converged') throw new Error(`the state before did not converge: ${JSON.stringify(outcome)}`);
}

const upRequest = (desired: Desired): Scenario['request'] => ({
  kind: 'up',
  services: [],
  withDependencies: true,
  scale: new Map(),
  recreate: 'changed',
  recreateDependencies: false,
  renewAnonymousVolumes: false,
  pull: undefined,
  build: 'missing',
  start: true,
  removeOrphans: desired.services.length > 0,
  wait: false,
  stopTimeoutMs: undefined,
});

const runUp = (connection: Connection, desired: Desired): ReturnType<typeof run> =>
  run({ desired, request: upRequest(desired), connections: [connection] });

async function runUntilDeath(scenario: Scenario, connection: Connection, violations: Set<string>): Promise<void> {
  const living = run({ desired: scenario.after, request: scenario.request, connections: [connection] });
  const ended = await Promise.race([living, connection.crashed]);
  if (ended === undefined) return;
  const isBad = scenario.bad.length > 0;
  if (isBad !== (ended.outcome.kind === 'failed'))
    violations.add(`the first run ended as ${describe(ended.outcome, ended.events)}`);
}

/** One more run as the person would make it, and one that must find nothing to do. */
async function finish(scenario: Scenario, memory: MemoryEngine, violations: Set<string>): Promise<Outcome> {
  const again = memory.connect();
  const request = scenario.request.kind === 'up' ? upRequest(scenario.after) : scenario.request;
  const { outcome, events } = await run({ desired: scenario.after, request, connections: [again] });
  const expected = scenario.bad.length > 0 ? 'failed' : 'converged';
  if (outcome.kind !== expected) violations.add(`one more run ended as ${describe(outcome, events)}`);
  if (scenario.bad.length > 0) return outcome;
  const third = memory.connect();
  await run({ desired: scenario.after, request, connections: [third] });
  if (third.calls.length > 0) violations.add(`a third run still did: ${third.calls.join(', ')}`);
  return outcome;
}

function describe(outcome: Outcome, events: readonly Event[]): string {
  const failed = events.flatMap((event) =>
    event.type === 'step-failed'
      ? `${event.step.operation.kind} ${event.step.operation.address}: ${event.message}`
      : [],
  );
  return `${outcome.kind} (${failed.join('; ')})`;
}

/** Rules for every moment: nobody's service is down who can help it, and no slot holds a crowd. */
function watch(world: MemoryWorld, { alwaysUp, crowd = 2, bad }: Scenario, violations: Set<string>): () => void {
  const listener = (_stack: string, { container: id, action }: ContainerEvent): void => {
    const ended = action === 'die' && bad.length === 0 ? world.containers.get(id) : undefined;
    const missed = ended && lastRunOf(ended, ended.run - 1, ended.creation.spec.preStop ?? []);
    if (missed !== undefined) violations.add(`${ended?.name ?? ''} was stopped without ${missed}`);
    for (const name of alwaysUp) {
      const isUp = containersOf(world).some((it) => it.creation.service === name && isRunning(it));
      if (!isUp) violations.add(`${name} was down`);
    }
    const slots = Map.groupBy(containersOf(world), ({ creation }) => `${creation.service}/${creation.slot}`);
    for (const [slot, containers] of slots) {
      if (containers.length > crowd) violations.add(`${slot} held ${containers.length} containers`);
    }
  };
  world.listeners.add(listener);
  return () => world.listeners.delete(listener);
}

/**
 * The hooks that a run of the program lacks, if it lacks them: the last commands beside it are not these. One whose
 * outcome was unknown may have run twice.
 */
function lastRunOf({ commands }: MemoryContainer, run: number, hooks: readonly Hook[]): string | undefined {
  const wanted = hooks.map(({ command }) => command.join(' ')).join();
  const all = commands.filter((it) => it.run === run).map(({ command }) => command);
  const done = all.filter((command, index) => command !== all[index - 1]);
  return hooks.length === 0 || done.slice(-hooks.length).join() === wanted ? undefined : `${wanted} (${done.join()})`;
}

const containersOf = (world: MemoryWorld): readonly MemoryContainer[] => [...world.containers.values()];
const volumesOf = (world: MemoryWorld): readonly string[] => [...world.volumes.keys()];

interface End {
  readonly scenario: Scenario;
  readonly world: MemoryWorld;
  readonly last: Outcome;
  readonly data: readonly string[];
}

function checkEnd({ scenario, world, data }: End, violations: Set<string>): void {
  for (const name of data) if (!world.volumes.has(name)) violations.add(`volume ${name} is lost`);
  const present = containersOf(world)
    .map(({ name }) => name)
    .toSorted();
  const isDown = scenario.request.kind === 'down';
  const services = isDown ? [] : (scenario.end ?? scenario.after).services;
  const wanted = services.flatMap(({ name, replicas }) =>
    Array.from({ length: replicas }, (_, index) => `app-${name}-${index + 1}`),
  );
  if (present.join() !== wanted.toSorted().join()) violations.add(`containers in the end: ${present.join(', ')}`);
  for (const container of containersOf(world)) {
    const version = new Map(container.creation.spec.environment);
    const isBad = scenario.bad.includes(container.creation.service);
    const isJob = version.get('BEHAVIOUR') === 'job';
    if (!isJob && !isRunning(container)) violations.add(`${container.name} is ${container.state} in the end`);
    const wantedVersion = services.find(({ name }) => name === container.creation.service)?.container.environment;
    const isNew = JSON.stringify(wantedVersion) === JSON.stringify(container.creation.spec.environment);
    if (isNew === isBad) violations.add(`${container.name} has version ${version.get('VERSION') ?? ''} in the end`);
    const missed = lastRunOf(container, container.run, container.creation.spec.postStart ?? []);
    if (missed !== undefined) violations.add(`${container.name} runs without ${missed}`);
    for (const { id } of container.networks)
      if (!world.networks.has(id)) violations.add(`${container.name} is on a network that is gone`);
    for (const { target, digest } of container.creation.spec.files) {
      if (container.files.get(target) !== `secret ${digest}`) violations.add(`${container.name} lacks ${target}`);
    }
    const names = container.networks.map(({ name }) => name);
    const attached = container.creation.spec.network;
    const expected = attached.kind === 'networks' ? attached.attachments.length : 0;
    if (names.length !== expected) violations.add(`${container.name} is on ${names.join(', ')}`);
  }
  const networks = [...world.networks.values()].map(({ name }) => name);
  if (new Set(networks).size !== networks.length) violations.add(`two networks of one name: ${networks.join(', ')}`);
  if (isDown && networks.length > 0) violations.add(`networks in the end: ${networks.join(', ')}`);
}
