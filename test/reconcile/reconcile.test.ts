import { describe, expect, test } from 'vitest';

import type { Desired } from '../../src/model/desired.ts';
import type { Event } from '../../src/model/event.ts';
import { formatPlan } from '../../src/plan/format.ts';
import { behave } from '../sim/scenario.ts';
import {
  dependency,
  desired,
  down,
  healthcheck,
  lifecycle,
  port,
  service,
  up,
  volumeMount,
} from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import { type MemoryEngine, memoryEngine } from '../support/memory-engine.ts';
import { run } from '../support/run.ts';

const blog = desired([
  service({ name: 'db', container: { image: 'mysql:9', healthcheck: healthcheck(), volumes: [volumeMount('data')] } }),
  service({ name: 'web', dependsOn: [dependency('db', { condition: 'healthy' })] }),
]);
const registry = ['nginx:1.27', 'mysql:9'];
const engineWith = (images: readonly string[] = registry): MemoryEngine =>
  memoryEngine({ clock: virtualClock(), images, registry, behave });
const web = (behaviour: string, overrides: Parameters<typeof service>[0] = {}): Desired =>
  desired([service({ ...overrides, container: { environment: [['BEHAVIOUR', behaviour]], ...overrides.container } })]);
const messagesOf = (events: readonly Event[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'step-failed' ? `${event.step.operation.kind}: ${event.message}` : []));

describe('up and down', () => {
  test('a fresh stack is pulled, created and started in one round, and a second run changes nothing', async () => {
    const { connect } = engineWith([]);
    const { outcome, plans, events } = await run({ desired: blog, request: up(), connections: [connect()] });

    expect(outcome).toMatchObject({ kind: 'converged', changes: 8, failures: [] });
    expect(plans).toHaveLength(1);
    expect(events[0]).toMatchObject({ type: 'run-started', stack: 'app', command: 'up' });
    expect(events.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'converged' });
    const again = connect();
    expect((await run({ desired: blog, request: up(), connections: [again] })).outcome).toMatchObject({
      kind: 'converged',
      changes: 0,
    });
    expect(again.calls).toEqual([]);
  });

  test('a dependent starts when its dependency is healthy, and not before', async () => {
    const { connect } = engineWith();
    const { events } = await run({ desired: blog, request: up(), connections: [connect()] });
    const timeOf = (type: Event['type'], kind: string, address: string): number =>
      events.find(
        (event) =>
          'step' in event &&
          event.type === type &&
          event.step.operation.kind === kind &&
          event.step.operation.address === address,
      )?.atMs ?? -1;

    const healthyAt = timeOf('step-done', 'start-container', 'service/db/1') + 1000;
    expect(timeOf('step-started', 'start-container', 'service/web/1')).toBeGreaterThanOrEqual(healthyAt);
    expect(timeOf('step-started', 'start-container', 'service/web/1')).toBeLessThan(healthyAt + 100);
  });

  test('down removes everything but the volumes, and a second one changes nothing', async () => {
    const { connect, world } = engineWith();
    await run({ desired: blog, request: up(), connections: [connect()] });
    await run({ desired: undefined, request: down(), connections: [connect()] });

    expect(world.containers.size + world.networks.size).toBe(0);
    expect([...world.volumes.keys()]).toEqual(['app_data']);
    const again = connect();
    await run({ desired: undefined, request: down(), connections: [again] });
    expect(again.calls).toEqual([]);
  });

  test('an image that is pulled always is pulled once, and what runs an older one is recreated', async () => {
    const { connect, world } = engineWith();
    await run({ desired: web(''), request: up(), connections: [connect()] });
    const { id } = world.registry.get('mysql:9') ?? {};
    if (id !== undefined) world.registry.set('nginx:1.27', { id, volumes: [], hasHealthcheck: false });
    const second = connect();
    const { plans } = await run({ desired: web(''), request: up({ pull: 'always' }), connections: [second] });

    expect(plans).toHaveLength(2);
    expect(second.calls.filter((call) => call.startsWith('pull-image'))).toHaveLength(1);
    expect([...world.containers.values()].map((it) => it.imageId)).toEqual([id]);
  });

  test('a container that ends at once is started once, and mentioned', async () => {
    const { connect } = engineWith();
    const connection = connect();
    const { outcome } = await run({
      desired: desired([
        service({ name: 'once', container: { environment: [['BEHAVIOUR', 'exits']] } }),
        service({ dependsOn: [dependency('once')] }),
      ]),
      request: up({ wait: false }),
      connections: [connection],
    });

    expect(connection.calls.filter((call) => call === 'start-container app-once-1')).toHaveLength(1);
    expect(outcome.kind).toBe('converged');
  });

  test('stop, start and restart act once on each container', async () => {
    const { connect, world } = engineWith();
    await run({ desired: blog, request: up(), connections: [connect()] });
    const states = (): readonly string[] => [...world.containers.values()].map(({ state }) => state);

    await run({ desired: blog, request: lifecycle('stop'), connections: [connect()] });
    expect(states()).toEqual(['exited', 'exited']);
    await run({ desired: blog, request: lifecycle('start'), connections: [connect()] });
    expect(states()).toEqual(['running', 'running']);
    const restarting = connect();
    await run({ desired: blog, request: lifecycle('restart'), connections: [restarting] });
    expect(restarting.calls).toEqual(['restart-container app-db-1', 'restart-container app-web-1']);
  });
});

describe('failures', () => {
  test('a pull to which nothing comes is given up once, if the engine answers all the while', async () => {
    const memory = memoryEngine({ clock: virtualClock(), registry: ['nginx:1.27'] });
    const connection = memory.connect([{ call: 1, kind: 'hang' }]);
    const { outcome } = await run({ desired: desired([service()]), request: up(), connections: [connection] });

    const message = 'pull nginx:1.27: nothing came for 1m0s';
    expect(outcome).toMatchObject({ kind: 'failed', lost: [], failures: [{ code: 'rejected', message }] });
    expect(connection.calls.filter((call) => call.startsWith('pull-image'))).toHaveLength(1);
    expect(memory.world.containers.size).toBe(0);
  });

  test('a pull that fails changes nothing, and other pulls finish', async () => {
    const { connect, world } = engineWith([]);
    world.registry.delete('mysql:9');
    const { outcome, events } = await run({ desired: blog, request: up(), connections: [connect()] });

    expect(outcome).toMatchObject({ kind: 'failed', failures: [{ code: 'not-found' }] });
    expect(messagesOf(events)).toContain('pull-image: manifest for mysql:9 not found: manifest unknown');
    expect(world.images.has('nginx:1.27')).toBe(true);
    expect(world.networks.size + world.containers.size).toBe(0);
  });

  test('a bad update leaves the old version serving, and says what the new one said last', async () => {
    const { connect, world } = engineWith();
    await run({ desired: web(''), request: up(), connections: [connect()] });
    const { outcome, events } = await run({ desired: web('exits'), request: up(), connections: [connect()] });

    expect(outcome).toMatchObject({
      kind: 'failed',
      failures: [
        {
          code: 'wait',
          message: expect.stringMatching(/^app-web-1\.next-[0-9a-f]{8} exited with code 3$/),
          details: ['starting', 'fatal: no such table'],
        },
      ],
    });
    expect(messagesOf(events)).toHaveLength(1);
    expect([...world.containers.values()].map(({ name, state }) => `${name} ${state}`)).toEqual(['app-web-1 running']);
  });

  test('an unhealthy replacement that needs the port is undone in the time that its healthcheck takes', async () => {
    const held = { container: { ports: [port(8080)], healthcheck: healthcheck() } };
    const { connect, world } = engineWith();
    await run({ desired: web('', held), request: up(), connections: [connect()] });
    const broken = web('', { container: { ...held.container, environment: [['BEHAVIOUR', 'unhealthy']] } });
    const before = world.clock.now();
    const { outcome } = await run({ desired: broken, request: up(), connections: [connect()] });

    expect(outcome).toMatchObject({
      kind: 'failed',
      failures: [{ details: ['healthcheck: probe failed', 'listening on the wrong port'] }],
    });
    expect(
      [...world.containers.values()].map(({ name, state, ports }) => `${name} ${state} ${ports[0]?.published ?? ''}`),
    ).toEqual(['app-web-1 running 8080']);
    expect(world.clock.now() - before).toBeLessThan(10_000);
  });

  test('what depends on a failure is skipped; a dependency that it can do without is not waited for twice', async () => {
    const stack = (required: boolean): Desired =>
      desired([
        service({ name: 'db', container: { environment: [['BEHAVIOUR', 'unhealthy']], healthcheck: healthcheck() } }),
        service({ dependsOn: [dependency('db', { condition: 'healthy', required })] }),
      ]);
    const strict = engineWith();
    expect((await run({ desired: stack(true), request: up(), connections: [strict.connect()] })).outcome.kind).toBe(
      'failed',
    );
    expect([...strict.world.containers.values()].map(({ state }) => state)).toEqual(['running', 'created']);

    const lenient = engineWith();
    await run({ desired: stack(false), request: up(), connections: [lenient.connect()] });
    expect([...lenient.world.containers.values()].map(({ state }) => state)).toEqual(['running', 'running']);
  });

  test('a full disk leaves the old version serving', async () => {
    const { connect, world } = engineWith();
    await run({ desired: web(''), request: up(), connections: [connect()] });
    world.isFull = true;
    const { outcome } = await run({ desired: web('job'), request: up(), connections: [connect()] });

    expect(outcome).toMatchObject({ kind: 'failed', failures: [{ code: 'no-space' }] });
    expect([...world.containers.values()].map(({ name, state }) => `${name} ${state}`)).toEqual(['app-web-1 running']);
  });

  test('an engine that never answers is given up, without an end to the patience of nobody', async () => {
    const { connect, world } = engineWith();
    const connection = connect([{ call: 1, kind: 'hang' }]);
    const { outcome, events } = await run({ desired: web(''), request: up(), connections: [connection] });

    expect(outcome.kind).toBe('converged');
    expect(messagesOf(events)).toEqual(['create-network: no answer within 30s']);
    expect(world.clock.now()).toBeLessThan(45_000);
  });

  test('one engine that is lost does not keep the others from their work', async () => {
    const clock = virtualClock();
    const [alpha, beta] = ['alpha', 'beta'].map((name) => memoryEngine({ name, clock, images: registry }));
    if (alpha === undefined || beta === undefined) throw new Error('two engines');
    const lost = alpha.connect();
    const dying = {
      ...lost,
      engine: {
        ...lost.engine,
        createContainer: () => new Promise<never>(() => undefined),
        observe: onceThenNever(lost.engine.observe),
      },
    };
    const { outcome, events } = await run({
      desired: web('', { replicas: 2 }),
      request: up(),
      connections: [dying, beta.connect()],
    });

    expect(outcome).toMatchObject({ kind: 'partial', lost: [{ engine: 'alpha' }] });
    expect([...beta.world.containers.values()].map(({ state }) => state)).toEqual(['running', 'running']);
    expect(events.filter(({ type }) => type === 'engine-state')).toHaveLength(1);
  });

  test('an engine that does not answer at all rejects before any event', async () => {
    const { connect } = engineWith();
    const connection = connect();
    const mute = {
      ...connection,
      engine: { ...connection.engine, observe: () => new Promise<never>(() => undefined) },
    };

    await expect(run({ desired: blog, request: up(), connections: [mute] })).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('the person', () => {
  test('is asked once, with the plan, and may decline', async () => {
    const { connect, world } = engineWith();
    const asked: string[] = [];
    const declined = await run({
      desired: blog,
      request: up(),
      connections: [connect()],
      confirm: (plan) => {
        asked.push(formatPlan(plan));
        return Promise.resolve(false);
      },
    });

    expect(declined).toMatchObject({ outcome: { kind: 'declined' }, events: [] });
    expect(asked).toHaveLength(1);
    expect(world.networks.size).toBe(0);
  });

  test('hears of a refusal before anything is changed', async () => {
    const { connect } = engineWith();
    const connection = connect();
    const crowded = web('', { replicas: 2, container: { ports: [{ ...port(80), mode: 'host' }] } });
    const { outcome } = await run({ desired: crowded, request: up(), connections: [connection] });

    expect(outcome).toMatchObject({ kind: 'refused', refusals: [{ code: 'port-shared-by-replicas' }] });
    expect(connection.calls).toEqual([]);
  });

  test('who interrupts sees calls in flight end, and nothing new begin', async () => {
    const { connect } = engineWith();
    const stop = new AbortController();
    const connection = connect();
    const { outcome, events } = await run({
      desired: blog,
      request: up(),
      connections: [connection],
      stop: stop.signal,
      onEvent: (event) => {
        if (event.type === 'step-started' && event.step.operation.kind === 'create-container') stop.abort();
      },
    });

    expect(outcome.kind).toBe('interrupted');
    expect(connection.calls).toEqual([
      'create-network app_default',
      'create-volume app_data',
      'create-container app-web-1',
    ]);
    expect(events.find(({ type }) => type === 'interrupted')).toMatchObject({ inFlight: 2 });
    expect(events.some((event) => event.type === 'step-skipped' && event.because === 'interrupted')).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'interrupted' });
  });

  test('who interrupts a wait does not wait for its end', async () => {
    const { connect, world } = engineWith();
    const stop = new AbortController();
    const slow = web('unhealthy', {
      container: { environment: [['BEHAVIOUR', 'unhealthy']], healthcheck: healthcheck() },
    });
    const { outcome } = await run({
      desired: slow,
      request: up({ wait: true }),
      connections: [connect()],
      stop: stop.signal,
      onEvent: (event) => {
        if (event.type === 'step-started' && event.step.operation.kind === 'wait-container') stop.abort();
      },
    });

    expect(outcome).toMatchObject({ kind: 'interrupted', failures: [] });
    expect(world.clock.now()).toBeLessThan(1000);
  });

  test('who interrupts twice waits for nothing', async () => {
    const { connect, world } = engineWith();
    const abort = new AbortController();
    const { outcome } = await run({
      desired: web(''),
      request: up(),
      connections: [connect([{ call: 1, kind: 'hang' }])],
      abort: abort.signal,
      onEvent: (event) => {
        if (event.type === 'step-started') abort.abort();
      },
    });

    expect(outcome.kind).toBe('interrupted');
    expect(world.clock.now()).toBeLessThan(100);
  });
});

test('an engine is given no more calls at once than twice its processors, and at least four', async () => {
  const { connect } = engineWith();
  const many = desired(Array.from({ length: 12 }, (_, index) => service({ name: `s${index}` })));
  let running = 0;
  let most = 0;
  await run({
    desired: many,
    request: up(),
    connections: [connect()],
    onEvent: ({ type }) => {
      if (type === 'step-started') running += 1;
      if (type === 'step-done') running -= 1;
      most = Math.max(most, running);
    },
  });

  expect(most).toBe(4);
});

test('five hundred services of four replicas are planned in a second', async () => {
  const { connect } = engineWith();
  const huge = desired(
    Array.from({ length: 500 }, (_, index) =>
      service({ name: `s${index}`, replicas: 4, dependsOn: index === 0 ? [] : [dependency(`s${index - 1}`)] }),
    ),
  );
  const startedAt = performance.now();
  let plannedAfter = 0;
  await run({
    desired: huge,
    request: up(),
    connections: [connect()],
    confirm: () => {
      plannedAfter = performance.now() - startedAt;
      return Promise.resolve(false);
    },
  });

  expect(plannedAfter).toBeGreaterThan(0);
  expect(plannedAfter).toBeLessThan(1000);
});

/** Answers once, and then never. */
function onceThenNever<Arguments extends readonly unknown[], T>(
  ask: (...given: Arguments) => Promise<T>,
): (...given: Arguments) => Promise<T> {
  let isFirst = true;
  return (...given) => {
    if (!isFirst) return new Promise<never>(() => undefined);
    isFirst = false;
    return ask(...given);
  };
}

describe('an optional dependency', () => {
  const optional = { condition: 'healthy', required: false } as const;
  const cache = service({
    name: 'cache',
    container: { environment: [['BEHAVIOUR', 'unhealthy']], healthcheck: healthcheck() },
  });

  test('that fails its wait is done without, and said so', async () => {
    const { connect, world } = engineWith();
    const { outcome, events } = await run({
      desired: desired([cache, service({ dependsOn: [dependency('cache', optional)] })]),
      request: up(),
      connections: [connect()],
    });

    expect(outcome).toMatchObject({ kind: 'converged', failures: [] });
    expect([...world.containers.values()].map(({ name, state }) => `${name} ${state}`).toSorted()).toEqual([
      'app-cache-1 running',
      'app-web-1 running',
    ]);
    expect(events.flatMap((event) => (event.type === 'notice' ? event.notice.message : []))).toEqual([
      'web goes on without cache, which it does not require: app-cache-1 is unhealthy',
    ]);
  });

  test('that another service requires fails the run, and the one that can do without starts', async () => {
    const { connect, world } = engineWith();
    const { outcome } = await run({
      desired: desired([
        cache,
        service({ dependsOn: [dependency('cache', optional)] }),
        service({ name: 'strict', dependsOn: [dependency('cache', { condition: 'healthy' })] }),
      ]),
      request: up(),
      connections: [connect()],
    });

    expect(outcome.kind).toBe('failed');
    expect([...world.containers.values()].filter(({ state }) => state === 'running').map(({ name }) => name)).toEqual([
      'app-cache-1',
      'app-web-1',
    ]);
  });
});
