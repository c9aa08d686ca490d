import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Running } from '../support/real/stack.ts';
import { type Fleet, type Loss, openFleet, web } from './fleet.ts';
import { orFirst, wholeTest } from './whole.ts';

const restoredSeconds = 8;
const singleSeconds = 5;

/** A stack of six replicas and its watchdog. */
async function openWatched(...flags: readonly string[]): Promise<Fleet & { readonly watchdog: Running }> {
  const fleet = await openFleet(web(6));
  await fleet.stack.ok('up', '-d');
  const engines = (await fleet.running()).map((it) => it.slice(0, 1));
  expect(engines).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  const watchdog = fleet.stack.start('--progress', 'json', 'watchdog', ...flags);
  onTestFinished(async () => {
    watchdog.child.kill('SIGTERM');
    await watchdog.ended;
  });
  await setTimeout(3000);
  return { ...fleet, watchdog };
}

describe('a watchdog', () => {
  test.each(orFirst(['cut', 'lose', 'freeze'] as const))(
    'restores the replicas of a lost host (%s), and takes duplicates away when it returns',
    async (loss: Loss) => {
      const fleet = await openWatched();
      const sampler = fleet.sample();
      const startedAt = performance.now();
      await fleet.lose('b', loss);
      await sampler.until(6, 20);
      const restored = Math.round((performance.now() - startedAt) / 100) / 10;
      await setTimeout(1000);
      await fleet.bringBack('b');
      const single = await sampler.until(6, 20);
      await sampler.end();
      console.log(`${loss}: restored after ${restored} s, single again ${single} s after the return`);
      expect(restored).toBeLessThanOrEqual(restoredSeconds);
      expect(single).toBeLessThanOrEqual(singleSeconds);
      await setTimeout(2000);
      expect((await fleet.running()).map((it) => it.slice(2)).toSorted()).toEqual(['1', '2', '3', '4', '5', '6']);
    },
  );

  test('empties a drained host without ever running fewer replicas than wanted', async () => {
    const fleet = await openWatched();
    const sampler = fleet.sample();
    const startedAt = performance.now();
    await fleet.stack.ok('engines', 'drain', 'b');
    await expect
      .poll(async () => (await fleet.running()).some((it) => it.startsWith('b/')), { timeout: 60_000 })
      .toBe(false);
    console.log(`drained after ${Math.round((performance.now() - startedAt) / 100) / 10} s`);
    onTestFinished(async () => void (await fleet.stack.run('engines', 'activate', 'b')));
    expect(await sampler.end()).toMatchObject({ least: 6 });
  });

  wholeTest('leaves what a person scales, and keeps that number when a host is lost', async () => {
    const fleet = await openWatched();
    await fleet.stack.ok('scale', 'web=2');
    await setTimeout(5000);
    expect((await fleet.running()).map((it) => it.slice(2)).toSorted()).toEqual(['1', '2']);
    await fleet.stack.ok('scale', 'web=4');
    await setTimeout(1000);
    const sampler = fleet.sample();
    await fleet.lose('a', 'lose');
    expect(await sampler.until(4, 20)).toBeLessThanOrEqual(restoredSeconds);
    await sampler.end();
  });

  wholeTest('two of them do what one does, and end with 0 when they are told', async () => {
    const fleet = await openWatched();
    const second = fleet.stack.start('watchdog');
    await setTimeout(3000);
    const sampler = fleet.sample();
    await fleet.lose('c', 'lose');
    expect(await sampler.until(6, 20)).toBeLessThanOrEqual(restoredSeconds + singleSeconds);
    await sampler.end();
    for (const { child } of [second, fleet.watchdog]) child.kill('SIGTERM');
    expect([(await second.ended).code, (await fleet.watchdog.ended).code]).toEqual([0, 0]);
  });
});
