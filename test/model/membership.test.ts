import { expect, test } from 'vitest';
import { completeSwarms } from '../../src/model/membership.ts';
import type { EngineInfo } from '../../src/model/observed.ts';
import { memoryEngine } from '../support/memory-engine.ts';
import { type MemorySwarm, memorySwarm } from '../support/memory-swarm.ts';

async function infos(swarm: MemorySwarm, names: readonly string[]): Promise<readonly { readonly info: EngineInfo }[]> {
  const engines = names.map((name) => memoryEngine({ name, swarm, isWorker: name.startsWith('worker') }));
  const worker = swarm.members.find(({ world }) => world.name === 'worker');
  if (worker !== undefined) worker.availability = 'drain';
  return Promise.all(
    engines.map(async (engine) => ({ info: await engine.connect().engine.info(AbortSignal.timeout(5000)) })),
  );
}

test('what a worker does not tell is known from its manager', async () => {
  const swarm = memorySwarm();
  const [, worker] = completeSwarms(await infos(swarm, ['manager', 'worker']));
  expect(worker?.info.swarm).toMatchObject({ clusterId: swarm.clusterId, availability: 'drain' });
});

test('a worker without its manager stays unknown', async () => {
  const [worker] = completeSwarms((await infos(memorySwarm(), ['manager', 'worker'])).slice(1));
  expect(worker?.info.swarm).toMatchObject({ clusterId: '', availability: undefined });
});

test('a manager of another swarm tells nothing of a worker', async () => {
  const [, worker] = await infos(memorySwarm('one'), ['manager', 'worker']);
  const others = await infos(memorySwarm('two'), ['manager']);
  const completed = completeSwarms([...others, ...(worker === undefined ? [] : [worker])]);
  expect(completed[1]?.info.swarm?.clusterId).toBe('');
});

test('an engine outside of swarms is left as it is', async () => {
  const info = await memoryEngine().connect().engine.info(AbortSignal.timeout(5000));
  const engine = { info };
  expect(completeSwarms([engine])[0]).toBe(engine);
});
