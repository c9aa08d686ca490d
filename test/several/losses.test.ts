import { describe, expect, test } from 'vitest';
import { type Fleet, type Loss, openFleet, web } from './fleet.ts';
import { orFirst } from './whole.ts';

const losses: readonly (readonly [name: string, loss: Loss])[] = [
  ['without power', 'lose'],
  ['without a cable', 'cut'],
  ['with an engine that hangs', 'freeze'],
];
const limitMs = 20_000;

const slots = async ({ running }: Fleet): Promise<readonly string[]> =>
  (await running()).map((it) => it.slice(2)).toSorted();

test('scaling from 1 to 6 spreads evenly, and from 6 to 2 the highest numbers go', async () => {
  const fleet = await openFleet(web(1));
  await fleet.stack.ok('up', '-d');
  await fleet.stack.ok('scale', 'web=6');
  const engines = (await fleet.running()).map((it) => it.slice(0, 1));
  expect(engines).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  await fleet.stack.ok('scale', 'web=2');
  expect(await slots(fleet)).toEqual(['1', '2']);
});

describe.each(orFirst(losses))('a host %s', (_name, loss) => {
  test('between two runs: the others take over in time, and what it held comes to one again when it is back', async () => {
    const fleet = await openFleet(web(6));
    await fleet.stack.ok('up', '-d');
    await fleet.lose('b', loss);
    const startedAt = performance.now();
    const { code, stderr } = await fleet.stack.run('--progress', 'plain', 'up', '-d');
    expect(performance.now() - startedAt).toBeLessThan(limitMs);
    expect([code, stderr.match(/Engine b {2}Lost/g)]).toEqual([6, ['Engine b  Lost']]);
    expect(await slots(fleet)).toEqual(['1', '2', '3', '4', '5', '6']);

    const shown = await fleet.stack.run('ps');
    expect([shown.code, shown.stderr]).toEqual([6, expect.stringContaining('! engine b: ')]);
    await fleet.bringBack('b');
    await expect.poll(async () => (await fleet.stack.run('up', '-d')).code, { timeout: 20_000 }).toBe(0);
    expect(await slots(fleet)).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  test('in the middle of an up: the others converge in the same run, and one more up repairs the rest', async () => {
    const fleet = await openFleet(web(9));
    const running = fleet.stack.start('--progress', 'plain', 'up', '-d');
    await expect.poll(running.errors, { timeout: 20_000, interval: 20 }).toMatch(/web-\d on b {2}Created/);
    const startedAt = performance.now();
    await fleet.lose('b', loss);
    const { code, stderr } = await running.ended;
    expect(performance.now() - startedAt).toBeLessThan(limitMs);
    // A run that was faster than the loss knows nothing of it; the next one does.
    const last = code === 0 ? await fleet.stack.run('up', '-d') : { code, stderr };
    expect(last).toMatchObject({ code: 6 });
    expect(await slots(fleet)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);

    await fleet.bringBack('b');
    await expect.poll(async () => (await fleet.stack.run('up', '-d')).code, { timeout: 20_000 }).toBe(0);
    expect(await slots(fleet)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  test('in the middle of a rolling update: every replica is the new one where an engine answers', async () => {
    const fleet = await openFleet(web(6));
    await fleet.stack.ok('up', '-d');
    await fleet.stack.write({ 'stack.yaml': web(6, ', environment: {VERSION: "2"}') });
    const running = fleet.stack.start('--progress', 'plain', 'up', '-d');
    await expect.poll(running.errors, { timeout: 30_000, interval: 20 }).toMatch(/web-1 on \w {2}Recreated/);
    await fleet.lose('b', loss);
    expect((await running.ended).code).toBe(6);
    expect(await slots(fleet)).toEqual(['1', '2', '3', '4', '5', '6']);

    await fleet.bringBack('b');
    await expect.poll(async () => (await fleet.stack.run('up', '-d')).code, { timeout: 30_000 }).toBe(0);
    expect(await slots(fleet)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect((await fleet.stack.ok('plan')).stdout).toBe('0 to create, 0 to recreate, 0 to remove\n');
  });
});

test('two people at once: one waits for the other, and both end well', async () => {
  const fleet = await openFleet(web(6));
  const runs = [fleet.stack.start('up', '-d'), fleet.stack.start('--progress', 'plain', 'up', '-d')];
  const ended = await Promise.all(runs.map((running) => running.ended));
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  expect(await slots(fleet)).toEqual(['1', '2', '3', '4', '5', '6']);
});

test('a run that is killed in the middle leaves nothing that one more up does not bring in order', async () => {
  const fleet = await openFleet(web(9));
  const running = fleet.stack.start('--progress', 'plain', 'up', '-d');
  await expect.poll(running.errors, { timeout: 20_000, interval: 20 }).toMatch(/web-\d on b {2}Created/);
  running.child.kill('SIGKILL');
  expect((await running.ended).code).toBeNull();
  await fleet.stack.ok('up', '-d');
  expect(await slots(fleet)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
  expect((await fleet.stack.ok('plan')).stdout).toBe('0 to create, 0 to recreate, 0 to remove\n');
});
