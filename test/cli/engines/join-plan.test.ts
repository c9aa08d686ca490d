import { expect, test } from 'vitest';

import { type Candidate, type JoinPlan, planJoin } from '../../../src/cli/engines/join-plan.ts';
import { completeSwarms } from '../../../src/model/membership.ts';
import { memoryEngine } from '../../support/memory-engine.ts';
import { type MemorySwarm, memorySwarm } from '../../support/memory-swarm.ts';

interface Given {
  readonly name: string;
  readonly swarm?: MemorySwarm;
  readonly isWorker?: boolean;
}

async function candidates(given: readonly Given[]): Promise<readonly Candidate[]> {
  const engines = given.map((options) => memoryEngine(options));
  const seen = await Promise.all(
    engines.map(async ({ world, connect }) => ({
      name: world.name as string,
      info: await connect().engine.info(AbortSignal.timeout(5000)),
      advertise: undefined,
    })),
  );
  return completeSwarms(seen);
}

const named = (...names: readonly string[]): readonly Given[] => names.map((name) => ({ name }));

async function plan(given: readonly Given[]): Promise<JoinPlan | string> {
  const found = planJoin(await candidates(given));
  return found.ok ? found.value : found.error.message;
}

test.each([
  [['a'], [], []],
  [['a', 'b'], [], ['b']],
  [['a', 'b', 'c'], ['b', 'c'], []],
  [
    ['a', 'b', 'c', 'd', 'e'],
    ['b', 'c'],
    ['d', 'e'],
  ],
])('%j become a swarm with an odd number of managers, three at most', async (names, managers, workers) => {
  expect(await plan(named(...names))).toEqual({ begins: 'a', through: 'a', managers, workers, members: [] });
});

test('those that are in the swarm already are left as they are', async () => {
  const swarm = memorySwarm();
  const given = [{ name: 'a', swarm }, { name: 'b', swarm, isWorker: true }, ...named('c')];
  expect(await plan(given)).toEqual({
    begins: undefined,
    through: 'a',
    managers: [],
    workers: ['c'],
    members: ['a', 'b'],
  });
});

test('a join that ended halfway goes on to three managers', async () => {
  const swarm = memorySwarm();
  const given = [{ name: 'a', swarm }, { name: 'b', swarm }, ...named('c', 'd')];
  expect(await plan(given)).toMatchObject({ begins: undefined, managers: ['c'], workers: ['d'] });
});

test('managers that are not listed count', async () => {
  const swarm = memorySwarm();
  const all = await candidates([{ name: 'a', swarm }, { name: 'b', swarm }, { name: 'c', swarm }, ...named('d')]);
  const listed = all.filter(({ name }) => name === 'a' || name === 'd');
  expect(planJoin(listed)).toMatchObject({ value: { managers: [], workers: ['d'] } });
});

test('where all are in, there is nothing to do', async () => {
  const swarm = memorySwarm();
  expect(await plan([{ name: 'a', swarm }])).toMatchObject({ begins: undefined, managers: [], workers: [] });
});

test('engines of two swarms are refused', async () => {
  const given = [
    { name: 'a', swarm: memorySwarm('one') },
    { name: 'b', swarm: memorySwarm('two') },
  ];
  expect(await plan(given)).toBe('they are in different swarms already: a | b');
});

test('a worker without its managers is refused', async () => {
  const swarm = memorySwarm();
  const all = await candidates([
    { name: 'a', swarm },
    { name: 'b', swarm, isWorker: true },
  ]);
  expect(planJoin(all.slice(0, 0))).toMatchObject({ ok: false });
  const { info } = all[1] ?? {};
  if (info?.swarm === undefined) throw new Error('no worker');
  const alone = { name: 'b', advertise: undefined, info: { ...info, swarm: { ...info.swarm, clusterId: '' } } };
  expect(planJoin([alone])).toMatchObject({ error: { message: expect.stringContaining('b is a worker') as string } });
});

test('an engine whose joining goes on is waited for by the person', async () => {
  const swarm = memorySwarm();
  const [manager, worker] = await candidates([
    { name: 'a', swarm },
    { name: 'b', swarm, isWorker: true },
  ]);
  if (manager === undefined || worker?.info.swarm === undefined) throw new Error('no members');
  const pending = { ...worker.info.swarm, clusterId: '', problem: 'its swarm is pending' };
  const found = planJoin([manager, { ...worker, info: { ...worker.info, swarm: pending } }]);
  expect(found).toMatchObject({ error: { message: 'b is half in a swarm: its swarm is pending' } });
});

test('a swarm without quorum is refused', async () => {
  const swarm = memorySwarm();
  memoryEngine({ name: 'gone', swarm });
  for (const member of swarm.members) member.isReady = false;
  expect(await plan([{ name: 'a', swarm }, ...named('b')])).toMatch(/the swarm of a cannot be changed/);
});
