import fc from 'fast-check';
import { expect, test } from 'vitest';

import { balancedBy } from '../../src/model/balancing.ts';
import type { Desired, DesiredService } from '../../src/model/desired.ts';
import { emptyHistory } from '../../src/model/request.ts';
import { formatPlan } from '../../src/plan/format.ts';
import { plan } from '../../src/plan/plan.ts';
import { observeQuery } from '../../src/plan/query.ts';
import { dependency, desired, down, healthcheck, port, service, stack, up, volumeMount } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import { type MemoryEngine, memoryEngine } from '../support/memory-engine.ts';
import { stopProcess } from '../support/memory-process.ts';
import { type MemoryContainer, need } from '../support/memory-world.ts';
import { run } from '../support/run.ts';
import { openStranger } from '../support/stranger.ts';

const names = ['api', 'constructor', 'db', 'web'] as const;

/** Any stack of up to four services, each depending on services before it. */
const anyStack: fc.Arbitrary<Desired> = fc
  .tuple(...names.map((name, index) => anyService(name, names.slice(0, index))))
  .chain((all) => fc.subarray(all, { minLength: 1 }))
  .map((chosen) => {
    const present = new Set(chosen.map(({ name }) => name));
    const closed = chosen.map((it) => ({
      ...it,
      dependsOn: it.dependsOn.filter(({ service: on }) => present.has(on)),
    }));
    return desired(closed);
  });

function anyService(name: string, earlier: readonly string[]): fc.Arbitrary<DesiredService> {
  return fc
    .record({
      replicas: fc.integer({ min: 0, max: 3 }),
      version: fc.constantFrom('1', '2'),
      hasPort: fc.boolean(),
      hasData: fc.boolean(),
      isChecked: fc.boolean(),
      needs: fc.subarray([...earlier]),
      isHealthNeeded: fc.boolean(),
      order: fc.constantFrom(undefined, 'start-first' as const, 'stop-first' as const),
      parallelism: fc.constantFrom(undefined, 0, 2),
    })
    .map((it) =>
      service({
        name,
        replicas: it.replicas,
        update: { ...service().update, order: it.order, parallelism: it.parallelism },
        dependsOn: it.needs.map((on) => dependency(on, { condition: it.isHealthNeeded ? 'healthy' : 'started' })),
        container: {
          environment: [['VERSION', it.version]],
          ports: it.hasPort ? [port(8000 + names.indexOf(name as (typeof names)[number]))] : [],
          volumes: it.hasData ? [volumeMount('data')] : [],
          healthcheck: it.isChecked ? healthcheck() : undefined,
        },
      }),
    );
}

/** What somebody else does to a container behind our back. */
const meddlings = ['stop', 'remove', 'rename', 'pause', 'disconnect', 'nothing'] as const;
const anyMeddling = fc.array(fc.constantFrom(...meddlings), { maxLength: 4 });

function meddle({ world }: MemoryEngine, container: MemoryContainer, how: (typeof meddlings)[number]): void {
  switch (how) {
    case 'stop':
      return stopProcess(world, container);
    case 'remove':
      stopProcess(world, container);
      world.containers.delete(container.id);
      return;
    case 'rename':
      need(world, container.id).name = `moved-${container.id.slice(0, 8)}`;
      return;
    case 'pause':
      if (container.state === 'running') container.state = 'paused';
      return;
    case 'disconnect':
      container.networks.length = 0;
      return;
    case 'nothing':
      return;
  }
}

const engineOf = (): MemoryEngine =>
  memoryEngine({ clock: virtualClock(), images: ['nginx:1.27', 'haproxy:3.0-alpine'] });
const runs = { numRuns: 60 };

async function converge(memory: MemoryEngine, wanted: Desired): Promise<Awaited<ReturnType<typeof run>>> {
  return run({ desired: wanted, request: up({ removeOrphans: true }), connections: [memory.connect()] });
}

const isBalancer = ({ creation }: MemoryContainer): boolean => balancedBy(creation.spec) !== undefined;

function expectDesired({ world }: MemoryEngine, wanted: Desired): void {
  const slots = wanted.services.flatMap(({ name, replicas }) =>
    Array.from({ length: replicas }, (_, index) => `app-${name}-${index + 1}`),
  );
  const all = [...world.containers.values()].filter(({ creation }) => creation.project.name === stack);
  const [balancers, containers] = [all.filter(isBalancer), all.filter((it) => !isBalancer(it))];
  expect(containers.map(({ name }) => name).toSorted()).toEqual(slots.toSorted());
  for (const { creation, state } of containers) {
    expect(state).toBe('running');
    const { container } = wanted.services.find(({ name }) => name === creation.service) ?? {};
    const isBehind = balancers.some((it) => balancedBy(it.creation.spec) === creation.service);
    expect(creation.spec).toEqual(isBehind ? { ...container, ports: [] } : container);
  }
  for (const { creation, state, balancing } of balancers) {
    const served = containers.filter((it) => it.creation.service === balancedBy(creation.spec));
    if (served.length > 0) expect(state).toBe('running');
    if (served.length > 0) expect(balancing?.servers.toSorted()).toEqual(served.map(({ id }) => id).toSorted());
  }
}

test('from any stack to any other, whatever was done behind our back, and then there is nothing to do', async () => {
  await fc.assert(
    fc.asyncProperty(anyStack, anyStack, anyMeddling, async (before, after, meddling) => {
      const memory = engineOf();
      await converge(memory, before);
      const containers = [...memory.world.containers.values()];
      for (const [index, how] of meddling.entries()) {
        const victim = containers[index];
        if (victim !== undefined) meddle(memory, victim, how);
      }
      const { outcome } = await converge(memory, after);

      expect(outcome).toMatchObject({ kind: 'converged', failures: [] });
      expectDesired(memory, after);
      // A planner that does nothing at all also plans nothing twice: hence both.
      expect((await converge(memory, after)).plans).toEqual([]);
    }),
    runs,
  );
});

test('no slot ever holds more than two containers', async () => {
  await fc.assert(
    fc.asyncProperty(anyStack, anyStack, async (before, after) => {
      const memory = engineOf();
      await converge(memory, before);
      let most = 0;
      memory.world.listeners.add(() => {
        const slots = Map.groupBy(
          memory.world.containers.values(),
          ({ creation }) => `${creation.service}/${creation.slot}`,
        );
        most = Math.max(most, ...[...slots.values()].map((containers) => containers.length));
      });
      await converge(memory, after);

      expect(most).toBeLessThanOrEqual(2);
    }),
    runs,
  );
});

test('a step waits for earlier steps only, and equal input gives equal text', async () => {
  await fc.assert(
    fc.asyncProperty(anyStack, anyStack, async (before, after) => {
      const memory = engineOf();
      await converge(memory, before);
      const request = up();
      const observed = {
        engines: [
          await memory.connect().engine.observe(observeQuery(stack, after, request), AbortSignal.timeout(1000)),
        ],
      };
      const planOnce = (): ReturnType<typeof plan> =>
        plan({ stack, desired: after, observed, request, history: emptyHistory });
      const [first, second] = [planOnce(), planOnce()];

      if (!first.ok || !second.ok) throw new Error('refused');
      for (const { id, after: waits } of first.value.steps) expect(waits.every((it) => it < id)).toBe(true);
      expect(formatPlan(first.value)).toBe(formatPlan(second.value));
    }),
    runs,
  );
});

test('nothing of others is touched, and no volume goes without the words that allow it', async () => {
  await fc.assert(
    fc.asyncProperty(anyStack, anyStack, fc.boolean(), async (before, after, removeVolumes) => {
      const memory = engineOf();
      const { world } = memory;
      await converge(memory, before);
      const volumes = [...world.volumes.keys()];
      const stranger = openStranger(world);
      await converge(memory, after);
      expect(volumes.filter((name) => !world.volumes.has(name))).toEqual([]);

      const taken = await run({
        desired: after,
        request: down({ removeVolumes, removeOrphans: true }),
        connections: [memory.connect()],
      });
      expect(taken.outcome).toMatchObject({ kind: 'converged' });
      expect(volumes.filter((name) => world.volumes.has(name))).toEqual(removeVolumes ? [] : volumes);
      expect([...world.networks.values()].map(({ stack: owner }) => owner)).toEqual(['other']);
      expect([...world.containers.keys()]).toEqual([stranger.id]);
      expect(stranger.isTouched()).toBe(false);
    }),
    runs,
  );
});
