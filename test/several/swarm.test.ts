import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHost } from '../support/real/hosts.ts';
import type { TestStack } from '../support/real/stack.ts';
import {
  docker,
  filesOf,
  image,
  openSwarm,
  openSwarmStack,
  runningTasks,
  serviceOf,
  servicesOf,
  type TestSwarm,
  traces,
  watchWrites,
} from '../support/real/swarm.ts';
import { wholeTest } from './whole.ts';

let swarm: TestSwarm;
beforeAll(async () => {
  swarm = await openSwarm();
});
afterAll(async () => {
  await swarm.end();
});

/** A service that runs on, with its first lines as given. */
const service = (lines: string, deploy = ''): string =>
  `{image: "${image}", init: true, ${lines}, deploy: {endpoint_mode: dnsrr, update_config: {monitor: 2s}${deploy}}}`;
const sleeper = (lines = '', deploy = ''): string => service(`command: [sleep, "1000000"]${lines}`, deploy);

const versions = async (stack: TestStack): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries([...(await servicesOf(stack))].map(([name, { Version }]) => [name, Version.Index]));

describe('up', () => {
  wholeTest('services come up by stages: what others depend on stands before they are made', async () => {
    const stack = await openSwarmStack(swarm, {
      'stack.yaml': `services:
  web: ${sleeper(', depends_on: {db: {condition: service_healthy}, migrate: {condition: service_completed_successfully}}')}
  db: ${sleeper(', healthcheck: {test: [CMD, test, -f, /tmp/up], interval: 1s, timeout: 1s}').replace('[sleep, "1000000"]', '[sh, -c, "sleep 2; touch /tmp/up; exec sleep 1000000"]')}
  migrate: ${service('command: [sh, -c, "sleep 1"]')}
`,
    });
    await stack.ok('up', '-d');
    const [web] = await runningTasks(stack, 'web');
    const [db] = await runningTasks(stack, 'db');
    expect(Date.parse(web?.CreatedAt ?? '')).toBeGreaterThan(Date.parse(db?.Status.Timestamp ?? ''));
  });

  test('a second up of thirty services writes nothing', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `s${index}`);
    const stack = await openSwarmStack(swarm, {
      'stack.yaml': `services:\n${names.map((name) => `  ${name}: ${sleeper()}\n`).join('')}`,
    });
    await stack.ok('up', '-d');
    const before = await versions(stack);
    const { writes } = await watchWrites(swarm);
    await stack.ok('up', '-d');
    expect(await writes()).toEqual([]);
    expect(await versions(stack)).toEqual(before);
    // What would have been seen: the lock of a run that changes something is an object of the swarm too.
    await stack.ok('scale', 's0=2');
    expect(await writes()).toEqual(expect.arrayContaining(['config create', 'service update', 'config remove']));
  });

  test('only the service that differs is updated, and the plan says by which field', async () => {
    const file = (greeting: string): string =>
      `services:\n  web: ${sleeper(`, environment: {GREETING: ${greeting}}`)}\n  other: ${sleeper()}\n`;
    const stack = await openSwarmStack(swarm, { 'stack.yaml': file('hello') });
    await stack.ok('up', '-d');
    const before = await versions(stack);
    await stack.write({ 'stack.yaml': file('goodbye') });
    const { stdout } = await stack.ok('plan');
    expect(stdout).toContain('service/web  update  environment.GREETING: "hello" → "goodbye"');
    await stack.ok('up', '-d');
    const after = await versions(stack);
    expect(after['other']).toBe(before['other']);
    expect((await serviceOf(stack, 'web')).Spec.TaskTemplate.ContainerSpec.Env).toEqual(['GREETING=goodbye']);
  });

  wholeTest('what somebody else changed is put back', async () => {
    const stack = await openSwarmStack(swarm, { 'stack.yaml': `services:\n  web: ${sleeper()}\n` });
    await stack.ok('up', '-d');
    await docker(swarm, 'service', 'scale', '--detach', `${stack.project}_web=3`);
    const { stdout } = await stack.ok('plan');
    expect(stdout).toContain('changed by somebody else');
    await stack.ok('up', '-d');
    expect(await runningTasks(stack, 'web')).toHaveLength(1);
  });

  test('an update that fails goes back by itself, and is told of with exit code 1 and the last words', async () => {
    const file = (command: string): string => `services:\n  web: ${service(`command: ${command}`)}\n`;
    const stack = await openSwarmStack(swarm, { 'stack.yaml': file('[sleep, "1000000"]') });
    await stack.ok('up', '-d');
    await stack.write({ 'stack.yaml': file('[sh, -c, "echo I am broken; exit 3"]') });
    const { code, stderr } = await stack.run('up', '-d');
    expect(code).toBe(1);
    expect(stderr).toContain('went back to the version before');
    expect(stderr).toContain('I am broken');
    expect((await serviceOf(stack, 'web')).Spec.TaskTemplate.ContainerSpec.Args).toEqual(['sleep', '1000000']);
    expect(await runningTasks(stack, 'web')).toHaveLength(1);
  });

  wholeTest('a service that no node can run ends the wait with the reason of the scheduler', async () => {
    const stack = await openSwarmStack(swarm, {
      'stack.yaml': `services:\n  web: ${sleeper('', ', placement: {constraints: ["node.labels.zone == mars"]}')}\n`,
    });
    const { code, stderr } = await stack.run('up', '-d');
    expect(code).toBe(1);
    expect(stderr).toContain('no suitable node (scheduling constraints not satisfied on 3 nodes)');
  });

  wholeTest('two at once end well: one waits for the other, and the service is changed once', async () => {
    const stack = await openSwarmStack(swarm, { 'stack.yaml': `services:\n  web: ${sleeper()}\n` });
    const ran = await Promise.all([stack.run('up', '-d'), stack.run('up', '-d')]);
    expect(ran.map(({ code }) => code)).toEqual([0, 0]);
    expect(ran.map(({ stderr }) => /Service \S+ {2}Created/.test(stderr)).filter(Boolean)).toHaveLength(1);
    expect(await runningTasks(stack, 'web')).toHaveLength(1);
  });

  wholeTest('a node that is lost on the way holds nobody up: its tasks run elsewhere', async () => {
    const lost = swarm.engines[2];
    if (lost === undefined) throw new Error('no third engine');
    const host = await openHost(lost);
    const stack = await openSwarmStack(swarm, { 'stack.yaml': `services:\n  web: ${sleeper('', ', replicas: 6')}\n` });
    try {
      const running = stack.start('up', '-d', '--scale', 'web=3');
      await host('lose');
      expect((await running.ended).code).toBe(0);
      const { code, stderr } = await stack.run('up', '-d');
      expect(stderr).not.toContain('Failed');
      expect(code).toBe(0);
      const nodes = new Set((await runningTasks(stack, 'web')).map(({ NodeID }) => NodeID));
      expect(nodes.size).toBeGreaterThan(0);
      expect(await runningTasks(stack, 'web')).toHaveLength(6);
    } finally {
      await host('boot');
    }
  });
});

wholeTest('configs and secrets get a name for each content, and go once nothing can go back to them', async () => {
  const file = (page: string): string =>
    `services:\n  web: ${sleeper(', configs: [page], secrets: [pw]')}\nconfigs: {page: {content: ${page}}}\nsecrets: {pw: {environment: PW}}\n`;
  const stack = await openSwarmStack(swarm, { 'stack.yaml': file('one') }, { PW: 'not-to-be-seen' });
  await stack.ok('up', '-d');
  const first = await filesOf(stack);
  await stack.write({ 'stack.yaml': file('two') });
  const { stdout } = await stack.ok('plan');
  expect(stdout).toContain('config page: content changed');
  await stack.ok('up', '-d');
  const second = await filesOf(stack);
  expect(second).toEqual(expect.arrayContaining([...first]));
  await stack.write({ 'stack.yaml': file('three') });
  await stack.ok('up', '-d');
  const third = await filesOf(stack);
  expect(third).not.toContain(first.find((name) => name.includes('_page_')));
  expect(third.filter((name) => name.includes('_page_'))).toHaveLength(2);
  const { Spec } = await serviceOf(stack, 'web');
  expect(JSON.stringify(Spec)).not.toContain('not-to-be-seen');
});

test('scale goes from 1 to 6 to 2, and returns when it is so', async () => {
  const stack = await openSwarmStack(swarm, { 'stack.yaml': `services:\n  web: ${sleeper()}\n` });
  await stack.ok('up', '-d');
  await stack.ok('scale', 'web=6');
  expect(await runningTasks(stack, 'web')).toHaveLength(6);
  const { stdout } = await stack.ok('ps', '--format', '{{.Name}} {{.Node}} {{.State}}');
  expect(new Set(stdout.split('\n').flatMap((line) => line.split(' ')[1] ?? []))).toHaveProperty('size', 3);
  await stack.ok('scale', 'web=2');
  expect(await runningTasks(stack, 'web')).toHaveLength(2);
});

test('rollback goes back to the version that the swarm remembers', async () => {
  const file = (word: string): string => `services:\n  web: ${sleeper(`, environment: {WORD: ${word}}`)}\n`;
  const stack = await openSwarmStack(swarm, { 'stack.yaml': file('one') });
  await stack.ok('up', '-d');
  await stack.write({ 'stack.yaml': file('two') });
  await stack.ok('up', '-d');
  await stack.ok('rollback', 'web');
  expect((await serviceOf(stack, 'web')).Spec.TaskTemplate.ContainerSpec.Env).toEqual(['WORD=one']);
  expect((await stack.ok('plan')).stdout).toContain('environment.WORD: "one" → "two"');
});

wholeTest('logs come from tasks on every node', async () => {
  const stack = await openSwarmStack(swarm, {
    'stack.yaml': `services:\n  web: ${service('command: [sh, -c, "echo started; exec sleep 1000000"]', ', replicas: 3')}\n`,
  });
  await stack.ok('up', '-d');
  const { stdout } = await stack.ok('logs');
  expect(stdout.match(/started/g)).toHaveLength(3);
});

wholeTest('an image of a registry is pinned to its digest, and every node is told the password', async () => {
  const registry = swarm.manager.address.replace(/\d+$/, '2:5001');
  const auth = Buffer.from('tester:open sesame').toString('base64');
  const stack = await openSwarmStack(
    swarm,
    { 'stack.yaml': `services:\n  web: ${sleeper('', ', replicas: 3').replace(image, `${registry}/team/sample:1`)}\n` },
    { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [registry]: { auth } } }) },
  );
  await stack.ok('up', '-d');
  const { Image } = (await serviceOf(stack, 'web')).Spec.TaskTemplate.ContainerSpec;
  expect(Image).toMatch(/team\/sample:1@sha256:[0-9a-f]{64}$/);
  expect(await runningTasks(stack, 'web')).toHaveLength(3);
});

describe("docker's own client", () => {
  test('lists the stack, its services and its tasks', async () => {
    const stack = await openSwarmStack(swarm, { 'stack.yaml': `services:\n  web: ${sleeper()}\n` });
    await stack.ok('up', '-d');
    expect(await docker(swarm, 'stack', 'ls', '--format', '{{.Name}} {{.Services}}')).toContain(`${stack.project} 1`);
    expect(await docker(swarm, 'stack', 'services', stack.project, '--format', '{{.Name}} {{.Replicas}}')).toBe(
      `${stack.project}_web 1/1\n`,
    );
    expect(await docker(swarm, 'stack', 'ps', stack.project, '--format', '{{.Name}}')).toBe(`${stack.project}_web.1\n`);
  });

  test('removes all of it', async () => {
    const stack = await openSwarmStack(swarm, {
      'stack.yaml': `services:\n  web: ${sleeper(', configs: [page]')}\nconfigs: {page: {content: one}}\n`,
    });
    await stack.ok('up', '-d');
    await docker(swarm, 'stack', 'rm', stack.project);
    expect([...(await servicesOf(stack)).keys(), ...(await filesOf(stack))]).toEqual([]);
  });
});

test('down leaves nothing on the swarm, and no container on any node', async () => {
  const stack = await openSwarmStack(swarm, {
    'stack.yaml': `services:\n  web: ${sleeper(', configs: [page]', ', replicas: 3')}\nconfigs: {page: {content: one}}\n`,
  });
  await stack.ok('up', '-d');
  await stack.ok('down');
  const isContainer = (name: string): boolean => name.startsWith('/');
  expect((await traces(swarm, stack)).filter((name) => !isContainer(name))).toEqual([]);
  // A node clears its containers away a moment after the swarm has forgotten their tasks.
  await expect.poll(() => traces(swarm, stack), { timeout: 30_000 }).toEqual([]);
});

test('an engine that is no manager is refused with what to do', async () => {
  const worker = swarm.engines[1];
  const stack = await openSwarmStack(swarm, { 'stack.yaml': `services:\n  web: ${sleeper()}\n` });
  const { code, stderr } = await stack.run('-H', worker?.host ?? '', 'up', '-d');
  expect(code).toBe(5);
  expect(stderr).toContain('only managers take orders');
});
