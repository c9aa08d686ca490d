import { describe, expect, test } from 'vitest';

import type { Desired } from '../../src/model/desired.ts';
import { type EngineMember, loneMember } from '../../src/model/inventory.ts';
import { build, desired, down, healthcheck, network, port, service, up, volumeMount } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import { type MemoryEngine, type MemoryEngineOptions, memoryEngine } from '../support/memory-engine.ts';
import { memorySwarm } from '../support/memory-swarm.ts';
import type { MemoryContainer } from '../support/memory-world.ts';
import { type Run, type RunOptions, run } from '../support/run.ts';

/** Engines a, b and c of one swarm; a alone is a manager. */
function openFleet(options: MemoryEngineOptions = {}): readonly [MemoryEngine, MemoryEngine, MemoryEngine] {
  const [clock, swarm] = [virtualClock(), memorySwarm()];
  const open = (name: string): MemoryEngine =>
    memoryEngine({
      name,
      clock,
      swarm,
      isWorker: name !== 'a',
      images: ['nginx:1.27', 'mysql:9'],
      member: member({ labels: [['zone', name]] }),
      ...options,
    });
  return [open('a'), open('b'), open('c')];
}

const member = (overrides: Partial<EngineMember>): EngineMember => ({ ...loneMember, ...overrides });

const converge = (fleet: readonly MemoryEngine[], options: Partial<RunOptions>): Promise<Run> =>
  run({ desired: undefined, request: up(), connections: fleet.map(({ connect }) => connect()), ...options });

/** Nothing failed, and there is nothing left to do. */
async function settle(fleet: readonly MemoryEngine[], options: Partial<RunOptions>): Promise<Run> {
  const first = await converge(fleet, options);
  expect(first.outcome).toMatchObject({ kind: 'converged', failures: [] });
  expect((await converge(fleet, options)).plans).toEqual([]);
  return first;
}

const containers = (fleet: readonly MemoryEngine[]): readonly (MemoryContainer & { readonly on: string })[] =>
  fleet.flatMap(({ world }) => [...world.containers.values()].map((it) => ({ ...it, on: world.name })));

const show = (fleet: readonly MemoryEngine[]): readonly string[] =>
  containers(fleet)
    .map(({ name, on, state }) => `${on} ${name}${state === 'running' ? '' : ` ${state}`}`)
    .toSorted();

const alone = { network: { kind: 'networks' as const, attachments: [] } };
const web = (replicas: number, overrides: Parameters<typeof service>[0] = {}): Desired =>
  desired([service({ replicas, ...overrides })]);

/** The lowest number of replicas that served at any moment of a run. */
function watchServing(fleet: readonly MemoryEngine[]): () => number {
  let least = Number.POSITIVE_INFINITY;
  for (const { world } of fleet) {
    world.listeners.add(() => {
      const serving = containers(fleet).filter(({ state, health }) => state === 'running' && health !== 'starting');
      least = Math.min(least, serving.length);
    });
  }
  return () => least;
}

test('scaling from 1 to 6 to 2 over three engines spreads, and leaves the lowest numbers where they are', async () => {
  const fleet = openFleet();
  await settle(fleet, { desired: web(1) });
  await settle(fleet, { desired: web(6) });
  expect(show(fleet)).toEqual([
    'a app-web-1',
    'a app-web-4',
    'b app-web-2',
    'b app-web-5',
    'c app-web-3',
    'c app-web-6',
  ]);

  await settle(fleet, { desired: web(2) });
  expect(show(fleet)).toEqual(['a app-web-1', 'b app-web-2']);
});

describe('an engine that is drained', () => {
  const checked = { container: { healthcheck: healthcheck() } };

  test('is left without the number that serves ever falling', async () => {
    const fleet = openFleet();
    await settle(fleet, { desired: web(6, checked), request: up({ wait: true }) });
    fleet[2].world.member = member({ availability: 'drain' });
    const least = watchServing(fleet);
    await settle(fleet, { desired: web(6, checked) });

    expect(least()).toBe(6);
    expect(show(fleet).map((line) => line[0])).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
  });

  test('keeps its replica where the one elsewhere fails', async () => {
    const fleet = openFleet();
    await settle(fleet, { desired: web(3, checked), request: up({ wait: true }) });
    for (const { world } of fleet) Object.assign(world, { behave: () => ({ healthyAfterMs: 'never' }) });
    fleet[2].world.member = member({ availability: 'drain' });
    const least = watchServing(fleet);
    const { outcome } = await converge(fleet, { desired: web(3, checked) });

    expect(outcome).toMatchObject({ kind: 'failed' });
    expect(least()).toBe(3);
    expect(show(fleet)).toEqual(['a app-web-1', 'b app-web-2', 'c app-web-3']);
  });

  test('keeps a service whose data is there', async () => {
    const fleet = openFleet();
    const db = desired([service({ name: 'db', container: { volumes: [volumeMount('data')] } })]);
    await settle(fleet, { desired: db });
    fleet[0].world.member = member({ availability: 'drain' });
    const { outcome } = await settle(fleet, { desired: db });

    expect(show(fleet)).toEqual(['a app-db-1']);
    expect(outcome).toMatchObject({ kind: 'converged', notices: [{ code: 'data-stays' }] });
  });
});

describe('--rebalance', () => {
  test('moves as few replicas as it takes to an engine that came, one proven after the other', async () => {
    const fleet = openFleet();
    await settle(fleet.slice(0, 2), { desired: web(6) });
    await settle(fleet, { desired: web(6) });
    expect(show(fleet).filter((line) => line.startsWith('c'))).toEqual([]);
    const least = watchServing(fleet);
    await settle(fleet, { desired: web(6), request: up({ rebalance: true }) });

    expect(show(fleet)).toEqual([
      'a app-web-1',
      'a app-web-3',
      'b app-web-2',
      'b app-web-4',
      'c app-web-5',
      'c app-web-6',
    ]);
    expect(least()).toBe(6);
  });
});

describe('an engine that was away', () => {
  test('comes back with a replica that is served elsewhere: its own goes before anything else', async () => {
    const fleet = openFleet();
    const [a, b, c] = fleet;
    await settle(fleet, { desired: web(3) });
    c.world.cutUntilMs = Number.POSITIVE_INFINITY;
    expect((await converge(fleet, { desired: web(3) })).outcome).toMatchObject({ kind: 'partial' });
    expect(show([a, b])).toHaveLength(3);
    c.world.cutUntilMs = 0;
    const { plans } = await settle(fleet, { desired: web(3) });

    expect(show(fleet)).toEqual(['a app-web-1', 'a app-web-3', 'b app-web-2']);
    expect(plans[0]?.steps[0]).toMatchObject({
      operation: { kind: 'stop-container', engine: 'c', reasons: ['app-web-3 serves in its place on a'] },
    });
  });

  test('may have the data of a service, which waits for it; the rest converges', async () => {
    const fleet = openFleet();
    const [a] = fleet;
    const onA = { key: 'node.labels.zone', operator: '==' as const, value: 'a' };
    const db = service({
      name: 'db',
      container: { ...alone, volumes: [volumeMount('data')] },
      placement: { ...service().placement, constraints: [onA] },
    });
    const before = desired([db]);
    await settle(fleet, { desired: before });
    a.world.cutUntilMs = Number.POSITIVE_INFINITY;
    const free = { ...db, placement: service().placement };
    const after = desired([free, service({ replicas: 2, container: alone })]);
    const { outcome } = await converge(fleet, { desired: after });

    expect(outcome).toMatchObject({ kind: 'partial', failures: [] });
    expect(outcome).toMatchObject({
      notices: expect.arrayContaining([expect.objectContaining({ code: 'data-out-of-sight' })]),
    });
    expect(show(fleet.slice(1))).toEqual(['b app-web-1', 'c app-web-2']);

    await converge(fleet, { desired: after, request: up({ leaveDataBehind: true }) });
    expect(show(fleet.slice(1))).toContain('b app-db-1');
  });
});

describe('a network that services on two engines share', () => {
  const apart = desired([
    service({ name: 'db', container: { volumes: [volumeMount('data')] } }),
    service({ dependsOn: [] }),
  ]);

  test('is one overlay network, made once on a manager, and gone after down', async () => {
    const fleet = openFleet();
    await settle(fleet, { desired: apart });
    const ids = containers(fleet).flatMap(({ networks }) => networks.map(({ id }) => id));

    expect(show(fleet)).toEqual(['a app-db-1', 'b app-web-1']);
    expect(new Set(ids).size).toBe(1);
    expect(fleet[0].world.swarm?.networks.size).toBe(1);

    await settle(fleet, { desired: apart, request: down({ removeVolumes: true }) });
    expect(fleet[0].world.swarm?.networks.size).toBe(0);
    expect(show(fleet)).toEqual([]);
  });

  test('takes the place of a network of one engine when a second engine comes', async () => {
    const fleet = openFleet();
    await settle(fleet.slice(0, 1), { desired: apart });
    expect([...fleet[0].world.networks.values()].map(({ driver }) => driver)).toEqual(['bridge']);
    const onB = { key: 'node.hostname', operator: '==' as const, value: 'b' };
    const spread = desired(
      apart.services.map((it) =>
        it.name === 'web' ? { ...it, placement: { ...it.placement, constraints: [onB] } } : it,
      ),
    );
    await settle(fleet, { desired: spread });

    expect(show(fleet)).toEqual(['a app-db-1', 'b app-web-1']);
    expect([...fleet[0].world.networks.values()]).toEqual([]);
    expect(fleet[0].world.swarm?.networks.size).toBe(1);
  });

  test('is one of each engine where a single service uses it', async () => {
    const fleet = openFleet();
    await settle(fleet, { desired: web(3) });

    expect(fleet.map(({ world }) => world.networks.size)).toEqual([1, 1, 1]);
    expect(fleet[0].world.swarm?.networks.size).toBe(0);
  });

  test('that the file calls an overlay spans also for a single service', async () => {
    const fleet = openFleet();
    const overlay = network('default', { spec: { ...network().spec, driver: 'overlay' } });
    await settle(fleet, { desired: { ...web(3), networks: [overlay] } });

    expect(fleet[0].world.swarm?.networks.size).toBe(1);
  });
});

describe('images', () => {
  test('are built once and copied to the other engines', async () => {
    const fleet = openFleet({ images: [] });
    const built = web(3, { build: build(), container: { image: 'app-web' } });
    const { plans } = await settle(fleet, { desired: built });
    const kinds = plans[0]?.steps.map(({ operation: { kind, engine } }) => `${kind} ${engine}`).slice(0, 3);

    expect(kinds).toEqual(['build-image a', 'copy-image b', 'copy-image c']);
    expect(new Set(containers(fleet).map(({ imageId }) => imageId)).size).toBe(1);
  });

  test('that no registry gives are copied from an engine that has them', async () => {
    const fleet = openFleet({ images: [] });
    const [a] = fleet;
    const source = memoryEngine({ images: ['nginx:1.27'] }).world.images.get('nginx:1.27');
    if (source !== undefined) a.world.images.set('nginx:1.27', source);
    await settle(fleet, { desired: web(3) });

    expect(show(fleet)).toHaveLength(3);
  });
});

test('replicas of a service with a host port go to one engine each', async () => {
  const fleet = openFleet();
  const published = web(3, { container: { ports: [{ ...port(8080), mode: 'host' }] } });
  await settle(fleet, { desired: published });

  expect(show(fleet)).toEqual(['a app-web-1', 'b app-web-2', 'c app-web-3']);
});
