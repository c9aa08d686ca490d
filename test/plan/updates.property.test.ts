import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Desired, DesiredService } from '../../src/model/desired.ts';
import { rollback, service, up, updatePolicy } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import { type MemoryEngine, memoryEngine } from '../support/memory-engine.ts';
import { run } from '../support/run.ts';
import { anyService, desiredOf, hook } from './any-stack.ts';

const runs = { numRuns: 60 };
const engineOf = (): MemoryEngine => memoryEngine({ clock: virtualClock(), images: ['nginx:1.27'] });

const converge = (memory: MemoryEngine, wanted: Desired): ReturnType<typeof run> =>
  run({ desired: wanted, request: up(), connections: [memory.connect()] });

/** From when until when each slot is updated: from the creation of the new container to the end of the old one. */
function watchUpdates({ world }: MemoryEngine): () => readonly { readonly beginMs: number; readonly endMs: number }[] {
  const begun = new Map<number, number>();
  const ended = new Map<number, number>();
  world.listeners.add((_stack, { container, action }) => {
    const slot = world.containers.get(container)?.creation.slot;
    if (action === 'create' && slot !== undefined) begun.set(slot, world.clock.now());
    if (action !== 'destroy') return;
    // Of the two in a slot the new one is left.
    for (const [began] of begun)
      if (!ended.has(began) && [...world.containers.values()].filter((it) => it.creation.slot === began).length === 1)
        ended.set(began, world.clock.now());
  });
  return () => [...begun].map(([slot, beginMs]) => ({ beginMs, endMs: ended.get(slot) ?? Number.POSITIVE_INFINITY }));
}

const anyPolicy = fc.record({
  parallelism: fc.constantFrom(undefined, 0, 1, 2, 3),
  delayMs: fc.constantFrom(undefined, 700, 5000),
  monitorMs: fc.constantFrom(undefined, 1500),
  order: fc.constantFrom(undefined, 'start-first' as const, 'stop-first' as const),
});

test('no more replicas are updated at a time than parallelism says, and the delay passes before the next', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 6 }), anyPolicy, fc.boolean(), async (replicas, policy, isHooked) => {
      const memory = engineOf();
      const hooks = isHooked ? { postStart: [hook('warm')], preStop: [hook('drain')] } : {};
      const wanted = (version: string): Desired =>
        desiredOf([
          service({
            replicas,
            update: updatePolicy(policy),
            container: { environment: [['VERSION', version]], ...hooks },
          }),
        ]);
      await converge(memory, wanted('1'));
      const updates = watchUpdates(memory);
      const { outcome } = await converge(memory, wanted('2'));

      expect(outcome.kind).toBe('converged');
      const inOrder = updates().toSorted((a, b) => a.beginMs - b.beginMs);
      expect(inOrder).toHaveLength(replicas);
      const atOnce = policy.parallelism === 0 ? replicas : (policy.parallelism ?? 1);
      for (const [index, { beginMs }] of inOrder.entries()) {
        const before = inOrder.slice(0, index).filter(({ endMs }) => endMs + (policy.delayMs ?? 0) > beginMs);
        expect(before.length).toBeLessThan(atOnce);
      }
    }),
    runs,
  );
}, 60_000);

/** Two versions of the same services. */
const anyUpdate: fc.Arbitrary<readonly [readonly DesiredService[], readonly DesiredService[]]> = fc
  .subarray(['api', 'constructor', 'web'], { minLength: 1 })
  .chain((names) =>
    fc.tuple(
      fc.tuple(...names.map((name) => anyService(name, []))),
      fc.tuple(...names.map((name) => anyService(name, []))),
    ),
  )
  .map(([before, after]) => {
    // One where either has a fixed port, else as many in both.
    const count = (index: number): number => {
      const pair = [before[index], after[index]].filter((it) => it !== undefined);
      return pair.some(({ container }) => container.ports.length > 0) ? 1 : (pair[0]?.replicas ?? 1);
    };
    const counted = (all: readonly DesiredService[]): readonly DesiredService[] =>
      all.map((it, index) => ({ ...it, replicas: count(index) }));
    return [counted(before), counted(after)];
  });

test('rollback brings every replica back to the version before the update, and a second one finds nothing to do', async () => {
  await fc.assert(
    fc.asyncProperty(anyUpdate, async ([before, after]) => {
      const memory = engineOf();
      await converge(memory, desiredOf(before, after));
      await converge(memory, desiredOf(after, before));
      const back = (): ReturnType<typeof run> =>
        run({ desired: desiredOf(after, before), request: rollback(), connections: [memory.connect()] });
      const { outcome } = await back();

      expect(outcome).toMatchObject({ kind: 'converged', failures: [] });
      for (const { creation, state } of memory.world.containers.values()) {
        expect(state).toBe('running');
        expect(creation.spec).toEqual(before.find(({ name }) => name === creation.service)?.container);
      }
      expect(memory.world.containers.size).toBe(before.reduce((sum, { replicas }) => sum + replicas, 0));
      expect((await back()).plans).toEqual([]);
      expect((await converge(memory, desiredOf(after, before))).outcome).toMatchObject({ kind: 'converged' });
    }),
    runs,
  );
}, 60_000);
