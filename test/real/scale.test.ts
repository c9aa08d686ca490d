import { expect, test } from 'vitest';
import { onEachEngine } from '../support/real/engines.ts';
import { openStack } from '../support/real/stack.ts';

const stackFile = `
services:
  web: {image: 'stack-test/busybox:1', command: [sleep, '600'], stop_grace_period: 0s}
`;

onEachEngine((engine) => {
  test('scaling up adds slots and scaling down removes the highest ones, the others stay as they are', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    await stack.ok('up', '-d');
    const first = await stack.container('web');

    await stack.ok('scale', 'web=3');
    const names = (await stack.containers()).map(({ Name }) => Name);
    expect(names).toEqual([1, 2, 3].map((slot) => `/${stack.project}-web-${slot}`));

    await stack.ok('up', '-d', '--scale', 'web=1');
    expect((await stack.container('web')).Id).toBe(first.Id);
    await stack.ok('scale', 'web=0');
    expect(await stack.containers()).toEqual([]);
  });
});
