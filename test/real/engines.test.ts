import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { call } from '../support/real/api.ts';
import { type TestEngine, testEngines } from '../support/real/engines.ts';
import { launch, type Ran } from '../support/real/stack.ts';

/** Two engines or more: a swarm of one is none. */
const engines = testEngines();
const names = engines.map(({ name }) => name);
let folder = '';

/** Runs `stack engines` with the list of all test engines. */
function stackEngines(...words: readonly string[]): Promise<Ran> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', NO_COLOR: '1' };
  return launch(['engines', ...words], { cwd: folder, env }).ended;
}

const list = (more = ''): string =>
  `engines:\n${engines.map(({ name, host }) => `  ${name}: {endpoint: "${host}", plain: true}\n`).join('')}${more}`;

interface Info {
  readonly Swarm: { readonly LocalNodeState: string; readonly ControlAvailable: boolean; readonly NodeAddr: string };
}

const swarmOf = async (engine: TestEngine): Promise<Info['Swarm']> =>
  ((await call(engine, 'GET', '/info')) as Info).Swarm;

async function leaveAll(): Promise<void> {
  for (const engine of engines.toReversed()) {
    const { LocalNodeState } = await swarmOf(engine);
    if (LocalNodeState !== 'inactive') await call(engine, 'POST', '/swarm/leave?force=1');
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engines-'));
});
beforeEach(async () => {
  await leaveAll();
  await writeFile(join(folder, 'engines.yaml'), list());
});
afterAll(async () => {
  await leaveAll();
  await rm(folder, { recursive: true, force: true });
});

test('engines.yaml of the folder is read, and an engine that is not there is named', async () => {
  await writeFile(join(folder, 'engines.yaml'), list('  lost: {endpoint: "tcp://127.0.0.1:9"}\n'));
  const { code, stdout, stderr } = await stackEngines();
  expect(code).toBe(0);
  expect(
    stdout
      .split('\n')
      .slice(1)
      .map((line) => line.split(/\s{2,}/).slice(0, 3)),
  ).toEqual([
    ...engines.map(({ name, host }) => [name, host, 'ready']),
    ['lost', 'tcp://127.0.0.1:9', 'unreachable'],
    [''],
  ]);
  expect(stderr).toMatch(/^! engine lost: .*connection refused.*\nfrom .*\/engines\.yaml$/m);
});

test('engines become a swarm, and a second join changes nothing', async () => {
  expect(await stackEngines('check')).toMatchObject({ code: 1, stdout: expect.stringContaining('stack engines join') });
  const joined = await stackEngines('join', '--yes');
  expect(joined).toMatchObject({ code: 0, stderr: '' });
  const swarms = await Promise.all(engines.map(swarmOf));
  expect(swarms.map(({ LocalNodeState, NodeAddr }) => [LocalNodeState, NodeAddr])).toEqual(
    engines.map(({ address }) => ['active', address]),
  );
  expect(swarms.filter(({ ControlAvailable }) => ControlAvailable)).toHaveLength(engines.length < 3 ? 1 : 3);
  expect(await stackEngines('join', '--yes')).toMatchObject({
    code: 0,
    stdout: `${names.join(', ')}: in one swarm already\n`,
  });
  expect(await stackEngines('check')).toMatchObject({ code: 0 });
});

test('a join that ended halfway is gone on with', async () => {
  const [first] = names;
  expect(await stackEngines('join', '--yes', first ?? '')).toMatchObject({ code: 0 });
  expect(await stackEngines('join', '--yes')).toMatchObject({ code: 0 });
  for (const engine of engines) expect(await swarmOf(engine)).toMatchObject({ LocalNodeState: 'active' });
});

test('engines of two swarms are left alone', async () => {
  for (const name of names) await stackEngines('join', '--yes', name);
  const { code, stderr } = await stackEngines('join', '--yes');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/in different swarms already/)]);
});

test('nothing is joined where nobody can say yes', async () => {
  const { code, stdout } = await stackEngines('join');
  expect([code, stdout]).toEqual([2, expect.stringMatching(/begins a swarm as its first manager/)]);
  for (const engine of engines) expect(await swarmOf(engine)).toMatchObject({ LocalNodeState: 'inactive' });
});

test('what a person wants of an engine is known to whoever looks next', async () => {
  const [name = ''] = names;
  try {
    expect(await stackEngines('drain', name)).toMatchObject({ code: 0 });
    const listed = JSON.parse((await stackEngines('--format', 'json')).stdout) as readonly {
      readonly Availability: string;
    }[];
    expect(listed.map(({ Availability }) => Availability)).toEqual(['drain', ...names.slice(1).map(() => 'active')]);
  } finally {
    expect(await stackEngines('activate', name)).toMatchObject({ code: 0, stdout: `${name} is active\n` });
  }
});
