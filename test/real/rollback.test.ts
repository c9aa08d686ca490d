import { expect, test } from 'vitest';
import { onEachEngine } from '../support/real/engines.ts';
import { openStack, type TestStack } from '../support/real/stack.ts';

/** The program tells replicas apart by a volume in which the first one to come leaves a mark. */
const stackFile = (version: string, command: string, more = ''): string => `
services:
  web:
    image: stack-test/busybox:1
    command: ${command}
    environment: {VERSION: "${version}"}
    stop_grace_period: 0s
    volumes: ["marks:/marks:${version === '1' ? 'ro' : 'rw'}"]
    deploy:
      replicas: 3
      update_config: {order: start-first, monitor: 1s${more}}
volumes: {marks: {}}
`;
const good = '[sleep, "600"]';
/** Of the new version the first replica works, and the others end at once. */
const oneGood = '[sh, -c, "mkdir /marks/taken && exec sleep 600; echo no place left; exit 3"]';

async function versions(stack: TestStack): Promise<readonly string[]> {
  const containers = await stack.containers('web');
  return containers
    .map(({ Name, Config, State }) => {
      const version = Config.Env?.find((it) => it.startsWith('VERSION=')) ?? '';
      return `${Name.slice(stack.project.length + 2)} ${version} ${State.Status}`;
    })
    .toSorted();
}

const all = (version: string): readonly string[] => [1, 2, 3].map((slot) => `web-${slot} VERSION=${version} running`);

onEachEngine((engine) => {
  test('an update that fails at the second of three replicas ends with the old version in all of them', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile('1', good) });
    await stack.ok('up', '-d');
    const before = await stack.containers('web');
    await stack.write({ 'compose.yaml': stackFile('2', oneGood) });

    const { code, stderr } = await stack.run('up', '-d');
    expect(code).toBe(1);
    expect(stderr).toContain('exited with code 3');
    expect(stderr).toContain('no place left');
    expect(await versions(stack)).toEqual(all('1'));
    const after = await stack.containers('web');
    expect(after.filter(({ Id }) => before.some((it) => it.Id === Id))).toHaveLength(2);
  });

  test('failure_action: pause leaves the replicas that were updated', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile('1', good) });
    await stack.ok('up', '-d');
    await stack.write({ 'compose.yaml': stackFile('2', oneGood, ', failure_action: pause') });

    expect(await stack.run('up', '-d')).toMatchObject({ code: 1 });
    expect(await versions(stack)).toEqual([
      'web-1 VERSION=2 running',
      'web-2 VERSION=1 running',
      'web-3 VERSION=1 running',
    ]);
  });

  test('a good rolling update waits for the delay, and rollback goes back to the version before', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile('1', good) });
    await stack.ok('up', '-d');
    await stack.write({ 'compose.yaml': stackFile('2', good, ', delay: 4s') });
    await stack.ok('up', '-d');
    expect(await versions(stack)).toEqual(all('2'));
    const started = (await stack.containers('web')).map(({ State }) => Date.parse(State.StartedAt)).toSorted();
    expect((started[1] ?? 0) - (started[0] ?? 0)).toBeGreaterThan(6000);

    await stack.ok('rollback');
    expect(await versions(stack)).toEqual(all('1'));
    const again = await stack.ok('rollback');
    expect(again.stderr).toContain('web has no version to go back to');
    await stack.ok('up', '-d');
    expect(await versions(stack)).toEqual(all('2'));
  });
});
