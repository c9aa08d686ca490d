import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  docker,
  image,
  openSwarm,
  openSwarmStack,
  runningTasks,
  serviceOf,
  servicesOf,
  type TestSwarm,
} from '../support/real/swarm.ts';
import { orFirst, wholeTest } from './whole.ts';

let swarm: TestSwarm;
beforeAll(async () => {
  swarm = await openSwarm();
});
afterAll(async () => {
  await swarm.end();
});

const once = (command: string): string =>
  `{image: "${image}", command: [sh, -c, "${command}"], deploy: {endpoint_mode: dnsrr}}`;
const sleeper = (lines = '', deploy = ''): string =>
  `{image: "${image}", init: true, command: [sleep, "1000000"]${lines}, deploy: {endpoint_mode: dnsrr${deploy}}}`;
const afterMigration = sleeper(', depends_on: {migrate: {condition: service_completed_successfully}}');

describe('what has to end', () => {
  test('runs again when it changes, and the swarm does not take it back because it ends', async () => {
    const file = (word: string): string => `services:\n  web: ${afterMigration}\n  migrate: ${once(`echo ${word}`)}\n`;
    const stack = await openSwarmStack(swarm, { 'stack.yaml': file('one') });
    await stack.ok('up', '-d');
    await stack.write({ 'stack.yaml': file('two') });
    await stack.ok('up', '-d');
    expect((await serviceOf(stack, 'migrate')).Spec.TaskTemplate.ContainerSpec.Args).toEqual(['sh', '-c', 'echo two']);
    expect((await stack.ok('plan')).stdout).toContain('0 to create, 0 to recreate, 0 to remove');
  });

  test('and failed is run again by the next up, and what needs it waits for that', async () => {
    const stack = await openSwarmStack(swarm, {
      'stack.yaml': `services:\n  web: ${afterMigration}\n  migrate: ${once('echo no luck; exit 4')}\n`,
    });
    const { code, stderr } = await stack.run('up', '-d');
    expect([code, stderr]).toEqual([1, expect.stringContaining('no luck')]);
    expect((await servicesOf(stack)).has('web')).toBe(false);
    const before = (await serviceOf(stack, 'migrate')).Version.Index;
    expect((await stack.run('up', '-d')).code).toBe(1);
    expect((await serviceOf(stack, 'migrate')).Version.Index).toBeGreaterThan(before);
  });

  wholeTest('as a job runs again when it changes', async () => {
    const file = (word: string): string =>
      `services:\n  job: ${once(`echo ${word}`).replace('}}', ', mode: replicated-job, replicas: 3}}')}\n`;
    const stack = await openSwarmStack(swarm, { 'stack.yaml': file('one') });
    await stack.ok('up', '-d');
    await stack.write({ 'stack.yaml': file('two') });
    await stack.ok('up', '-d');
    const { stdout } = await stack.ok('logs', '--no-log-prefix');
    expect(stdout.match(/two/g)).toHaveLength(3);
  });
});

wholeTest('one task a node runs on every node', async () => {
  const stack = await openSwarmStack(swarm, { 'stack.yaml': `services:\n  web: ${sleeper('', ', mode: global')}\n` });
  await stack.ok('up', '-d');
  expect(new Set((await runningTasks(stack, 'web')).map(({ NodeID }) => NodeID)).size).toBe(3);
});

wholeTest('a service goes on without what it does not require, and that failed', async () => {
  const stack = await openSwarmStack(swarm, {
    'stack.yaml': `services:
  web: ${sleeper(', depends_on: {extra: {condition: service_completed_successfully, required: false}}')}
  extra: ${once('exit 5')}
`,
  });
  expect((await stack.run('up', '-d')).code).toBe(1);
  expect(await runningTasks(stack, 'web')).toHaveLength(1);
});

test('a stack that docker deployed is taken over by a plan of fields, and removed', async () => {
  const file = (greeting: string): string =>
    `version: "3.8"\nservices:\n  web: ${sleeper(`, environment: {GREETING: ${greeting}}`)}\n`;
  const stack = await openSwarmStack(swarm, { 'stack.yaml': file('hello') });
  const deployed = `${stack.folder}/stack.yaml`;
  await docker(swarm, 'stack', 'deploy', '--detach=true', '--resolve-image', 'never', '-c', deployed, stack.project);
  await stack.write({ 'stack.yaml': file('goodbye') });
  const { stdout } = await stack.ok('plan');
  expect(stdout).toContain('made by somebody else: taken over');
  expect(stdout).toContain('environment.GREETING: "hello" → "goodbye"');
  await stack.ok('up', '-d');
  expect((await serviceOf(stack, 'web')).Spec.TaskTemplate.ContainerSpec.Env).toEqual(['GREETING=goodbye']);
  await stack.ok('down');
  expect(await servicesOf(stack)).toEqual(new Map());
});

test.each(orFirst([400, 200, 800, 2500]))(
  'an up that was killed after %i ms is finished by the next',
  async (afterMs) => {
    const stack = await openSwarmStack(swarm, {
      'stack.yaml': `services:\n  web: ${afterMigration}\n  migrate: ${once('sleep 1')}\n`,
    });
    const running = stack.start('up', '-d');
    await setTimeout(afterMs);
    running.child.kill('SIGKILL');
    await running.ended;
    await stack.ok('up', '-d');
    expect(await runningTasks(stack, 'web')).toHaveLength(1);
    await stack.ok('down');
    // The lock is a config of the swarm.
    expect(await docker(swarm, 'config', 'ls', '--format', '{{.Name}}')).not.toContain(stack.project);
  },
);
