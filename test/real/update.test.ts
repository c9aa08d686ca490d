import { expect, test } from 'vitest';
import { onEachEngine } from '../support/real/engines.ts';
import { openStack } from '../support/real/stack.ts';

const stackFile = (command: string, more = ''): string => `
services:
  web:
    image: stack-test/busybox:1
    command: ${command}
    stop_grace_period: 0s
    ${more}
`;
const good = '[httpd, -f, -p, "80", -h, /etc]';

onEachEngine((engine) => {
  test.each([
    ['a program that is not there', '[/nope]', ''],
    ['a program that ends at once', '["false"]', ''],
    ['a healthcheck that never passes', '[sleep, "600"]', 'healthcheck: {test: "false", interval: 500ms, retries: 3}'],
  ])('an update to %s fails, and the old container was never stopped', async (_, command, more) => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile(good) });
    await stack.ok('up', '-d');
    const before = await stack.container('web');
    await stack.write({ 'compose.yaml': stackFile(command, more) });

    expect(await stack.run('up', '-d')).toMatchObject({ code: 1 });
    const after = await stack.container('web');
    expect([after.Id, after.Name, after.State.StartedAt]).toEqual([before.Id, before.Name, before.State.StartedAt]);
  });

  test('a bad update of a service with a port of the host gives the port back to the old container', async () => {
    const port = 'ports: ["18082:80"]';
    const page = `http://${engine.address}:18082/passwd`;
    const stack = await openStack(engine, { 'compose.yaml': stackFile(good, port) });
    await stack.ok('up', '-d');
    const before = await stack.container('web');
    await stack.write({ 'compose.yaml': stackFile('[/nope]', port) });

    expect(await stack.run('up', '-d')).toMatchObject({ code: 1 });
    const after = await stack.container('web');
    expect([after.Id, after.Name]).toEqual([before.Id, before.Name]);
    expect(await (await fetch(page)).text()).toContain('root:x:0:0');
  });

  test('the next good update works after a bad one', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile(good) });
    await stack.ok('up', '-d');
    await stack.write({ 'compose.yaml': stackFile('[/nope]') });
    expect(await stack.run('up', '-d')).toMatchObject({ code: 1 });
    await stack.write({ 'compose.yaml': stackFile(good, 'environment: {VERSION: "2"}') });
    await stack.ok('up', '-d');
    const web = await stack.container('web');
    expect(web.Config.Env).toContain('VERSION=2');
    expect(web.Name).toBe(`/${stack.project}-web-1`);
  });
});
