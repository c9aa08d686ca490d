import { expect, test } from 'vitest';
import { onEachEngine, type TestEngine } from '../support/real/engines.ts';
import { openStack, type TestStack } from '../support/real/stack.ts';

const stackFile = (ports: string, command = 'one'): string => `
services:
  web:
    image: stack-test/busybox:1
    command: [sh, -c, 'echo ${command}; exec sleep 600']
    stop_grace_period: 0s
    ports: ['${ports}']
`;

/** A stack with another name, which has taken a port of the host; the port and the name of the container that has it. */
async function takePort(
  engine: TestEngine,
  ports: string,
): Promise<{ readonly port: string; readonly holder: string }> {
  const other = await openStack(engine, { 'compose.yaml': stackFile(ports) });
  await other.ok('up', '-d');
  const { NetworkSettings, Name } = await other.container('web');
  return { port: NetworkSettings.Ports?.['80/tcp']?.[0]?.HostPort ?? '', holder: Name.slice(1) };
}

const serving = async (stack: TestStack): Promise<readonly string[]> =>
  (await stack.containers()).map(({ Id, State }) => `${Id} ${State.Status}`);

onEachEngine((engine) => {
  test('a host port that another stack holds is refused by name before anything is changed', async () => {
    const { port, holder } = await takePort(engine, '80');
    const stack = await openStack(engine, { 'compose.yaml': stackFile('80') });
    await stack.ok('up', '-d');
    const before = await serving(stack);
    await stack.write({ 'compose.yaml': stackFile(`${port}:80`, 'two') });
    const { code, stderr } = await stack.run('up', '-d');
    expect(stderr).toContain(`port ${port}/tcp is held by container ${holder}, which is not part of this stack`);
    expect(code).toBe(1);
    expect(await serving(stack)).toEqual(before);
  });

  test('a port that another stack holds on another address is free', async () => {
    const { port } = await takePort(engine, '127.0.0.1::80');
    const stack = await openStack(engine, { 'compose.yaml': stackFile(`127.0.0.2:${port}:80`) });
    await stack.ok('up', '-d');
    expect((await stack.container('web')).State.Status).toBe('running');
  });
});
