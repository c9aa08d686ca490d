import { randomBytes } from 'node:crypto';
import { type ContainerEvent, type Engine, EngineError, type ObserveQuery } from '../../src/engine/engine.ts';
import type { ContainerSpec } from '../../src/model/container.ts';
import type { DesiredNetwork, Project } from '../../src/model/desired.ts';
import type { ContainerId, NetworkId } from '../../src/model/id.ts';
import type { ContainerState, ObservedContainer, ObservedEngine } from '../../src/model/observed.ts';
import type { ContainerCreation, ResolvedAttachment } from '../../src/model/plan.ts';
import { resolve } from '../engine/support/creation.ts';
import { attachment, network, spec, volume } from '../support/builders.ts';

/** What every engine of the suite holds: all of busybox. */
export const image = 'stack-test/busybox:1';

/** What a program does is its command, so that an engine in memory can do the same. */
export const programs = {
  runs: ['sleep', '600'],
  fails: ['sh', '-c', 'exit 3'],
  missing: ['/no/such/program'],
  speaks: ['sh', '-c', 'echo one; echo two; exec sleep 600'],
} as const;

/** Commands that are run beside a program. */
export const commands = {
  succeeds: ['true'],
  fails: ['sh', '-c', 'echo one; echo two; exit 3'],
} as const;

/** A stack of its own on one engine, for one test. */
export interface Fixture {
  readonly engine: Engine;
  readonly project: Project;
  readonly create: (overrides?: Partial<ContainerCreation>) => Promise<ContainerId>;
  /** Creates a container whose program runs, or does what `command` says, and starts it. */
  readonly run: (overrides?: Partial<ContainerSpec>, more?: Partial<ContainerCreation>) => Promise<ContainerId>;
  readonly createNetwork: (key: string, overrides?: Partial<DesiredNetwork['spec']>) => Promise<NetworkId>;
  readonly createVolume: (key: string) => Promise<string>;
  readonly inspect: (id: ContainerId) => Promise<ObservedContainer>;
  readonly observe: (query?: Partial<ObserveQuery>) => Promise<ObservedEngine>;
  /** Waits until a container is in this state. */
  readonly until: (id: ContainerId, isThere: (container: ObservedContainer) => boolean) => Promise<ObservedContainer>;
  readonly name: (rest: string) => string;
  /** Removes all that the test made. */
  readonly clear: () => Promise<void>;
}

/** A generous deadline: engines of tests share a small machine. */
export const soon = (): AbortSignal => AbortSignal.timeout(30_000);

/** Opens a stack of a name that nobody else has. */
export function openFixture(engine: Engine): Fixture {
  const project: Project = {
    name: `contract-${randomBytes(4).toString('hex')}`,
    workingDir: '/srv',
    configFiles: ['/srv/stack.yaml'],
    environmentFiles: [],
  };
  const name = (rest: string): string => `${project.name}-${rest}`;
  const create: Fixture['create'] = (overrides) =>
    engine.createContainer(creation(project, overrides), resolve, soon());
  const inspect: Fixture['inspect'] = (id) => engine.inspectContainer(id, soon());
  const observe: Fixture['observe'] = (query) =>
    engine.observe(
      { stack: project.name, networks: [], volumes: [], images: [], containerNames: [], ...query },
      soon(),
    );
  return {
    engine,
    project,
    name,
    create,
    inspect,
    observe,
    run: async (overrides, more) => {
      const id = await create({ spec: programSpec(overrides), ...more });
      await engine.startContainer(id, soon());
      return id;
    },
    createNetwork: (key, overrides = {}) => {
      const wanted = network(key);
      const named = { ...wanted, name: `${project.name}_${key}`, spec: { ...wanted.spec, ...overrides } };
      return engine.createNetwork(project, named, soon());
    },
    createVolume: async (key) => {
      const named = { ...volume(key), name: `${project.name}_${key}` };
      await engine.createVolume(project, named, soon());
      return named.name;
    },
    until: (id, isThere) => until(() => inspect(id), isThere),
    clear: () => clear(engine, observe),
  };
}

/** A program that runs for long, and ends at once when it is told. */
export function programSpec(overrides: Partial<ContainerSpec> = {}): ContainerSpec {
  return spec({
    image,
    command: programs.runs,
    stopSignal: 'SIGKILL',
    stopGracePeriodMs: 0,
    network: { kind: 'engine', mode: 'none' },
    ...overrides,
  });
}

function creation(project: Project, overrides: Partial<ContainerCreation> = {}): ContainerCreation {
  return {
    name: `${project.name}-web-1`,
    project,
    service: 'web',
    slot: 1,
    isOneOff: false,
    spec: programSpec(),
    dependsOn: [],
    imageId: undefined,
    network: { kind: 'engine', mode: 'none' },
    volumeNames: [],
    inheritedVolumes: [],
    containers: [],
    ...overrides,
  };
}

/** Attachments of a container to networks of the fixture. */
export function attach(fixture: Fixture, networks: Readonly<Record<string, NetworkId>>): ContainerCreation['network'] {
  const attachments = Object.entries(networks).map(
    ([key, id]): ResolvedAttachment => ({
      network: { from: 'observed', id },
      name: `${fixture.project.name}_${key}`,
      attachment: attachment(key),
      aliases: ['web'],
    }),
  );
  return { kind: 'networks', attachments };
}

/** The code that a call is refused with. */
export async function codeOf(refused: Promise<unknown>): Promise<string> {
  return refused.then(
    () => 'success',
    (cause: unknown) => {
      if (cause instanceof EngineError) return cause.code;
      throw cause;
    },
  );
}

export const isIn =
  (...states: readonly ContainerState[]) =>
  ({ state }: ObservedContainer): boolean =>
    states.includes(state);

/** Events until one says this. */
export async function eventsUntil(events: AsyncIterable<ContainerEvent>, last: string): Promise<readonly string[]> {
  const actions: string[] = [];
  for await (const { action } of events) {
    actions.push(action);
    if (action === last) break;
  }
  return actions;
}

async function until<T>(look: () => Promise<T>, isThere: (found: T) => boolean): Promise<T> {
  const deadline = soon();
  for (;;) {
    const found = await look();
    if (isThere(found)) return found;
    deadline.throwIfAborted();
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

async function clear(engine: Engine, observe: Fixture['observe']): Promise<void> {
  const { containers, networks, volumes } = await observe();
  for (const { id, state } of containers) {
    if (state === 'paused') await engine.unpauseContainer(id, soon());
    await engine.stopContainer(id, 0, soon());
    await engine.removeContainer(id, true, soon());
  }
  for (const { id } of networks) await engine.removeNetwork(id, soon());
  for (const { name } of volumes) await engine.removeVolume(name, soon());
}
