import { expect, test } from 'vitest';
import { type Engine, EngineError } from '../../../src/engine/engine.ts';
import type { LockSettings } from '../../../src/reconcile/lock/settings.ts';
import { dependency, desired, healthcheck, service, up } from '../../support/builders.ts';
import { virtualClock } from '../../support/clock.ts';
import { lockOwner } from '../../support/locks.ts';
import type { Connection } from '../../support/memory-client.ts';
import { type MemoryEngine, memoryEngine } from '../../support/memory-engine.ts';
import { run } from '../../support/run.ts';

const wanted = desired([
  service({ name: 'db', container: { healthcheck: healthcheck() } }),
  service({ name: 'web', dependsOn: [dependency('db', { condition: 'healthy' })] }),
]);

const settings = (runId: string): LockSettings => ({
  owner: lockOwner({ run: runId }),
  timeoutMs: 60_000,
  random: () => 0.5,
  isGone: () => false,
});

/** An engine on which `db` takes half a minute to be healthy. */
const slowEngine = (apiVersion = '1.45'): MemoryEngine =>
  memoryEngine({
    clock: virtualClock(),
    apiVersion,
    images: ['nginx:1.27'],
    behave: ({ healthcheck: check }) => (check === undefined ? {} : { healthyAfterMs: 30_000 }),
  });

const converge = (connection: Connection, runId = 'first'): ReturnType<typeof run> =>
  run({ desired: wanted, request: up(), connections: [connection], lock: settings(runId) });

const alter = (connection: Connection, changes: Partial<Engine>): Connection => ({
  ...connection,
  engine: { ...connection.engine, ...changes },
});

test('the lock is taken before the first change and given back after the last', async () => {
  const connection = slowEngine().connect();
  const { outcome } = await converge(connection);

  expect(outcome.kind).toBe('converged');
  expect([connection.calls[0], connection.calls.at(-1)]).toEqual(['create-lock app', 'release-lock']);
});

test('a run that finds nothing to do takes no lock', async () => {
  const memory = slowEngine();
  await converge(memory.connect());
  const again = memory.connect();
  await converge(again, 'second');

  expect(again.calls).toEqual([]);
});

test('runs at once make one network where names of networks are no mutex, and the later ones change nothing', async () => {
  const memory = slowEngine('1.41');
  const connections = [memory.connect(), memory.connect(), memory.connect()];
  const runs = await Promise.all(connections.map((connection, index) => converge(connection, String(index))));

  expect(runs.map(({ outcome }) => outcome.kind)).toEqual(['converged', 'converged', 'converged']);
  expect([...memory.world.networks.values()].map(({ name }) => name)).toEqual(['app_default']);
  const changes = connections.flatMap(({ calls }) => calls).filter((call) => !call.includes('lock'));
  expect(changes.toSorted()).toEqual([
    'create-container app-db-1',
    'create-container app-web-1',
    'create-network app_default',
    'start-container app-db-1',
    'start-container app-web-1',
  ]);
});

test('a run that loses the lock begins nothing more, and ends as locked', async () => {
  const memory = slowEngine();
  const connection = memory.connect();
  memory.world.clock.schedule(10_000, () => memory.world.locks.clear());
  const { outcome, events } = await converge(connection);

  expect(outcome).toEqual({ kind: 'locked', problem: { kind: 'lost', stack: 'app', engine: 'alpha' } });
  expect(connection.calls).not.toContain('start-container app-web-1');
  expect(events.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'interrupted' });
});

test('after a time in which the engine did not answer the lock is made sure of, and the run goes on', async () => {
  const memory = slowEngine();
  const { clock } = memory.world;
  const connection = memory.connect();
  const { engine } = connection;
  const locks = new Set<string>();
  // The lock alone is cut off, so that without care the run would simply go on.
  const cut = alter(connection, {
    beatLock: async (...args) => {
      if (clock.now() > 15_000 && clock.now() < 40_000) throw new EngineError('lost', engine.name, 'cut off');
      return engine.beatLock(...args);
    },
    startContainer: async (...args) => {
      for (const lock of memory.world.locks.keys()) locks.add(lock);
      return engine.startContainer(...args);
    },
  });
  const { outcome } = await converge(cut);

  expect(outcome.kind).toBe('converged');
  expect(locks.size).toBe(2);
  expect(connection.calls.filter((call) => call === 'create-lock app')).toHaveLength(2);
  expect(memory.world.locks.size).toBe(0);
});

test('what is refused while another run changes the stack is looked at again when that one has ended', async () => {
  const memory = slowEngine();
  const { clock } = memory.world;
  const other = memory.connect();
  const { observe } = other.engine;
  let looks = 0;
  // The first look meets a container of the stack half way: by its name alone.
  const torn = alter(other, {
    observe: async (...args) => {
      const seen = await observe(...args);
      looks += 1;
      return looks > 1 ? seen : { ...seen, foreignContainerNames: ['app-db-1'] };
    },
  });
  const first = converge(memory.connect());
  await clock.sleep(1000, new AbortController().signal);
  const { outcome } = await converge(torn, 'second');

  expect([outcome.kind, (await first).outcome.kind]).toEqual(['converged', 'converged']);
});

test('a run that is declined has taken the lock for the plan that it showed, and gives it back', async () => {
  const memory = slowEngine();
  const connection = memory.connect();
  const confirm = (): Promise<boolean> => Promise.resolve(false);
  const { outcome } = await run({
    desired: wanted,
    request: up(),
    connections: [connection],
    lock: settings('first'),
    confirm,
  });

  expect([outcome.kind, connection.calls]).toEqual(['declined', ['create-lock app', 'release-lock']]);
});

test('what is asked before the first change is asked about the plan that is carried out', async () => {
  const memory = slowEngine();
  const asked: number[] = [];
  const confirm = ({ steps }: { readonly steps: readonly unknown[] }): Promise<boolean> => {
    asked.push(steps.length);
    return Promise.resolve(true);
  };
  const options = { desired: wanted, request: up(), confirm };
  await Promise.all(['a', 'b'].map((id) => run({ ...options, connections: [memory.connect()], lock: settings(id) })));

  expect(asked).toHaveLength(1);
});
