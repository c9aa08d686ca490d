import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { testEngines } from '../support/real/engines.ts';
import { openLoad } from '../support/real/load.ts';
import { leaveSwarm } from '../support/real/swarm.ts';
import { openFleet } from './fleet.ts';

const engines = testEngines();
const port = 18072;
const sleep = `[sh, -c, 'trap "exit 0" TERM; while :; do sleep 1 & wait; done']`;
const stackFile = `
services:
  web:
    image: stack-test/busybox:1
    command: [sh, -c, 'mkdir /w; hostname >/w/index.html; exec httpd -f -p 80 -h /w']
    stop_grace_period: 0s
    ports: ["${port}:80"]
    deploy: {replicas: 3}
  db:
    image: stack-test/busybox:1
    command: ${sleep}
    volumes: ["data:/data"]
    deploy: {placement: {constraints: [node.labels.disk == ssd]}}
volumes: {data: {}}
`;

beforeAll(() => leaveSwarm(engines));
afterAll(() => leaveSwarm(engines));

test('a watchdog restores what can run anywhere, on a network over all hosts, and holds what has its data on the lost one', async () => {
  const fleet = await openFleet(stackFile, { labels: { b: 'disk: ssd' } });
  const { stack, running } = fleet;
  await stack.ok('engines', 'join', '--yes');
  await stack.ok('up', '-d');
  expect([await running('db'), await running('web.balancer')]).toEqual([['b/1'], ['a/1', 'b/2', 'c/3']]);
  const watchdog = stack.start('--progress', 'plain', 'watchdog');
  onTestFinished(async () => {
    watchdog.child.kill('SIGTERM');
    await watchdog.ended;
  });
  await setTimeout(3000);

  const sampler = fleet.sample('web');
  const lostAt = performance.now();
  await fleet.lose('b', 'lose');
  await sampler.until(3, 30);
  const restored = Math.round((performance.now() - lostAt) / 100) / 10;
  for (const { address } of engines.filter((_, index) => index !== 1)) {
    const load = openLoad(`http://${address}:${port}/`, { keepsAlive: false });
    expect((await load.stop(200)).failed).toEqual([]);
  }
  expect(await running('db')).toEqual([]);
  expect(watchdog.errors()).toMatch(/db waits: b does not answer, and volume \S+_data may be there/);

  const backAt = performance.now();
  await fleet.bringBack('b');
  const isBack = sampler.until(3, 30);
  await expect.poll(() => running('db'), { timeout: 20_000 }).toEqual(['b/1']);
  await isBack;
  const whole = Math.round((performance.now() - backAt) / 100) / 10;
  console.log(`over a network: restored after ${restored} s, all is back ${whole} s after the power`);
  expect(restored).toBeLessThanOrEqual(8);
  await setTimeout(2000);
  expect((await running('web')).map((it) => it.slice(2)).toSorted()).toEqual(['1', '2', '3']);
  await sampler.end();
});
