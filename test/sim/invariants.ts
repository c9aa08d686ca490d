import type { ContainerEvent } from '../../src/engine/engine.ts';
import { balancedBy } from '../../src/model/balancing.ts';
import type { Hook } from '../../src/model/container.ts';
import type { DesiredService } from '../../src/model/desired.ts';
import type { ContainerId } from '../../src/model/id.ts';
import { stack } from '../support/builders.ts';
import { isRunning, type MemoryContainer, type MemoryWorld } from '../support/memory-world.ts';
import type { Scenario } from './scenario.ts';

interface Watched {
  readonly scenario: Scenario;
  readonly worlds: readonly MemoryWorld[];
  /** The power of an engine fails: what runs there ends without us. */
  readonly isOutage: boolean;
  /** An update may fail although its version works: the container that failed is stopped as it is. */
  readonly isRefused: boolean;
  /** One of several engines is not reached for a while: what it holds of a slot may be there twice. */
  readonly isCut: boolean;
}

/**
 * Rules for every moment: nobody's service is down who can help it, no slot holds a crowd, hooks run before a stop,
 * and nothing is changed by a run that does not have the lock.
 */
export function watch(watched: Watched, violations: Set<string>): () => void {
  const ends = watched.worlds.map((world) => {
    const listener = (owner: string, event: ContainerEvent): void => {
      if (owner === stack) for (const it of wrongAt(watched, world, event)) violations.add(it);
    };
    const witness = (call: string, client: string): void => {
      if (!isAllowed(world, call, client)) violations.add(`${client} did ${call} without the lock`);
    };
    world.listeners.add(listener);
    world.witnesses.add(witness);
    return () => world.listeners.delete(listener) && world.witnesses.delete(witness);
  });
  return () => ends.forEach((end) => end());
}

const isAllowed = ({ locks }: MemoryWorld, call: string, client: string): boolean =>
  /^(create-lock|release-lock|probe-container)/.test(call) ||
  [...locks.values()].some(({ owner }) => owner.run === client);

function wrongAt(
  { scenario: { alwaysUp = [], crowd = 2, bad }, worlds, isOutage, isRefused, isCut }: Watched,
  world: MemoryWorld,
  { container: id, action }: ContainerEvent,
): readonly string[] {
  const wrong: string[] = [];
  const isOrderly = bad === undefined && !isOutage && !isRefused;
  const ended = action === 'die' && isOrderly ? world.containers.get(id) : undefined;
  const missed = ended && lastRunOf(ended, ended.run - 1, ended.creation.spec.preStop ?? []);
  if (missed !== undefined) wrong.push(`${ended?.name ?? ''} was stopped without ${missed}`);
  const all = worlds.flatMap(containersOf);
  for (const it of all)
    if (action === 'die' && isOrderly && sendsTo(it, id)) wrong.push(`${it.name} sends to what was stopped`);
  for (const name of isOutage ? [] : alwaysUp) {
    if (!all.some((it) => it.creation.service === name && isRunning(it))) wrong.push(`${name} was down`);
  }
  for (const [slot, containers] of Map.groupBy(all, ({ creation }) => `${creation.service}/${creation.slot}`)) {
    if (containers.length > crowd + (isRefused || isOutage ? 1 : 0) + (isCut ? 2 : 0))
      wrong.push(`${slot} held ${containers.length} containers`);
  }
  return wrong;
}

/** Whether a balancer loses requests: it sends them to a container, and has others. */
const sendsTo = ({ state, balancing }: MemoryContainer, id: ContainerId): boolean =>
  state === 'running' && balancing !== undefined && balancing.servers.length > 1 && balancing.servers.includes(id);

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

/** The stack's containers on one engine. */
const containersOf = ({ containers }: MemoryWorld): readonly MemoryContainer[] =>
  [...containers.values()].filter(({ creation }) => creation.project.name === stack);

/** The names of volumes that must not go. */
export const dataOf = ({ volumes }: MemoryWorld): readonly string[] => [...volumes.keys()];

export interface End {
  readonly scenario: Scenario;
  readonly worlds: readonly MemoryWorld[];
  /** Volumes that were there before, by engine. */
  readonly data: readonly (readonly string[])[];
}

/** Rules for the end: one container a slot with its canonical name and the right version, whole, and no data lost. */
export function checkEnd({ scenario, worlds, data }: End, violations: Set<string>): void {
  const isDown = scenario.request.kind === 'down';
  const services = isDown ? [] : wantedIn(scenario);
  const all = worlds.flatMap(containersOf);
  const balancers = isDown ? [] : all.filter(isBalancer);
  for (const it of flawsOfBalancers(scenario, balancers, all)) violations.add(it);
  const present = all
    .filter((it) => !balancers.includes(it))
    .map(({ name }) => name)
    .toSorted();
  const wanted = services.flatMap((service) =>
    Array.from({ length: scenario.replicas?.[service.name] ?? service.replicas }, (_, index) =>
      nameOf(service, index + 1),
    ),
  );
  if (present.join() !== wanted.toSorted().join()) violations.add(`containers in the end: ${present.join(', ')}`);
  for (const [index, world] of worlds.entries()) {
    for (const container of containersOf(world).filter((it) => !balancers.includes(it)))
      for (const it of flawsOf({ scenario, services, world }, container))
        violations.add(`${container.name} ${it} in the end`);
    const networks = [...world.networks.values()]
      .map(({ name }) => name)
      .filter((name) => name.startsWith(`${stack}_`));
    if (new Set(networks).size !== networks.length) violations.add(`two networks of one name: ${networks.join(', ')}`);
    if (isDown && networks.length > 0) violations.add(`networks in the end: ${networks.join(', ')}`);
    const lost = data[index]?.filter((name) => !world.volumes.has(name)) ?? [];
    const mayLose = scenario.losesData === true ? `${stack}_` : '-';
    for (const name of lost) if (!name.startsWith(mayLose)) violations.add(`volume ${name} is lost`);
  }
}

const nameOf = ({ name, containerName }: DesiredService, slot: number): string =>
  containerName ?? `${stack}-${name}-${slot}`;

/** What the file says in the end; of services whose update is bad, what it said before. */
function wantedIn({ end, after, before, bad = [] }: Scenario): readonly DesiredService[] {
  const old = new Map(before?.services.map((service) => [service.name, service]));
  return (end ?? after).services.map((service) =>
    end === undefined && bad.includes(service.name) ? (old.get(service.name) ?? service) : service,
  );
}

const isBalancer = ({ creation }: MemoryContainer): boolean => balancedBy(creation.spec) !== undefined;

/** Every service that wants one has a balancer, which runs and sends to what runs, and to nothing else. */
function flawsOfBalancers(
  { balanced = [] }: Scenario,
  balancers: readonly MemoryContainer[],
  all: readonly MemoryContainer[],
): readonly string[] {
  const names = balancers.map(({ name }) => name).toSorted();
  const wanted = balanced.map((service) => `${stack}-${service}.balancer-1`);
  const flaws = names.join() === wanted.join() ? [] : [`balancers in the end: ${names.join(', ')}`];
  for (const { name, creation, balancing, state } of balancers) {
    const served = all.filter((it) => it.creation.service === balancedBy(creation.spec) && isRunning(it));
    const ids = served.map(({ id }) => id).toSorted();
    if (state !== 'running') flaws.push(`${name} is ${state} in the end`);
    if (balancing?.servers.toSorted().join() !== ids.join())
      flaws.push(`${name} does not send to what runs in the end`);
  }
  return flaws;
}

interface Ending {
  readonly scenario: Scenario;
  readonly services: readonly DesiredService[];
  readonly world: MemoryWorld;
}

function flawsOf({ scenario, services, world }: Ending, container: MemoryContainer): readonly string[] {
  const { creation, name } = container;
  const flaws: string[] = [];
  const [is, wanted] = [creation.spec, services.find((it) => it.name === creation.service)?.container];
  const versionOf = (spec = wanted): string => new Map(spec?.environment).get('VERSION') ?? '';
  const isJob = new Map(is.environment).get('BEHAVIOUR') === 'job';
  if (!isJob && isRunning(container) === (scenario.state === 'exited')) flaws.push(`is ${container.state}`);
  const version = scenario.versions?.[name] ?? versionOf();
  if (versionOf(is) !== version) flaws.push(`has version ${versionOf(is)} and not ${version}`);
  const isComplete = isRunning(container) && scenario.forgetsHooks !== true;
  const missed = isComplete ? lastRunOf(container, container.run, is.postStart ?? []) : undefined;
  if (missed !== undefined) flaws.push(`runs without ${missed}`);
  if (container.networks.some(({ id }) => !world.networks.has(id))) flaws.push('is on a network that is gone');
  for (const { target, digest } of is.files)
    if (container.files.get(target) !== `content ${digest}`) flaws.push(`lacks ${target}`);
  const digests = (spec = wanted): string => spec?.files.map(({ digest }) => digest).join() ?? '';
  if (digests(is) !== digests()) flaws.push('has files of another version');
  const expected = is.network.kind === 'networks' ? is.network.attachments.length : 0;
  if (container.networks.length !== expected)
    flaws.push(`is on ${container.networks.map((network) => network.name).join(', ')}`);
  return flaws;
}
