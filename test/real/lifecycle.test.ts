import { expect, test } from 'vitest';
import { onEachEngine } from '../support/real/engines.ts';
import { openStack } from '../support/real/stack.ts';

const sleeper = "{image: 'stack-test/busybox:1', command: [sleep, '600'], stop_grace_period: 0s}";
const stackFile = `services: {web: ${sleeper}, other: ${sleeper}}`;

onEachEngine((engine) => {
  test('stop, start and restart keep containers', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    await stack.ok('up', '-d');
    const before = await stack.container('web');
    const other = await stack.container('other');

    await stack.ok('stop', 'web');
    expect((await stack.container('web')).State.Status).toBe('exited');
    await stack.ok('start', 'web');
    const started = await stack.container('web');
    expect([started.Id, started.State.Status]).toEqual([before.Id, 'running']);
    await stack.ok('restart', 'web');
    const restarted = await stack.container('web');
    expect(restarted.Id).toBe(before.Id);
    expect(restarted.State.StartedAt > started.State.StartedAt).toBe(true);
    expect((await stack.container('other')).State.StartedAt).toBe(other.State.StartedAt);
  });

  test('what a service left in the file is an orphan: told, kept, and removed when asked', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    await stack.ok('up', '-d');
    await stack.write({ 'compose.yaml': `services: {web: ${sleeper}}` });

    const told = await stack.ok('up', '-d');
    expect(told.stderr).toContain('other');
    expect(await stack.containers('other')).toHaveLength(1);
    await stack.ok('up', '-d', '--remove-orphans');
    expect(await stack.containers('other')).toEqual([]);
    expect(await stack.containers('web')).toHaveLength(1);
  });

  test('ps and ls show what runs', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    await stack.ok('up', '-d');
    await stack.ok('stop', 'other');

    const { stdout } = await stack.ok('ps', '--all', '--format', 'json');
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map(({ Service, Name, State }) => [Service, Name, State])).toEqual([
      ['other', `${stack.project}-other-1`, 'exited'],
      ['web', `${stack.project}-web-1`, 'running'],
    ]);
    expect((await stack.ok('ps', '--services')).stdout).toBe('web\n');
    const listed = await stack.ok('ls', '--all', '--filter', `name=${stack.project}`);
    expect(listed.stdout).toMatch(
      new RegExp(`${stack.project}\\s+exited\\(1\\), running\\(1\\)\\s+${stack.folder}/compose.yaml`),
    );
  });
});
