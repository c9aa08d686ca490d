import { expect, test } from 'vitest';
import { execIn } from '../support/real/api.ts';
import { onEachEngine } from '../support/real/engines.ts';
import { openStack } from '../support/real/stack.ts';

const stackFile = `
services:
  proxy:
    image: stack-test/busybox:1
    command: [sleep, '600']
    stop_grace_period: 0s
    networks: [front, back]
  api:
    image: stack-test/busybox:1
    command: [httpd, -f, -p, '80', -h, /etc]
    stop_grace_period: 0s
    networks: {back: {aliases: [api.internal]}}
  outside:
    image: stack-test/busybox:1
    command: [sleep, '600']
    stop_grace_period: 0s
    networks: [front]
networks: {front: {}, back: {internal: true}}
`;

onEachEngine((engine) => {
  test('services find each other by name and by alias on the networks that they share, and nowhere else', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    await stack.ok('up', '-d');
    const [proxy, outside] = [await stack.container('proxy'), await stack.container('outside')];
    expect(await execIn(engine, proxy.Id, 'wget', '-qO-', 'http://api/passwd')).toContain('root:x:0:0');
    expect(await execIn(engine, proxy.Id, 'wget', '-qO-', 'http://api.internal/passwd')).toContain('root:x:0:0');
    await expect(execIn(engine, outside.Id, 'nslookup', 'api')).rejects.toThrow("can't find api");
  });

  test('a service is on every network that it names before it starts, however many calls the engine needs', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    await stack.ok('up', '-d');
    const proxy = await stack.container('proxy');
    const networks = [`${stack.project}_back`, `${stack.project}_front`];
    expect(Object.keys(proxy.NetworkSettings.Networks).toSorted()).toEqual(networks);
    for (const network of networks) expect(proxy.NetworkSettings.Networks[network]?.Aliases).toContain('proxy');
    expect(proxy.RestartCount).toBe(0);
    await stack.ok('plan', '--detailed-exitcode');
  });
});
