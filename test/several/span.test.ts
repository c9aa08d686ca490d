import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { containersOf, imageId, networksOf, removeImage, volumesOf } from '../support/real/api.ts';
import { testEngines } from '../support/real/engines.ts';
import { leaveSwarm } from '../support/real/swarm.ts';
import { visit } from '../support/real/wordpress.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { wholeTest } from './whole.ts';

const example = join(import.meta.dirname, '../../examples/several/compose.yaml');
const images = ['wordpress:7', 'mysql:9.7'];
const engines = testEngines();
const [first, second, third] = engines;
if (first === undefined || second === undefined || third === undefined) throw new Error('three engines are needed');

beforeAll(() => leaveSwarm(engines));
afterAll(() => leaveSwarm(engines));

/** The example on engines that `stack` made a swarm of, and whose images the first engine alone has. */
async function openExample(): Promise<Fleet> {
  const fleet = await openFleet(await readFile(example, 'utf8'), {
    files: { 'secrets/db_password': 'a"b\'c\\d', 'secrets/db_root_password': 'r00t' },
  });
  await fleet.stack.ok('engines', 'join', '--yes');
  return fleet;
}

const homes = async ({ running }: Fleet, service: string): Promise<readonly string[]> =>
  (await running(service)).map((it) => it.slice(0, 1));

async function expectNothingLeft({ stack }: Fleet): Promise<void> {
  // The swarm keeps a network until it knows that a host which was lost has nothing on it.
  while ((await stack.run('down', '--volumes', '--yes')).code !== 0) await setTimeout(1000);
  for (const engine of engines) {
    expect(await containersOf(engine, stack.project)).toEqual([]);
    // An engine hears of the end of a network from its managers.
    await expect.poll(() => networksOf(engine, stack.project), { timeout: 10_000 }).toEqual([]);
    expect(await volumesOf(engine, stack.project)).toEqual([]);
  }
}

test('WordPress uses MySQL on another host, with images that one engine has, and keeps its posts over down and up', async () => {
  for (const image of images) {
    expect(await imageId(first, image)).toBeDefined();
    for (const engine of [second, third]) await removeImage(engine, image);
  }
  const fleet = await openExample();
  await fleet.stack.ok('up', '-d', '--wait');
  expect([await homes(fleet, 'db'), await homes(fleet, 'web')]).toEqual([['a'], ['b', 'c']]);
  for (const engine of [second, third]) {
    expect(await imageId(engine, 'wordpress:7')).toBe(await imageId(first, 'wordpress:7'));
    expect(await imageId(engine, 'mysql:9.7')).toBeUndefined();
  }

  const visitor = visit(`http://${second.address}:8080`);
  await visitor.install();
  const post = await visitor.publish('Kept by a volume', 'Written before the stack went down.');
  await fleet.stack.ok('down');
  expect(await fleet.running()).toEqual([]);
  await fleet.stack.ok('up', '-d', '--wait');
  expect(await homes(fleet, 'db')).toEqual(['a']);
  expect(await visitor.read(post)).toContain('Written before the stack went down.');
  for (const { address } of engines) {
    expect(await visit(`http://${address}:8080`).read('/?rest_route=/wp/v2/posts')).toContain('Kept by a volume');
  }
  await expectNothingLeft(fleet);
});

wholeTest(
  'MySQL stays where its data is: on an engine that is drained, and on one that is lost until it is back',
  async () => {
    const fleet = await openExample();
    const { stack } = fleet;
    await stack.ok('up', '-d', '--wait');
    const visitor = visit(`http://${second.address}:8080`);
    await visitor.install();
    const post = await visitor.publish('Held by an engine', 'Written before the host was lost.');

    onTestFinished(async () => void (await stack.run('engines', 'activate', 'a')));
    await stack.ok('engines', 'drain', 'a');
    const drained = await stack.ok('up', '-d', '--wait');
    expect(drained.stderr).toContain('! db stays on a, which is drained: its data is there\n');
    expect(await homes(fleet, 'db')).toEqual(['a']);
    await stack.ok('engines', 'activate', 'a');

    await fleet.lose('a', 'lose');
    const lost = await stack.run('up', '-d', '--wait');
    expect(lost.stderr).toMatch(/^! db waits: a does not answer, and volume \S+_database may be there$/m);
    expect(lost.code).toBe(6);
    expect(await homes(fleet, 'db')).toEqual([]);
    expect(await homes(fleet, 'web')).toEqual(['b', 'c']);

    await fleet.bringBack('a');
    await stack.ok('up', '-d', '--wait');
    expect([await homes(fleet, 'db'), await homes(fleet, 'web')]).toEqual([['a'], ['b', 'c']]);
    await expect.poll(() => visitor.read(post), { timeout: 20_000 }).toContain('Written before the host was lost.');
    await expectNothingLeft(fleet);
  },
);
