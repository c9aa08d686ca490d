import fc from 'fast-check';
import { expect } from 'vitest';

import type { Desired } from '../../src/model/desired.ts';
import type { Request } from '../../src/model/request.ts';
import { desired, down, port, rollback, service, stack, up, volumeMount } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import { lockOwner } from '../support/locks.ts';
import { type Fault, openClient } from '../support/memory-client.ts';
import { type MemoryEngine, memoryEngine } from '../support/memory-engine.ts';
import { stopProcess } from '../support/memory-process.ts';
import type { MemoryContainer } from '../support/memory-world.ts';
import { run } from '../support/run.ts';
import { openStranger, type Stranger } from '../support/stranger.ts';

/** What one service is: how many replicas of which version. */
interface Wanted {
  readonly version: string;
  readonly replicas: number;
}

/** What a person would say of the stack. */
interface Model {
  /** The stack file. */
  readonly file: Map<string, Wanted>;
  /** What stands; `undefined`: somebody died or meddled, and until the next `up` nobody can say. */
  stands: Map<string, Wanted> | undefined;
  /** What `rollback` brings back, as far as one can say. */
  readonly before: Map<string, string | 'unknown'>;
  /** Volumes that came into being. */
  readonly data: Set<string>;
}

interface Real {
  readonly memory: MemoryEngine;
  readonly stranger: Stranger;
  /** Processes that are gone. */
  readonly dead: Set<string>;
  runs: number;
}

/** One entry of a history. */
export type Command = fc.AsyncCommand<Model, Real, false>;

/** An empty engine and an empty file. */
export function openHistory(): { readonly model: Model; readonly real: Real } {
  const memory = memoryEngine({ clock: virtualClock(), registry: ['nginx:1.27'] });
  return {
    model: { file: new Map(), stands: new Map(), before: new Map(), data: new Set() },
    real: { memory, stranger: openStranger(memory.world), dead: new Set(), runs: 0 },
  };
}

const names = ['db', 'web', 'constructor'] as const;

/** The database has data, the web server a host port, and the third neither. */
function desiredOf(file: ReadonlyMap<string, Wanted>): Desired {
  const services = [...file].map(([name, { version, replicas }]) =>
    service({
      name,
      replicas,
      container: {
        environment: [['VERSION', version]],
        volumes: name === 'db' ? [volumeMount('data')] : [],
        ports: name === 'web' ? [{ ...port(undefined), published: { from: 8080, to: 8089 } }] : [],
      },
    }),
  );
  return desired(services);
}

/** A run by a new process, which may die. What it ended as; `undefined`: it died. */
async function carryOut(
  real: Real,
  wish: Desired,
  request: Request,
  faults: readonly Fault[] = [],
): Promise<string | undefined> {
  const { memory, dead } = real;
  const client = openClient(memory.world.clock, faults, `run ${(real.runs += 1)}`);
  const living = run({
    desired: wish,
    request,
    connections: [memory.connectAs(client)],
    lock: {
      owner: lockOwner({ run: client.name }),
      timeoutMs: 60_000,
      random: () => 0.5,
      isGone: (owner) => dead.has(owner.run),
    },
  });
  const ended = await Promise.race([living, client.crashed]);
  if (ended === undefined) dead.add(client.name);
  return ended?.outcome.kind;
}

/** What may be said at any moment, and of what is known. */
function check(model: Model, { memory: { world }, stranger, dead }: Real): void {
  expect(stranger.isTouched()).toBe(false);
  for (const name of world.volumes.keys()) if (name.startsWith(`${stack}_`)) model.data.add(name);
  expect([...model.data].filter((name) => !world.volumes.has(name))).toEqual([]);
  expect([...world.locks.values()].filter(({ owner }) => !dead.has(owner.run))).toEqual([]);
  if (model.stands === undefined) return;
  const expected = [...model.stands].flatMap(([name, { version, replicas }]) =>
    Array.from({ length: replicas }, (_, index) => `${stack}-${name}-${index + 1} running ${version}`),
  );
  expect(ownOf(memoryOf(world)).map(shown).toSorted()).toEqual(expected.toSorted());
}

const memoryOf = (world: MemoryEngine['world']): readonly MemoryContainer[] => [...world.containers.values()];
const ownOf = (containers: readonly MemoryContainer[]): readonly MemoryContainer[] =>
  containers.filter(({ creation }) => creation.project.name === stack);
const shown = ({ name, state, creation }: MemoryContainer): string =>
  `${name} ${state} ${new Map(creation.spec.environment).get('VERSION') ?? ''}`;

/** The stack is what the file says, with these services at another scale. */
function becomes(model: Model, chosen: readonly string[], scale: ReadonlyMap<string, number>): void {
  const { file, stands, before } = model;
  const next = new Map(stands ?? []);
  for (const name of chosen) {
    const wanted = file.get(name);
    if (wanted === undefined) continue;
    const old = stands?.get(name);
    if (stands === undefined) before.set(name, 'unknown');
    else if (old === undefined || old.replicas === 0) before.delete(name);
    else if (old.version !== wanted.version) before.set(name, old.version);
    next.set(name, { ...wanted, replicas: scale.get(name) ?? wanted.replicas });
  }
  model.stands = next;
}

const forgets = (model: Model): void => {
  model.stands = undefined;
};

const command = (
  text: string,
  act: (model: Model, real: Real) => Promise<void>,
  isMeant = (_: Readonly<Model>): boolean => true,
): Command => ({
  check: isMeant,
  run: async (model, real) => {
    await act(model, real);
    check(model, real);
  },
  toString: () => text,
});

const edit = ([name, version, replicas]: readonly [string, string, number]): Command =>
  command(`edit ${name}: version ${version}, ${replicas} replicas`, async ({ file }) => {
    file.set(name, { version, replicas });
  });

const leaveOut = (name: string): Command =>
  command(
    `edit: leave out ${name}`,
    async ({ file }) => {
      file.delete(name);
    },
    ({ file }) => file.size > 1,
  );

const wholeUp = up({ removeOrphans: true });

const upWhole = (): Command =>
  command(
    'up --remove-orphans',
    async (model, real) => {
      expect(await carryOut(real, desiredOf(model.file), wholeUp)).toBe('converged');
      becomes(model, [...model.file.keys()], new Map());
      for (const name of model.stands?.keys() ?? []) if (!model.file.has(name)) model.stands?.delete(name);
    },
    ({ file }) => file.size > 0,
  );

const upDies = ([call, isAfter]: readonly [number, boolean]): Command =>
  command(
    `up that dies ${isAfter ? 'after' : 'before'} call ${call}`,
    async (model, real) => {
      await carryOut(real, desiredOf(model.file), wholeUp, [{ call, kind: isAfter ? 'crash-after' : 'crash-before' }]);
      forgets(model);
    },
    ({ file }) => file.size > 0,
  );

const scaleTo = ([name, replicas]: readonly [string, number]): Command =>
  command(
    `scale ${name}=${replicas}`,
    async (model, real) => {
      const scale = new Map([[name, replicas]]);
      expect(await carryOut(real, desiredOf(model.file), up({ services: [name], scale }))).toBe('converged');
      if (model.stands !== undefined) becomes(model, [name], scale);
    },
    ({ file }) => file.has(name),
  );

const goDown = (): Command =>
  command('down', async (model, real) => {
    expect(await carryOut(real, desiredOf(model.file), down({ removeOrphans: true }))).toBe('converged');
    model.stands = new Map();
    model.before.clear();
  });

const goBack = (): Command =>
  command(
    'rollback',
    async (model, real) => {
      expect(await carryOut(real, desiredOf(model.file), rollback())).toBe('converged');
      for (const name of model.file.keys()) {
        const [stands, version] = [model.stands?.get(name), model.before.get(name)];
        if (version === 'unknown') return forgets(model);
        if (stands !== undefined && version !== undefined) model.stands?.set(name, { ...stands, version });
        model.before.delete(name);
      }
    },
    ({ file, stands }) => file.size > 0 && stands !== undefined,
  );

const meddlings = ['stop', 'remove', 'rename', 'pause', 'disconnect'] as const;

const meddle = ([index, how]: readonly [number, (typeof meddlings)[number]]): Command =>
  command(`somebody does ${how} to container ${index}`, async (model, { memory: { world } }) => {
    const own = ownOf(memoryOf(world));
    const victim = own[index % own.length];
    if (victim === undefined) return;
    forgets(model);
    if (how === 'pause' && victim.state === 'running') victim.state = 'paused';
    if (how === 'rename') victim.name = `moved-${victim.id.slice(0, 8)}`;
    if (how === 'disconnect') victim.networks.length = 0;
    if (how !== 'stop' && how !== 'remove') return;
    if (victim.state === 'paused') victim.state = 'running';
    stopProcess(world, victim);
    if (how === 'remove') world.containers.delete(victim.id);
  });

const anyName = fc.constantFrom(...names);

/** All that may happen to a stack. */
export const commands: fc.Arbitrary<Command>[] = [
  fc.tuple(anyName, fc.constantFrom('1', '2', '3'), fc.integer({ min: 0, max: 3 })).map(edit),
  anyName.map(leaveOut),
  fc.constant(upWhole()),
  fc.constant(upWhole()),
  fc.tuple(fc.integer({ min: 1, max: 30 }), fc.boolean()).map(upDies),
  fc.tuple(anyName, fc.integer({ min: 0, max: 3 })).map(scaleTo),
  fc.constant(goDown()),
  fc.constant(goBack()),
  fc.tuple(fc.nat(10), fc.constantFrom(...meddlings)).map(meddle),
];
