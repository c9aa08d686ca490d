import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLoad } from '../support/real/load.ts';
import { openSwarm, type TestSwarm } from '../support/real/swarm.ts';
import { openFleet } from './fleet.ts';

let swarm: TestSwarm;
beforeAll(async () => {
  swarm = await openSwarm();
});
afterAll(async () => {
  await swarm.end();
});

const port = 18071;
const stackFile = (version: string): string => `
services:
  web:
    image: stack-test/busybox:1
    command: [sh, -c, 'mkdir /w; echo "$$(hostname) ${version}" >/w/index.html; exec httpd -f -p 80 -h /w']
    stop_grace_period: 0s
    ports: ["${port}:80"]
    deploy: {replicas: 3}
`;
const urls = (): readonly string[] => swarm.engines.map(({ address }) => `http://${address}:${port}/`);

test('every engine answers for all replicas, and an update loses no request on any of them', async () => {
  const { stack, running } = await openFleet(stackFile('1'));
  await stack.ok('up', '-d');
  expect((await running()).filter((replica) => /\/[123]$/.test(replica)).length).toBeGreaterThanOrEqual(3);
  for (const url of urls()) {
    const { failed, bodies } = await openLoad(url, { keepsAlive: false }).stop(100);
    expect([failed, bodies.length]).toEqual([[], 3]);
  }

  await stack.write({ 'stack.yaml': stackFile('2') });
  const loads = urls().map((url) => openLoad(url, { keepsAlive: false }));
  await setTimeout(500);
  await stack.ok('up', '-d');
  for (const load of loads) expect((await load.stop(1000)).failed).toEqual([]);
  expect(await stack.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });

  await stack.ok('down');
  expect(await running()).toEqual([]);
});

test('the engines that are left answer for a host that is lost', async () => {
  const { stack, lose, bringBack } = await openFleet(stackFile('1'));
  await stack.ok('up', '-d');
  const loads = urls()
    .slice(0, 2)
    .map((url) => openLoad(url, { keepsAlive: false }));
  await setTimeout(500);
  await lose('c', 'lose');

  for (const load of loads) {
    const { count, failed } = await load.stop(1000);
    console.log(`${failed.length} of ${count} requests failed while a host was lost`);
    // What the lost replica was about to answer nobody can.
    expect(failed.length).toBeLessThanOrEqual(2);
  }
  await bringBack('c');
  // The swarm keeps the network until it knows that the host has nothing on it.
  while ((await stack.run('down')).code !== 0) await setTimeout(1000);
});
