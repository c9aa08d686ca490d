import { expect, test } from 'vitest';

import type { Hook } from '../../src/model/container.ts';
import type { Desired } from '../../src/model/desired.ts';
import { dependency, desired, down, lifecycle, service, up } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import type { Fault } from '../support/memory-client.ts';
import { type MemoryEngine, memoryEngine } from '../support/memory-engine.ts';
import type { Behaviour } from '../support/memory-world.ts';
import { run } from '../support/run.ts';

const hook = (command: string): Hook => ({
  command: [command],
  user: undefined,
  privileged: false,
  workingDir: undefined,
  environment: [],
});

const hooks = { postStart: [hook('warm'), hook('register')], preStop: [hook('drain')] };
const web = desired([service({ container: hooks }), service({ name: 'last', dependsOn: [dependency('web')] })]);
const alone = desired([service({ container: hooks })]);

/** Commands of hooks that fail, with what they print. */
const engineWith = (failing: Record<string, readonly string[]>): MemoryEngine => {
  const commands = Object.fromEntries(Object.entries(failing).map(([name, output]) => [name, { exitCode: 4, output }]));
  const behave = (): Behaviour => ({ commands });
  return memoryEngine({ clock: virtualClock(), images: ['nginx:1.27'], behave });
};

const bringUp = (memory: MemoryEngine, stack: Desired, faults: readonly Fault[] = []): ReturnType<typeof run> =>
  run({ desired: stack, request: up(), connections: [memory.connect(faults)] });

const statesOf = ({ world }: MemoryEngine): Readonly<Record<string, string>> =>
  Object.fromEntries([...world.containers.values()].map(({ creation, state }) => [creation.service, state]));

test('a post_start hook that fails fails the service with its last ten lines, and what depends on it does not start', async () => {
  const memory = engineWith({ register: Array.from({ length: 30 }, (_, index) => `line ${index + 1}`) });
  const { outcome } = await bringUp(memory, web);

  expect(outcome).toMatchObject({
    kind: 'failed',
    failures: [
      {
        code: 'hook',
        message: 'post_start hook 2 exited with code 4',
        details: Array.from({ length: 10 }, (_, index) => `line ${index + 21}`),
      },
    ],
  });
  expect(statesOf(memory)).toEqual({ web: 'exited', last: 'created' });
});

test('a container whose first hooks failed is stopped under its own name, and made good by the next up', async () => {
  const memory = engineWith({ register: [] });
  await bringUp(memory, web);
  const names = (): readonly string[] => [...memory.world.containers.values()].map(({ name }) => name);

  expect(names()).toEqual(['app-web-1', 'app-last-1']);
});

test('a hook that failed is run again by the next run, not by this one', async () => {
  const memory = engineWith({ register: [] });
  const first = memory.connect();
  await run({ desired: alone, request: up(), connections: [first] });
  const second = memory.connect();
  await run({ desired: alone, request: up(), connections: [second] });
  const hooksIn = (calls: readonly string[]): readonly string[] =>
    calls.filter((call) => call.startsWith('run-hook')).map((call) => call.split(' ').at(-1) ?? '');

  expect([hooksIn(first.calls), hooksIn(second.calls)]).toEqual([
    ['warm', 'register'],
    ['warm', 'register'],
  ]);
});

test('a pre_stop hook that fails keeps its container running, once, and nothing that it uses goes', async () => {
  const memory = engineWith({ drain: ['two requests left'] });
  await bringUp(memory, alone);
  const connection = memory.connect();
  const { outcome } = await run({ desired: undefined, request: down(), connections: [connection] });

  expect(outcome).toMatchObject({
    kind: 'failed',
    failures: [{ message: 'pre_stop hook 1 exited with code 4', details: ['two requests left'] }],
  });
  expect(connection.calls).toEqual(['run-hook app-web-1 drain']);
  expect(statesOf(memory)).toEqual({ web: 'running' });
});

test('a container that ended before its pre_stop hook is removed without it', async () => {
  const memory = engineWith({});
  await bringUp(memory, alone);
  const connection = memory.connect();
  const [made] = memory.world.containers.values();
  const { runHook } = connection.engine;
  const engine: typeof connection.engine = {
    ...connection.engine,
    runHook: (...call) => {
      if (made !== undefined) made.state = 'exited';
      return runHook(...call);
    },
  };
  const { outcome } = await run({ desired: undefined, request: down(), connections: [{ ...connection, engine }] });

  expect(outcome.kind).toBe('converged');
  expect(memory.world.containers.size).toBe(0);
});

test('a hook that says nothing for half an hour has failed, and the engine is not taken for lost', async () => {
  const memory = engineWith({});
  // The calls before it: a network, a container, its start.
  const { outcome, events } = await bringUp(memory, alone, [{ call: 4, kind: 'hang' }]);

  expect(outcome).toMatchObject({
    kind: 'failed',
    lost: [],
    failures: [{ code: 'hook', message: 'post_start hook 1 was given up: it printed nothing for 30m0s' }],
  });
  expect(events.some(({ type }) => type === 'engine-state')).toBe(false);
});

test('a container whose start was not acknowledged gets its hooks all the same', async () => {
  const memory = engineWith({});
  await run({ desired: alone, request: up({ start: false }), connections: [memory.connect()] });
  const request = lifecycle('start');
  const { outcome } = await run({
    desired: alone,
    request,
    connections: [memory.connect([{ call: 1, kind: 'lost' }])],
  });

  expect(outcome.kind).toBe('converged');
  expect([...memory.world.containers.values()].map(({ commands }) => commands.map(({ command }) => command))).toEqual([
    ['warm', 'register'],
  ]);
});
