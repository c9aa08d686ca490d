import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Desired, DesiredService } from '../../src/model/desired.ts';
import { type Availability, loneMember } from '../../src/model/inventory.ts';
import { desired, healthcheck, service, up, volumeMount } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import { type MemoryEngine, memoryEngine } from '../support/memory-engine.ts';
import { memorySwarm } from '../support/memory-swarm.ts';
import { type Run, run } from '../support/run.ts';

const names = ['a', 'b', 'c'] as const;

const anyService = (name: string): fc.Arbitrary<DesiredService> =>
  fc
    .record({
      replicas: fc.integer({ min: 0, max: 4 }),
      version: fc.constantFrom('1', '2'),
      hasData: fc.boolean(),
      isChecked: fc.boolean(),
      isGlobal: fc.boolean(),
      limit: fc.constantFrom(undefined, 2),
      order: fc.constantFrom(undefined, 'start-first' as const, 'stop-first' as const),
      parallelism: fc.constantFrom(undefined, 0, 2),
    })
    .map((it) =>
      service({
        name,
        replicas: it.hasData ? Math.min(1, it.replicas) : it.replicas,
        update: { ...service().update, order: it.order, parallelism: it.parallelism },
        placement: {
          ...service().placement,
          mode: it.isGlobal && !it.hasData ? 'global' : 'replicated',
          maxReplicasPerNode: it.limit,
        },
        container: {
          environment: [['VERSION', it.version]],
          volumes: it.hasData ? [volumeMount(name)] : [],
          healthcheck: it.isChecked ? healthcheck() : undefined,
        },
      }),
    );

const anyStack = fc.tuple(anyService('api'), anyService('db'), anyService('web')).map((services) => desired(services));
const anyAvailability = fc.tuple(
  ...names.map(() => fc.constantFrom<Availability>('active', 'active', 'active', 'pause', 'drain')),
);

function openFleet(): readonly MemoryEngine[] {
  const [clock, swarm] = [virtualClock(), memorySwarm()];
  return names.map((name) =>
    memoryEngine({ name, clock, swarm, isWorker: name === 'c', images: ['nginx:1.27'], member: loneMember }),
  );
}

const converge = (fleet: readonly MemoryEngine[], wanted: Desired, isRebalanced = false): Promise<Run> =>
  run({
    desired: wanted,
    request: up({ removeOrphans: true, rebalance: isRebalanced }),
    connections: fleet.map(({ connect }) => connect()),
  });

test('from any stack to any other, while engines are drained and come back, and then there is nothing to do', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(anyStack, anyStack, anyAvailability, fc.boolean(), async (before, after, words, isRebalanced) => {
      const fleet = openFleet();
      await converge(fleet, before);
      for (const [index, { world }] of fleet.entries())
        world.member = { ...loneMember, availability: words[index] ?? 'active' };
      const { outcome } = await converge(fleet, after, isRebalanced);
      fc.pre(outcome.kind !== 'refused');

      expect(outcome).toMatchObject({ kind: 'converged', failures: [] });
      expectOnePerSlot(fleet, after);
      expect((await converge(fleet, after, isRebalanced)).plans).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

/** Every replica runs once, wherever it is, and is what was asked for. */
function expectOnePerSlot(fleet: readonly MemoryEngine[], wanted: Desired): void {
  const all = fleet.flatMap(({ world }) => [...world.containers.values()]);
  const slots = all.map(({ creation }) => `${creation.service}/${creation.slot}`);
  const asked = wanted.services
    .filter(({ placement }) => placement.mode === 'replicated')
    .flatMap(({ name, replicas }) => Array.from({ length: replicas }, (_, index) => `${name}/${index + 1}`));
  expect(new Set(slots).size).toBe(slots.length);
  expect(slots).toEqual(expect.arrayContaining(asked));
  for (const { creation, state } of all) {
    expect(state).toBe('running');
    expect(creation.spec).toEqual(wanted.services.find(({ name }) => name === creation.service)?.container);
  }
}
