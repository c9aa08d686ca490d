import { expect, test } from 'vitest';

import { formatPlan } from '../../src/plan/format.ts';
import { dependency, desired, down, healthcheck, service, up, volumeMount } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import { memoryEngine } from '../support/memory-engine.ts';
import { run } from '../support/run.ts';

const blog = desired([
  service({ name: 'db', container: { image: 'mysql:9', healthcheck: healthcheck(), volumes: [volumeMount('data')] } }),
  service({ name: 'web', dependsOn: [dependency('db', { condition: 'healthy' })] }),
]);
const engineWith = (images: readonly string[]) => memoryEngine({ clock: virtualClock(), images, registry: ['nginx:1.27', 'mysql:9'] });

test('a fresh stack is pulled, created and started in one round, and a second run changes nothing', async () => {
  const { connect } = engineWith([]);
  const first = await run({ desired: blog, request: up(), connections: [connect()] });

  expect(first.plans.map(formatPlan)).toEqual(['']);
  expect(first.outcome).toMatchObject({ kind: 'converged', failures: [] });
  const again = connect();
  const second = await run({ desired: blog, request: up(), connections: [again] });
  expect(second.outcome).toMatchObject({ kind: 'converged', changes: 0 });
  expect(again.calls).toEqual([]);
});

test('down removes everything but the volumes, and a second one changes nothing', async () => {
  const { connect, world } = engineWith([]);
  await run({ desired: blog, request: up(), connections: [connect()] });
  const taken = await run({ desired: undefined, request: down(), connections: [connect()] });

  expect(taken.plans.map(formatPlan)).toEqual(['']);
  expect(world.containers.size).toBe(0);
  expect(world.networks.size).toBe(0);
  expect([...world.volumes.keys()]).toEqual(['app_data']);
  const again = connect();
  await run({ desired: undefined, request: down(), connections: [again] });
  expect(again.calls).toEqual([]);
});
