import { expect, test } from 'vitest';
import { realClock } from '../../support/clock.ts';
import { openShop, type Shop } from '../support/stack.ts';

const open = (): Shop =>
  openShop('services: { web: { image: nginx, network_mode: none } }\n', { clock: realClock(), name: 'a' });

/** Kills the only container, as the kernel would. */
async function kill({ containers, engine }: Shop): Promise<void> {
  const [first] = containers();
  if (first === undefined) throw new Error('no container');
  await engine.connect().engine.stopContainer(first.id, 0, new AbortController().signal);
}

test('watchdog tells what it puts right in lines, and a signal is its good end', async () => {
  const shop = open();
  await shop.run('up -d');
  const running = shop.start('watchdog');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(running.context.errors()).toBe('');
  await kill(shop);
  await expect.poll(running.context.errors, { timeout: 8000 }).toMatch(/ Container shop-web-1 {2}Started/);
  await expect.poll(running.context.errors, { timeout: 8000 }).toMatch(/✔ up shop: 1 of 1 done in/);
  running.context.raise('SIGTERM');
  expect(await running.ended).toMatchObject({ code: 0, out: '' });
  expect(shop.engine.world.locks.size).toBe(0);
}, 20_000);

test('with --progress json every line is an event, and the first one alone tells the versions', async () => {
  const shop = open();
  await shop.run('up -d');
  const running = shop.start('--progress json watchdog');
  await new Promise((resolve) => setTimeout(resolve, 500));
  await kill(shop);
  await expect.poll(running.context.errors, { timeout: 8000 }).toContain('run-ended');
  running.context.raise('SIGINT');
  const { err } = await running.ended;
  const types = err
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly type: string }).type);
  expect(types.filter((type) => type === 'version')).toHaveLength(1);
  expect(types).toEqual(expect.arrayContaining(['run-started', 'round-started', 'step-done']));
}, 20_000);

test.each([
  ['watchdog --lost-after 0', 'one second at least'],
  ['--target swarm watchdog', 'no watchdog is needed'],
])('%s is refused before any engine is asked', async (line, words) => {
  const { run } = openShop('services: { web: { image: nginx } }\n');
  const { code, err } = await run(line, { engines: [] });
  expect([code, err]).toEqual([2, expect.stringContaining(words)]);
});
