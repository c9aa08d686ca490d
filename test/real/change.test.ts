import { expect, test } from 'vitest';
import { call, execIn } from '../support/real/api.ts';
import { onEachEngine } from '../support/real/engines.ts';
import { openStack } from '../support/real/stack.ts';

const stackFile = (greeting: string): string => `
services:
  web:
    image: stack-test/busybox:1
    command: [sleep, '600']
    environment: {GREETING: ${greeting}}
    volumes: ['data:/data']
    stop_grace_period: 0s
  other:
    image: stack-test/busybox:1
    command: [sleep, '600']
    stop_grace_period: 0s
volumes: {data: {}}
`;

onEachEngine((engine) => {
  test('a changed variable recreates that service alone, says why, and keeps its volume', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile('hello') });
    await stack.ok('up', '-d');
    const [web, other] = [await stack.container('web'), await stack.container('other')];
    await execIn(engine, web.Id, 'sh', '-c', 'echo kept >/data/file');

    await stack.write({ 'compose.yaml': stackFile('goodbye') });
    const planned = await stack.run('plan', '--detailed-exitcode');
    expect(planned).toMatchObject({ code: 3 });
    expect(planned.stdout).toContain('environment.GREETING: "hello" → "goodbye"');
    await stack.ok('up', '-d');

    const changed = await stack.container('web');
    expect(changed.Id).not.toBe(web.Id);
    expect(changed.Name).toBe(web.Name);
    expect(await execIn(engine, changed.Id, 'cat', '/data/file')).toBe('kept\n');
    expect((await stack.container('other')).State.StartedAt).toBe(other.State.StartedAt);
  });

  test('a changed content of a config recreates its service', async () => {
    const file = (content: string): string => `
      services:
        web: {image: 'stack-test/busybox:1', command: [sleep, '600'], stop_grace_period: 0s, configs: [motd]}
      configs: {motd: {content: ${content}}}
    `;
    const stack = await openStack(engine, { 'compose.yaml': file('one') });
    await stack.ok('up', '-d');
    await stack.write({ 'compose.yaml': file('two') });
    await stack.ok('up', '-d');
    expect(await execIn(engine, (await stack.container('web')).Id, 'cat', '/motd')).toBe('two');
  });

  test('what was stopped or removed by hand comes back', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile('hello') });
    await stack.ok('up', '-d');
    const [web, other] = [await stack.container('web'), await stack.container('other')];
    await call(engine, 'POST', `/containers/${web.Id}/stop`);
    await call(engine, 'DELETE', `/containers/${other.Id}?force=1`);
    await stack.ok('up', '-d');
    expect((await stack.container('web')).Id).toBe(web.Id);
    expect((await stack.containers()).map(({ State }) => State.Status)).toEqual(['running', 'running']);
  });
});
