import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onEachEngine, type TestEngine } from '../support/real/engines.ts';
import { openStack } from '../support/real/stack.ts';

const stackFile = `
services:
  web:
    image: stack-test/busybox:1
    command: [sleep, '600']
    stop_grace_period: 0s
    volumes: ['data:/data']
    scale: 2
volumes: {data: {}}
`;

/** Docker Compose, which `test/hosts/peer` brings. */
function compose(engine: TestEngine, ...args: readonly string[]): string {
  const program = process.env['STACK_TEST_COMPOSE'];
  if (!program) throw new Error('STACK_TEST_COMPOSE is not the path of Docker Compose: test/run.sh sets it');
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', DOCKER_HOST: engine.host };
  return execFileSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

onEachEngine((engine) => {
  test('Docker Compose reads the example as it is', () => {
    const example = join(import.meta.dirname, '../../examples/wordpress/compose.yaml');
    expect(compose(engine, '-f', example, 'config', '--services').trim().split('\n').toSorted()).toEqual([
      'db',
      'wordpress',
    ]);
  });

  test('Docker Compose lists the stack and its containers', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    await stack.ok('up', '-d');

    const projects = JSON.parse(compose(engine, 'ls', '--format', 'json')) as readonly { readonly Name: string }[];
    expect(projects.find(({ Name }) => Name === stack.project)).toEqual({
      Name: stack.project,
      Status: 'running(2)',
      ConfigFiles: `${stack.folder}/compose.yaml`,
    });
    const listed = compose(engine, '-p', stack.project, 'ps', '--format', '{{.Service}} {{.Name}} {{.State}}');
    expect(listed.trim().split('\n').toSorted()).toEqual([
      `web ${stack.project}-web-1 running`,
      `web ${stack.project}-web-2 running`,
    ]);
  });

  test('Docker Compose takes the stack down', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    await stack.ok('up', '-d');
    compose(engine, '-p', stack.project, 'down', '--volumes');
    expect(await stack.containers()).toEqual([]);
    await stack.ok('ps');
  });

  test('a project that Docker Compose started is taken over, and its volume with what it holds', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    compose(engine, '-f', `${stack.folder}/compose.yaml`, '-p', stack.project, 'up', '-d');
    await stack.ok('up', '-d');

    const containers = await stack.containers('web');
    expect(containers.map(({ Name, State }) => [Name, State.Status])).toEqual([
      [`/${stack.project}-web-1`, 'running'],
      [`/${stack.project}-web-2`, 'running'],
    ]);
    expect(containers[0]?.Mounts[0]?.Name).toBe(`${stack.project}_data`);
    await stack.ok('plan', '--detailed-exitcode');
  });
});
