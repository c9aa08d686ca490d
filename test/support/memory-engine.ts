import {
  type ContainerEvent,
  type Engine,
  type LogLine,
  type ObserveQuery,
  type StackSummary,
} from '../../src/engine/engine.ts';
import type { ContainerSpec } from '../../src/model/container.ts';
import type { DesiredNetwork, DesiredVolume, Project } from '../../src/model/desired.ts';
import { type ContainerId, engineName, type NetworkId } from '../../src/model/id.ts';
import type { EngineMember } from '../../src/model/inventory.ts';
import type {
  EngineInfo,
  ForeignUse,
  ObservedEngine,
  ObservedImage,
  ObservedNetwork,
  ObservedVolume,
} from '../../src/model/observed.ts';
import { realClock, type TestClock } from './clock.ts';
import { ask, type Client, type Connection, change, type Fault, type Line, openClient } from './memory-client.ts';
import {
  balance,
  connectNetwork,
  createContainer,
  endpointsOf,
  inspect,
  isOld,
  removeContainer,
  renameContainer,
  timestamp,
  usersOf,
  writeFiles,
} from './memory-containers.ts';
import { exportImage, receivedImage } from './memory-images.ts';
import { beatLock, createLock, readLock, releaseLock } from './memory-locks.ts';
import { killProcess, runCommand, startProcess, stopProcess } from './memory-process.ts';
import {
  createOverlay,
  joinSwarm,
  type MemorySwarm,
  membershipOf,
  removeOverlay,
  visibleNetworks,
} from './memory-swarm.ts';
import {
  type Behaviour,
  createWorld,
  isRunning,
  type MemoryImage,
  type MemoryNetwork,
  type MemoryWorld,
  memoryImage,
  need,
  newContainerId,
  newNetworkId,
  publish,
  publishMark,
  refusal,
  write,
} from './memory-world.ts';

export interface MemoryEngineOptions {
  readonly name?: string;
  /** Default: real time. */
  readonly clock?: TestClock;
  /** Default: 1.45. Below 1.44 the engine has the older rules for networks. */
  readonly apiVersion?: string;
  readonly images?: readonly string[];
  readonly registry?: readonly string[];
  readonly behave?: (spec: ContainerSpec, slot: number) => Behaviour;
  /** The swarm that it is in. Default: none. */
  readonly swarm?: MemorySwarm;
  /** No manager of the swarm. Default: a manager. */
  readonly isWorker?: boolean;
  /** What the inventory says of it. Default: it is in none. */
  readonly member?: EngineMember;
}

/** An engine in memory that outlives its clients. */
export interface MemoryEngine {
  readonly world: MemoryWorld;
  readonly connect: (faults?: readonly Fault[]) => Connection;
  /** Connects a client that other engines know too. */
  readonly connectAs: (client: Client) => Connection;
}

/** An engine with the rules of a real one: what the simulation runs against, and held to real engines by one suite. */
export function memoryEngine(options: MemoryEngineOptions = {}): MemoryEngine {
  const world = createWorld({
    name: engineName(options.name ?? 'alpha'),
    clock: options.clock ?? realClock(),
    apiVersion: options.apiVersion ?? '1.45',
    images: options.images ?? [],
    registry: options.registry ?? [],
    behave: options.behave ?? (() => ({})),
  });
  world.member = options.member;
  if (options.swarm !== undefined) joinSwarm(world, options.swarm, options.isWorker !== true);
  const connectAs = (client: Client): Connection => {
    const { calls, crashed, clock } = client;
    return { engine: port({ world, client }), calls, crashed, clock };
  };
  return { world, connectAs, connect: (faults) => connectAs(openClient(world.clock, faults)) };
}

/** Just the engine, for suites that also run against real ones. */
export const connectMemoryEngine = (options: MemoryEngineOptions = {}): Engine =>
  memoryEngine(options).connect().engine;

function port(line: Line): Engine {
  const { world } = line;
  return {
    name: world.name,
    ...(world.member !== undefined && { member: world.member }),
    info: (signal) => ask(line, signal, () => infoOf(world)),
    ping: (signal) => ask(line, signal, () => undefined),
    observe: (query, signal) => ask(line, signal, () => observe(world, query)),
    inspectContainer: (id, signal) => ask(line, signal, () => inspect(world, need(world, id))),
    listStacks: (signal) => ask(line, signal, () => listStacks(world)),
    createNetwork: (project, network, signal) =>
      change(line, `create-network ${network.name}`, signal, () => createNetwork(world, project, network)),
    removeNetwork: (id, signal) => change(line, 'remove-network', signal, () => removeNetwork(world, id)),
    createVolume: (project, volume, signal) =>
      change(line, `create-volume ${volume.name}`, signal, () => createVolume(world, project, volume)),
    removeVolume: (name, signal) => change(line, `remove-volume ${name}`, signal, () => removeVolume(world, name)),
    createContainer: (creation, resolve, signal) =>
      change(line, `create-container ${creation.name}`, signal, () => createContainer(world, creation, resolve)),
    connectNetwork: (connection, signal) =>
      change(line, 'connect-network', signal, () => connectNetwork(world, connection)),
    balance: (id, balancing, signal) => change(line, 'balance', signal, () => balance(world, id, balancing)),
    writeFiles: (id, files, signal) => change(line, 'write-files', signal, () => writeFiles(world, id, files)),
    probeContainer: (id, signal) =>
      change(line, `probe-container ${nameOf(world, id)}`, signal, () => {
        if (!world.locks.has(id)) need(world, id);
        write(world);
      }),
    startContainer: (id, signal) =>
      change(line, `start-container ${nameOf(world, id)}`, signal, () => startProcess(world, need(world, id))),
    stopContainer: (id, _graceMs, signal) =>
      change(line, `stop-container ${nameOf(world, id)}`, signal, () => stopProcess(world, need(world, id))),
    killContainer: (id, signal) =>
      change(line, `kill-container ${nameOf(world, id)}`, signal, () => killProcess(world, need(world, id))),
    restartContainer: (id, _graceMs, signal) =>
      change(line, `restart-container ${nameOf(world, id)}`, signal, () => {
        stopProcess(world, need(world, id));
        startProcess(world, need(world, id));
      }),
    runHook: (id, hook, { report, signal }) =>
      change(line, `run-hook ${nameOf(world, id)} ${hook.command.join(' ')}`, signal, () => {
        const { exitCode, output } = runCommand(world, need(world, id), hook);
        for (const text of output) report({ kind: 'text', text });
        return exitCode;
      }),
    unpauseContainer: (id, signal) =>
      change(line, `unpause-container ${nameOf(world, id)}`, signal, () => unpause(world, id)),
    renameContainer: (id, name, signal) =>
      change(line, `rename-container ${nameOf(world, id)} ${name}`, signal, () => renameContainer(world, id, name)),
    removeContainer: (id, removeAnonymousVolumes, signal) =>
      change(line, `remove-container ${nameOf(world, id)}`, signal, () =>
        removeContainer(world, id, removeAnonymousVolumes),
      ),
    pullImage: (image, _platform, { report, signal }) =>
      change(line, `pull-image ${image}`, signal, () => {
        report({ kind: 'bytes', done: 1, total: 1 });
        pull(world, image);
      }),
    buildImage: (image, build, { signal }) =>
      change(line, `build-image ${image}`, signal, () => {
        write(world);
        world.images.set(image, memoryImage(JSON.stringify(build)));
      }),
    exportImage: (image, known, signal) => ask(line, signal, () => exportImage(world, image, known)),
    receiveImage: async (image, source, { report, signal }) => {
      const known = new Set([...world.images.values()].map(({ id }) => id));
      const archive = await source.exportImage(image, known, signal);
      const chunks: Uint8Array[] = [];
      for await (const chunk of archive.chunks) chunks.push(chunk);
      await change(line, `receive-image ${image}`, signal, () => {
        report({ kind: 'bytes', done: archive.sizeBytes(), total: archive.sizeBytes() });
        write(world);
        world.images.set(image, receivedImage(world, Buffer.concat(chunks).toString()));
      });
    },
    removeImage: (id, signal) => change(line, 'remove-image', signal, () => removeImage(world, id)),
    resolveDigest: (image, signal) => ask(line, signal, () => inRegistry(world, image).id),
    createLock: (stack, owner, signal) =>
      change(line, `create-lock ${stack}`, signal, () => createLock(world, stack, owner)),
    readLock: (stack, signal) => ask(line, signal, () => readLock(world, stack)),
    // No change to the stack, so that a beat between two calls does not shift a fault.
    beatLock: (id, beats, signal) => ask(line, signal, () => beatLock(world, id, beats)),
    releaseLock: (id, signal) => change(line, 'release-lock', signal, () => releaseLock(world, id)),
    setAvailability: (availability, signal) =>
      change(line, `set-availability ${availability}`, signal, () => {
        world.availability = availability;
        publishMark(world, { kind: 'availability' }, { id: newContainerId(world), stack: '', action: 'create' });
      }),
    logs: (id, { tail }, signal) => logs(line, id, { tail, signal }),
    events: (stack, signal) => events(line, stack, signal),
    close: () => undefined,
  };
}

const nameOf = (world: MemoryWorld, id: ContainerId): string => world.containers.get(id)?.name ?? '(gone)';

const infoOf = (world: MemoryWorld): EngineInfo => ({
  version: isOld(world) ? '20.10.24' : '26.1.5',
  apiVersion: world.apiVersion,
  os: 'linux',
  arch: 'amd64',
  cpus: 2,
  memoryBytes: 4e9,
  labels: [],
  hostname: world.name,
  isLocal: true,
  engineId: `id-${world.name}`,
  ...swarmOf(world),
  createsWithManyNetworks: !isOld(world),
});

function swarmOf(world: MemoryWorld): Pick<EngineInfo, 'swarm'> {
  const swarm = membershipOf(world);
  return swarm === undefined ? {} : { swarm };
}

function observe(world: MemoryWorld, query: ObserveQuery): ObservedEngine {
  const { stack } = query;
  const all = [...world.containers.values()];
  const asked = new Set(query.images);
  return {
    name: world.name,
    info: infoOf(world),
    containers: all.filter(({ creation }) => creation.project.name === stack).map((it) => inspect(world, it)),
    networks: visibleNetworks(world)
      .filter((it) => (it.stack === stack && it.key !== undefined) || query.networks.includes(it.name))
      .map((it) => observeNetwork(world, it, stack)),
    volumes: [...world.volumes.values()]
      .filter((it) => (it.stack === stack && it.key !== undefined) || query.volumes.includes(it.name))
      .map(
        ({ name, stack: owner, key, driver, spec }): ObservedVolume => ({
          name,
          key: owner === stack ? key : undefined,
          driver,
          spec,
        }),
      ),
    images: new Map(
      [...world.images].filter(([name]) => asked.has(name)).map(([name, it]) => [name, observeImage(it)]),
    ),
    foreignContainerNames: [...all.filter(({ creation }) => creation.project.name !== stack), ...world.locks.values()]
      .map(({ name }) => name)
      .filter((name) => query.containerNames.includes(name)),
    ...(query.wantsOthers === true ? { others: othersOf(world, stack) } : {}),
    ...(query.wantsOthers === true && world.availability !== 'active' ? { availability: world.availability } : {}),
  };
}

/** What running containers of other stacks hold. */
function othersOf(world: MemoryWorld, stack: string): ForeignUse {
  const others = [...world.containers.values()].filter(
    (it) => (isRunning(it) || it.state === 'restarting') && it.creation.project.name !== stack,
  );
  return {
    containers: others.length,
    cpuNanos: 0,
    memoryBytes: 0,
    ports: others.flatMap(({ name, ports }) => ports.map((it) => ({ ...it, container: name }))),
  };
}

const observeNetwork = (
  world: MemoryWorld,
  { id, name, stack: owner, key, driver, createdAtMs, spec, isSwarmScoped }: MemoryNetwork,
  stack: string,
): ObservedNetwork => ({
  id,
  name,
  key: owner === stack ? key : undefined,
  driver,
  createdAt: timestamp(createdAtMs),
  spec,
  ...(isSwarmScoped === true && { isSwarmScoped }),
  endpoints: endpointsOf(world, id),
});

const observeImage = ({ id, volumes, hasHealthcheck }: MemoryImage): ObservedImage => ({
  id,
  digests: [],
  sizeBytes: 1000,
  volumes,
  hasHealthcheck,
});

function listStacks(world: MemoryWorld): readonly StackSummary[] {
  const stacks = new Map<string, StackSummary & { readonly states: Map<string, number> }>();
  for (const { creation, state } of world.containers.values()) {
    if (creation.isOneOff) continue;
    const { name, configFiles } = creation.project;
    const summary = stacks.get(name) ?? { name, states: new Map(), configFiles };
    stacks.set(name, summary);
    summary.states.set(state, (summary.states.get(state) ?? 0) + 1);
  }
  return [...stacks.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function createNetwork(world: MemoryWorld, project: Project, { name, key, spec }: DesiredNetwork): NetworkId {
  const made = { name, stack: project.name, key, spec, createdAtMs: world.clock.now() };
  if (spec.driver === 'overlay') return createOverlay(world, { ...made, driver: 'overlay' });
  const others = [...world.networks.values()];
  if (!isOld(world) && others.some((it) => it.name === name)) {
    throw refusal(world, 'conflict', `network with name ${name} already exists`);
  }
  const subnets = spec.ipam.config.flatMap(({ subnet }) => subnet ?? []);
  const overlapping = others.find((it) =>
    it.spec?.ipam.config.some(({ subnet }) => subnet !== undefined && subnets.includes(subnet)),
  );
  if (overlapping !== undefined) throw refusal(world, 'rejected', 'Pool overlaps with other one on this address space');
  write(world);
  const id = newNetworkId(world);
  world.networks.set(id, { ...made, id, driver: spec.driver ?? 'bridge' });
  return id;
}

function removeNetwork(world: MemoryWorld, id: NetworkId): void {
  const shared = world.swarm?.networks.get(id);
  if (world.swarm !== undefined && shared !== undefined) return removeOverlay(world, world.swarm, shared);
  const network = world.networks.get(id);
  if (network === undefined) return;
  if (endpointsOf(world, id).length > 0)
    throw refusal(world, 'conflict', `error while removing network: network ${network.name} has active endpoints`);
  world.networks.delete(id);
}

/** Creates, or finds what has the name whatever it is like. */
function createVolume(world: MemoryWorld, project: Project, { name, key, spec }: DesiredVolume): void {
  if (world.volumes.has(name)) return;
  write(world);
  world.volumes.set(name, { name, stack: project.name, key, driver: spec.driver ?? 'local', spec, isAnonymous: false });
}

function removeVolume(world: MemoryWorld, name: string): void {
  if (usersOf(world, name).length > 0) throw refusal(world, 'conflict', `remove ${name}: volume is in use`);
  world.volumes.delete(name);
}

function unpause(world: MemoryWorld, id: ContainerId): void {
  const container = need(world, id);
  if (container.state !== 'paused') throw refusal(world, 'rejected', `Container ${id} is not paused`);
  container.state = 'running';
  publish(world, container, 'unpause');
}

function pull(world: MemoryWorld, reference: string): void {
  const found = inRegistry(world, reference);
  write(world);
  world.images.set(reference, found);
}

function inRegistry(world: MemoryWorld, reference: string): MemoryImage {
  const found = world.registry.get(reference);
  if (found === undefined) throw refusal(world, 'not-found', `manifest for ${reference} not found: manifest unknown`);
  return found;
}

function removeImage(world: MemoryWorld, id: MemoryImage['id']): void {
  if ([...world.containers.values()].some(({ imageId }) => imageId === id)) {
    throw refusal(world, 'conflict', `unable to delete ${id} (cannot be forced) - image is being used by a container`);
  }
  for (const [reference, image] of world.images) if (image.id === id) world.images.delete(reference);
}

async function* logs(
  line: Line,
  id: ContainerId,
  { tail, signal }: { tail: number | undefined; signal: AbortSignal },
): AsyncIterable<LogLine> {
  const { world } = line;
  const { creation, startedAtMs } = await ask(line, signal, () => need(world, id));
  const output = startedAtMs === undefined ? [] : (world.behave(creation.spec, creation.slot).output ?? []);
  for (const text of tail === undefined ? output : output.slice(Math.max(0, output.length - tail))) {
    yield { stream: 'stdout', timestamp: timestamp(startedAtMs), text };
  }
}

async function* events(line: Line, stack: string, signal: AbortSignal): AsyncIterable<ContainerEvent> {
  const waiting: ContainerEvent[] = [];
  let wake = (): void => undefined;
  const listener = (owner: string, event: ContainerEvent): void => {
    if (owner === stack || event.mark?.kind === 'availability') waiting.push(event);
    wake();
  };
  line.world.listeners.add(listener);
  signal.addEventListener('abort', () => wake());
  try {
    while (!signal.aborted && !line.client.isDead) {
      yield* waiting.splice(0);
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (waiting.length > 0 || signal.aborted) resolve();
      });
    }
  } finally {
    line.world.listeners.delete(listener);
  }
}
