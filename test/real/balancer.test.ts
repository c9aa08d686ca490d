import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { call, networksOf } from '../support/real/api.ts';
import { onEachEngine } from '../support/real/engines.ts';
import { openLoad } from '../support/real/load.ts';
import { openStack, type TestStack } from '../support/real/stack.ts';

const port = 18070;

/** A server that says what its container is called and which version it is, and dies without a word. */
const stackFile = (version: string, deploy: string, more = ''): string => `
services:
  web:
    image: stack-test/busybox:1
    command: [sh, -c, 'mkdir /w; echo "$$(hostname) ${version}" >/w/index.html; exec httpd -f -p 80 -h /w']
    stop_grace_period: 0s
    ports: [{target: 80, published: "${port}"${more}}]
    deploy: ${deploy}
`;
const http = ', app_protocol: http';
const startFirst = 'update_config: {order: start-first}';

const namesOf = async (stack: TestStack): Promise<readonly string[]> =>
  (await stack.containers()).map(({ Name }) => Name.replace(`/${stack.project}-`, ''));

const expectNothingToDo = async (stack: TestStack): Promise<void> => {
  expect(await stack.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
};

onEachEngine((engine) => {
  const url = `http://${engine.address}:${port}/`;

  test('replicas share one port, a second up changes nothing, and down leaves nothing', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile('1', '{replicas: 3}') });
    await stack.ok('up', '-d');

    const { failed, bodies } = await openLoad(url, { keepsAlive: false }).stop(100);
    expect(failed).toEqual([]);
    expect(bodies).toHaveLength(3);
    await expectNothingToDo(stack);
    const before = (await stack.containers()).map(({ Id, State }) => [Id, State.StartedAt]);
    await stack.ok('up', '-d');
    expect((await stack.containers()).map(({ Id, State }) => [Id, State.StartedAt])).toEqual(before);
    expect((await stack.ok('ps')).stdout).toMatch(/web\.balancer-1 .*:18070->80\/tcp/);

    await stack.ok('down');
    expect(await stack.containers()).toEqual([]);
    expect(await networksOf(engine, stack.project)).toEqual([]);
  });

  test('scaling from one replica to three and back just works, and the first replica is made anew once', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile('1', '{}') });
    await stack.ok('up', '-d');
    expect(await namesOf(stack)).toEqual(['web-1']);

    await stack.ok('scale', 'web=3');
    expect(await namesOf(stack)).toEqual(['web-1', 'web-2', 'web-3', 'web.balancer-1']);
    expect((await openLoad(url, { keepsAlive: false }).stop(100)).bodies).toHaveLength(3);
    const [first] = await stack.containers('web');

    await stack.ok('scale', 'web=1');
    expect(await namesOf(stack)).toEqual(['web-1', 'web.balancer-1']);
    expect((await stack.container('web')).Id).toBe(first?.Id);
    const { failed, bodies } = await openLoad(url, { keepsAlive: false }).stop(100);
    expect([failed, bodies]).toEqual([[], [`${first?.Id.slice(0, 12) ?? ''} 1`]]);
    await expectNothingToDo(stack);
  });

  test('a replica that is killed costs no request', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile('1', '{replicas: 3}', http) });
    await stack.ok('up', '-d');
    const [victim] = await stack.containers('web');
    const load = openLoad(url, { keepsAlive: false });
    await setTimeout(1000);
    await call(engine, 'POST', `/containers/${victim?.Id ?? ''}/kill`);

    const { failed, perSecond } = await load.stop(1000);
    expect(failed).toEqual([]);
    expect(perSecond).toBeGreaterThanOrEqual(100);
  });

  test.each([
    ['three replicas, a connection for each request', `{replicas: 3, ${startFirst}}`, '', false],
    ['one replica, a connection for each request', `{${startFirst}}`, '', false],
    ['three replicas, connections that are kept', `{replicas: 3, ${startFirst}}`, http, true],
    ['one replica, connections that are kept', `{${startFirst}}`, http, true],
  ])('an update loses no request: %s', async (_, deploy, more, keepsAlive) => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile('1', deploy, more) });
    await stack.ok('up', '-d');
    await stack.write({ 'compose.yaml': stackFile('2', deploy, more) });
    const load = openLoad(url, { keepsAlive });
    await setTimeout(500);
    await stack.ok('up', '-d');

    const { failed, perSecond } = await load.stop(1000);
    expect(failed).toEqual([]);
    expect(perSecond).toBeGreaterThanOrEqual(100);
    const { bodies } = await openLoad(url, { keepsAlive: false }).stop(50);
    expect(bodies.filter((body) => !body.endsWith(' 2'))).toEqual([]);
    await expectNothingToDo(stack);
  });

  test('a run that is killed in the middle of an update is finished by the next one', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile('1', '{replicas: 3}') });
    await stack.ok('up', '-d');
    await stack.write({ 'compose.yaml': stackFile('2', '{replicas: 3}') });
    const run = stack.start('up', '-d');
    while (!/web-2/.test(run.output() + run.errors())) await setTimeout(20);
    run.child.kill('SIGKILL');
    await run.ended;

    await stack.ok('up', '-d');
    expect(await namesOf(stack)).toEqual(['web-1', 'web-2', 'web-3', 'web.balancer-1']);
    const { failed, bodies } = await openLoad(url, { keepsAlive: false }).stop(100);
    expect(failed).toEqual([]);
    expect(bodies.filter((body) => body.endsWith(' 2'))).toHaveLength(3);
    await expectNothingToDo(stack);
  });
});
