import { expect, test } from 'vitest';

import { main } from '../../../src/cli/main.ts';
import { type Engine, EngineError } from '../../../src/engine/engine.ts';
import { engineName } from '../../../src/model/id.ts';
import type { EngineMember } from '../../../src/model/inventory.ts';
import { memoryEngine } from '../../support/memory-engine.ts';
import { memorySwarm } from '../../support/memory-swarm.ts';
import { testContext } from '../support/context.ts';

const member: EngineMember = {
  labels: [['zone', 'east']],
  availability: 'active',
  cpuNanos: 1e9,
  memoryBytes: undefined,
};

const engine = (options: Parameters<typeof memoryEngine>[0]): Engine => memoryEngine(options).connect().engine;

function silent(name: string): Engine {
  const refuse = (): Promise<never> =>
    Promise.reject(new EngineError('unreachable', engineName(name), 'no route to it', { hint: 'plug it in' }));
  return { ...engine({ name }), info: refuse, observe: refuse, listStacks: refuse };
}

async function run(engines: readonly Engine[], ...words: readonly string[]) {
  const context = testContext({ engines });
  const code = await main(['engines', ...words], context);
  return { code, output: context.output(), errors: context.errors() };
}

test('engines are listed with what is said of each; one that does not answer is no failure', async () => {
  const { code, output, errors } = await run([engine({ name: 'a', member }), silent('b')]);
  expect(code).toBe(0);
  expect(output.split('\n').map((line) => line.trimEnd())).toEqual([
    'NAME      ENDPOINT   STATE         VERSION   CPUS      MEMORY    RESERVED   RUNNING   AVAILABILITY   SWARM     LABELS',
    'a                    ready         26.1.5    1 of 2    4GB       -          0         active         -         zone=east',
    'b                    unreachable',
    '',
  ]);
  expect(errors).toBe('! engine b: no route to it\nfrom the test\n');
});

test('the list is data, too', async () => {
  const { output } = await run([engine({ name: 'a', member }), silent('b')], '--format', 'json');
  expect(JSON.parse(output)).toMatchObject([
    { Name: 'a', State: 'ready', Cpus: 1, MemoryBytes: 4e9, Labels: { zone: 'east' }, Availability: 'active' },
    { Name: 'b', State: 'unreachable', Reason: 'no route to it' },
  ]);
});

test('a drained engine is shown as drained until it is activated', async () => {
  const a = engine({ name: 'a' });
  expect(await run([a], 'drain', 'a')).toMatchObject({ code: 0, output: expect.stringContaining('a is drained') });
  expect((await run([a])).output).toMatch(/ drain /);
  expect(await run([a], 'activate', 'a')).toMatchObject({ code: 0, output: 'a is active\n' });
  expect((await run([a])).output).toMatch(/ active /);
});

test('activate says that the list of engines drains the engine', async () => {
  const a = engine({ name: 'a', member: { ...member, availability: 'drain' } });
  expect((await run([a], 'activate', 'a')).output).toContain('the list of engines says "availability: drain"');
});

test('an engine of no such name is refused', async () => {
  expect(await run([engine({ name: 'a' })], 'drain', 'x')).toMatchObject({
    code: 2,
    errors: 'error: no engine is called "x"\nhint: engines are a\n',
  });
});

test('engines that share a swarm have nothing that would fail', async () => {
  const swarm = memorySwarm();
  const { code, output } = await run(
    [engine({ name: 'a', swarm }), engine({ name: 'b', swarm, isWorker: true })],
    'check',
  );
  expect(output).toContain('2 engines: nothing that would fail');
  expect(code).toBe(0);
});

test('what would fail is said, with what to do, and is the exit code', async () => {
  const { code, output } = await run([engine({ name: 'a' }), engine({ name: 'b' }), silent('c')], 'check');
  expect(code).toBe(1);
  expect(output).toBe(
    [
      'problem: c: no route to it',
      '  hint: plug it in',
      'problem: no swarm has them all (a, b): services on different engines cannot share a network',
      '  hint: stack engines join',
      '',
    ].join('\n'),
  );
});

test.each([
  ['two swarms', memorySwarm('one'), memorySwarm('two'), /different swarms/],
  ['one in a swarm', memorySwarm(), undefined, /no swarm has them all \(b\)/],
])('networks cannot span %s', async (_what, one, two, message) => {
  const second = two === undefined ? {} : { swarm: two };
  const { code, output } = await run([engine({ name: 'a', swarm: one }), engine({ name: 'b', ...second })], 'check');
  expect([code, output]).toEqual([1, expect.stringMatching(message)]);
});

test('a swarm without quorum, and a node that is drained in it, are problems', async () => {
  const swarm = memorySwarm();
  const engines = [engine({ name: 'a', swarm }), engine({ name: 'b', swarm, isWorker: true })];
  const [manager, worker] = swarm.members;
  if (manager === undefined || worker === undefined) throw new Error('no members');
  worker.availability = 'drain';
  expect((await run(engines, 'check')).output).toMatch(/^problem: b: is set to drain in its swarm/m);
  manager.isReady = false;
  expect((await run(engines, 'check')).output).toMatch(/^problem: a: its swarm cannot be changed/m);
});

test('one engine under two names is a problem', async () => {
  const world = memoryEngine({ name: 'a' });
  const twin = { ...world.connect().engine, name: engineName('b') };
  const { output } = await run([world.connect().engine, twin], 'check');
  expect(output).toMatch(/^problem: a: is the same engine as b$/m);
});

test('a check of some engines asks them alone', async () => {
  expect(await run([engine({ name: 'a' }), silent('b')], 'check', 'a')).toMatchObject({
    code: 0,
    output: '1 engine: nothing that would fail\n',
  });
});

test('an engine that anybody between could use is warned about', async () => {
  const exposed = { ...engine({ name: 'a' }), isExposed: true };
  const { code, output } = await run([exposed], 'check');
  expect([code, output]).toEqual([0, expect.stringMatching(/^warning: a: is reached without TLS/)]);
});
