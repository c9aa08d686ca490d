import { expect, test } from 'vitest';
import { onEachEngine, type TestEngine } from '../support/real/engines.ts';
import { openStack, type TestStack } from '../support/real/stack.ts';

/** The hooks of the service `web` write into a volume that outlives it; `log` reads it. */
const stackFile = (hooks: string, more = ''): string => `
services:
  web:
    image: stack-test/busybox:1
    command: [sleep, "600"]
    stop_grace_period: 0s
    volumes: [log:/log]
    ${hooks}
    ${more}
volumes: {log: {}}
`;

const say = (text: string): string => `{command: [sh, -c, "echo ${text} >> /log/lines"]}`;
const both = `post_start: [${say('one')}, ${say('two')}]\n    pre_stop: [${say('bye')}]`;

/** What the hooks wrote so far, in order. */
async function linesOf(stack: TestStack): Promise<readonly string[]> {
  const reader = await openStack(stack.engine, {
    'compose.yaml': `
services:
  reader: {image: "stack-test/busybox:1", command: [cat, /log/lines], volumes: ["log:/log:ro"]}
volumes: {log: {external: true, name: ${stack.project}_log}}
`,
  });
  await reader.run('up');
  const { stdout } = await reader.ok('logs', '--no-log-prefix');
  await reader.ok('down');
  return stdout.trim().split('\n');
}

onEachEngine((engine: TestEngine) => {
  test('post_start runs in order after the start, and a second up runs nothing', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile(both) });
    await stack.ok('up', '-d');
    await stack.ok('up', '-d');

    expect((await stack.container('web')).Name).toBe(`/${stack.project}-web-1`);
    expect(await linesOf(stack)).toEqual(['one', 'two']);
  });

  test('pre_stop runs on recreation, restart, stop, and on a removal without a stack file', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile(both) });
    await stack.ok('up', '-d');
    await stack.write({ 'compose.yaml': stackFile(`pre_stop: [${say('later')}]`) });
    await stack.ok('up', '-d');
    await stack.ok('restart');
    await stack.ok('stop');
    await stack.ok('start');
    await stack.write({ 'compose.yaml': 'services: {}' });
    await stack.ok('down', '--remove-orphans');

    expect(await linesOf(stack)).toEqual(['one', 'two', 'bye', 'later', 'later', 'later']);
  });

  test('scaling down runs the hook of the replica that goes', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile(`pre_stop: [${say('$$(hostname)')}]`) });
    await stack.ok('up', '-d', '--scale', 'web=2');
    const second = (await stack.containers('web')).find(({ Name }) => Name.endsWith('-web-2'));
    await stack.ok('up', '-d');

    expect(await linesOf(stack)).toEqual([second?.Id.slice(0, 12)]);
  });

  test('a hook has the user, folder and variables that the file gives it', async () => {
    const line = 'echo "$$(id -u) $$(pwd) $$A $$B" >> /log/lines';
    const hooks = `post_start:
      - command: [sh, -c, 'chmod 777 /log']
      - {command: [sh, -c, '${line}'], user: "7:7", working_dir: /etc, environment: {A: from the hook}}`;
    const stack = await openStack(engine, {
      'compose.yaml': stackFile(hooks, 'environment: {A: hidden, B: inherited}'),
    });
    await stack.ok('up', '-d');

    expect(await linesOf(stack)).toEqual(['7 /etc from the hook inherited']);
  });

  test('a post_start that fails fails the start, and its last words are told', async () => {
    const hooks = 'post_start: [{command: [sh, -c, "echo no such table >&2; exit 3"]}]';
    const stack = await openStack(engine, { 'compose.yaml': stackFile(hooks) });
    const { code, stderr } = await stack.run('up', '-d');

    expect(code).toBe(1);
    expect(stderr).toContain('post_start hook 1 exited with code 3');
    expect(stderr).toContain('no such table');
  });

  test('a program that is not there fails the hook', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile('post_start: [{command: [/nope]}]') });
    const { code, stderr } = await stack.run('up', '-d');

    expect(code).toBe(1);
    expect(stderr).toMatch(/post_start hook 1 exited with code 12[67]/);
    expect(stderr).toContain('/nope');
  });

  test('an update whose post_start fails leaves the old container serving', async () => {
    const stack = await openStack(engine, { 'compose.yaml': stackFile('') });
    await stack.ok('up', '-d');
    const before = await stack.container('web');
    await stack.write({ 'compose.yaml': stackFile('post_start: [{command: ["false"]}]') });

    expect(await stack.run('up', '-d')).toMatchObject({ code: 1 });
    const after = await stack.container('web');
    expect([after.Id, after.Name, after.State.Status]).toEqual([before.Id, before.Name, 'running']);
  });

  test('a pre_stop that fails keeps the container running, and the next try works once it can', async () => {
    const hooks = 'pre_stop: [{command: [sh, -c, "test -e /log/lines || { echo not yet; exit 1; }"]}]';
    const stack = await openStack(engine, { 'compose.yaml': stackFile(`${hooks}`) });
    await stack.ok('up', '-d');
    const { code, stderr } = await stack.run('down');
    expect(code).toBe(1);
    expect(stderr).toContain('not yet');
    expect((await stack.container('web')).State.Status).toBe('running');

    await stack.write({ 'other.yaml': stackFile(`post_start: [${say('now')}]`).replace('web:', 'other:') });
    await stack.ok('-f', 'other.yaml', 'up', '-d');
    await stack.ok('down', '--remove-orphans');
    expect(await stack.containers()).toEqual([]);
  });

  test('a run that was killed between start and hook is completed by the next one', async () => {
    const slow = '{command: [sh, -c, "sleep 2; echo done >> /log/lines"]}';
    const stack = await openStack(engine, { 'compose.yaml': stackFile(`post_start: [${slow}]`) });
    const first = stack.start('up', '-d');
    const isRunning = async (): Promise<boolean> => (await stack.containers('web'))[0]?.State.Status === 'running';
    while (!(await isRunning())) await new Promise((wake) => setTimeout(wake, 50));
    first.child.kill('SIGKILL');
    await first.ended;
    expect((await stack.container('web')).Name).toContain('.next-');
    await stack.ok('up', '-d');

    expect((await stack.container('web')).Name).toBe(`/${stack.project}-web-1`);
    expect((await linesOf(stack)).filter((line) => line === 'done').length).toBeGreaterThan(0);
  });
});
