import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { onEachEngine } from '../support/real/engines.ts';
import { openStack } from '../support/real/stack.ts';

const stackFile = `
services:
  counter:
    image: stack-test/busybox:1
    command: [sh, -c, 'trap "echo bye; exit 0" TERM; i=0; while true; do i=$$((i+1)); echo line $$i; sleep 0.2; done']
  quiet:
    image: stack-test/busybox:1
    command: [sleep, '600']
    stop_grace_period: 0s
`;

onEachEngine((engine) => {
  test('logs prints what services wrote, with their names', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    await stack.ok('up', '-d');
    await expect
      .poll(async () => (await stack.ok('logs', 'counter')).stdout, { timeout: 10_000 })
      .toContain('line 3\n');
    expect((await stack.ok('logs')).stdout).toMatch(/^counter-1 +\| line 1$/m);
    expect((await stack.ok('logs', '--tail', '1', '--no-log-prefix')).stdout).toMatch(/^line \d+\n$/);
  });

  test('logs -f goes on until it is interrupted, and leaves the containers alone', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    await stack.ok('up', '-d');
    const following = stack.start('logs', '-f', '--tail', '0');
    await expect.poll(following.output, { timeout: 10_000 }).toMatch(/line \d+\n(.*\n)*.*line \d+\n/);
    following.child.kill('SIGINT');
    expect((await following.ended).code).toBe(130);
    expect((await stack.container('counter')).State.Status).toBe('running');
  });

  test('an attached up shows output, and the first Ctrl-C stops the stack', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    const attached = stack.start('up');
    await expect.poll(attached.output, { timeout: 30_000 }).toMatch(/^counter-1 +\| line 2$/m);
    attached.child.kill('SIGINT');
    const { code, stdout, stderr } = await attached.ended;
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^counter-1 +\| bye$/m);
    expect((await stack.containers()).map(({ State }) => State.Status)).toEqual(['exited', 'exited']);
  });

  test('--progress json writes a valid event a line, from the first to the last', async () => {
    const schema = await readFile(join(import.meta.dirname, '../../schemas/progress.schema.json'), 'utf8');
    const isEvent = new Ajv({ validateFormats: false, strict: false }).compile(JSON.parse(schema) as object);
    const stack = await openStack(engine, { 'compose.yaml': stackFile });
    const { stderr } = await stack.ok('--progress', 'json', 'up', '-d');
    const events = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly type: string });
    for (const event of events) expect(isEvent(event), JSON.stringify([event, isEvent.errors])).toBe(true);
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['version', 'run-started', 'round-started']);
    expect(types.at(-1)).toBe('run-ended');
    expect(events.at(-1)).toMatchObject({ outcome: 'converged' });
  });
});
