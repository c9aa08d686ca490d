import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { call, containersOf, networksOf } from '../support/real/api.ts';
import { onEachEngine, type TestEngine } from '../support/real/engines.ts';
import { openStack, type Ran, type Running, type TestStack } from '../support/real/stack.ts';

/** How often two run at once; five at once, and two of whom one is killed, less often. */
const rounds = Number(process.env['STACK_TEST_ROUNDS'] ?? '3');
const fewer = Math.max(1, Math.round(rounds * 0.4));
const patience = { timeout: 120_000 + rounds * 30_000 };

const stackFile = (version: number): string => `
services:
  web:
    image: stack-test/busybox:1
    command: [sleep, '600']
    environment: {VERSION: '${version}'}
    scale: 2
    stop_grace_period: 0s
    depends_on: [db]
  db:
    image: stack-test/busybox:1
    command: [sleep, '600']
    environment: {VERSION: '${version}'}
    volumes: ['data:/data']
    stop_grace_period: 0s
volumes: {data: {}}
`;

/** A stack whose \`up\` holds the lock until somebody writes \`/ready\` into db. */
const slowFile = `
services:
  web:
    image: stack-test/busybox:1
    command: [sleep, '600']
    stop_grace_period: 0s
    depends_on: {db: {condition: service_healthy}}
  db:
    image: stack-test/busybox:1
    command: [sleep, '600']
    healthcheck: {test: [CMD, test, -f, /ready], interval: 500ms, retries: 1000}
    stop_grace_period: 0s
`;

onEachEngine((engine) => {
  test.each([
    { runs: 2, times: rounds },
    { runs: 5, times: fewer },
  ])(
    '$runs runs at once end well, $times times: one container a slot, one network, canonical names',
    patience,
    async ({ runs, times }) => {
      const stack = await openStack(engine, {});
      for (let round = 0; round < times; round += 1) {
        for (const version of [1, 2]) {
          await stack.write({ 'compose.yaml': stackFile(version) });
          const ended = await Promise.all(Array.from({ length: runs }, () => stack.run('up', '-d')));
          expect([round, version, codes(ended)]).toEqual([round, version, Array(runs).fill(0)]);
          await expectConverged(stack, version);
          expect(await lockOf(engine, stack.project)).toBeUndefined();
        }
        const ended = await Promise.all(Array.from({ length: runs }, () => stack.run('down', '-v', '--yes')));
        expect([round, codes(ended)]).toEqual([round, Array(runs).fill(0)]);
        expect(await containersOf(engine, stack.project)).toEqual([]);
        expect(await networksOf(engine, stack.project)).toEqual([]);
      }
    },
  );

  test('the lock of a run that was killed is taken over at once, and its work is completed', patience, async () => {
    const stack = await openStack(engine, {});
    for (let round = 0; round < fewer; round += 1) {
      for (const version of [1, 2]) {
        await stack.write({ 'compose.yaml': stackFile(version) });
        const victim = stack.start('up', '-d');
        await until(() => lockOf(engine, stack.project));
        await pause(100 * Math.random());
        const heir = stack.start('up', '-d');
        await pause(200 * Math.random());
        victim.child.kill('SIGKILL');
        const killedAt = performance.now();
        await until(() => Promise.resolve(heir.errors().includes('Took the lock') || hasEnded(heir) || undefined));
        expect(performance.now() - killedAt).toBeLessThan(10_000);
        const { code, stderr } = await heir.ended;
        expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
        await stack.ok('up', '-d');
        await expectConverged(stack, version);
      }
      await stack.ok('down', '-v', '--yes');
    }
  });

  test('whoever cannot wait is told who has the lock, and the lock can be taken away by its id', async () => {
    const stack = await openStack(engine, { 'compose.yaml': slowFile });
    const holder = await startHolder(stack);

    const { code, stderr } = await stack.run('--lock-timeout', '1s', 'up', '-d');
    expect(code).toBe(4);
    const whom = `project ${stack.project} is being changed by \\S+@\\S+ pid ${holder.child.pid ?? ''} \\(up, .*\\)`;
    expect(stderr).toMatch(new RegExp(`^Waiting: ${whom}$`, 'm'));
    expect(stderr).toMatch(new RegExp(`^error: ${whom}$`, 'm'));

    expect((await stack.run('plan')).stderr).toMatch(new RegExp(whom));
    expect((await stack.ok('ps', '-a')).stdout).not.toContain('stack-lock');
    expect((await stack.run('unlock', '0123456789ab')).code).toBe(1);
    const [, id = ''] = /unlock ([0-9a-f]{12})/.exec(stderr) ?? [];
    await stack.ok('unlock', id);
    expect(await lockOf(engine, stack.project)).toBeUndefined();
    const lost = await holder.ended;
    expect([lost.code, lost.stderr]).toEqual([4, expect.stringMatching(/^error: the lock of project .* is lost/m)]);
  });

  test('Ctrl-C ends a run that waits with 130, and gives back the lock of one that holds it', async () => {
    const stack = await openStack(engine, { 'compose.yaml': slowFile });
    const holder = await startHolder(stack);
    const waiting = stack.start('restart', 'db');
    await until(() => Promise.resolve(waiting.errors().includes('Waiting: ') || undefined));
    waiting.child.kill('SIGINT');
    expect((await waiting.ended).code).toBe(130);

    expect(await lockOf(engine, stack.project)).toBeDefined();
    holder.child.kill('SIGINT');
    expect((await holder.ended).code).toBe(130);
    expect(await lockOf(engine, stack.project)).toBeUndefined();
  });

  test('a run that ends by a bug of ours says so, and gives back the lock', async () => {
    const bug = "process.on('SIGUSR2',()=>{throw new Error('boom')})";
    const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(bug)}` };
    const stack = await openStack(engine, { 'compose.yaml': slowFile }, { environment });
    const holder = await startHolder(stack);
    holder.child.kill('SIGUSR2');
    const { code, stderr } = await holder.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('error: this is a bug in stack')]);
    expect(stderr).toContain('boom');
    expect(await lockOf(engine, stack.project)).toBeUndefined();
  });

  test('a holder that is frozen loses the lock after 15 seconds, and notices before it changes anything', async () => {
    const stack = await openStack(engine, { 'compose.yaml': slowFile });
    const holder = await startHolder(stack);
    holder.child.kill('SIGSTOP');
    const frozenAt = performance.now();
    const heir = stack.start('stop');
    const { code, stderr } = await heir.ended;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^Took the lock .*: it gave no sign of life$/m)]);
    expect(performance.now() - frozenAt).toBeGreaterThan(14_000);
    expect(performance.now() - frozenAt).toBeLessThan(40_000);

    holder.child.kill('SIGCONT');
    expect((await holder.ended).code).toBe(4);
    expect((await stack.containers()).map(({ State }) => State.Status)).toEqual(['exited', 'created']);
  });
});

const hasEnded = ({ child }: Running): boolean => child.exitCode !== null;
const codes = (ended: readonly Ran[]): readonly (number | null)[] => ended.map(({ code }) => code);

async function expectConverged({ engine, project }: TestStack, version: number): Promise<void> {
  const containers = await containersOf(engine, project);
  expect(containers.map(({ Name }) => Name)).toEqual([`/${project}-db-1`, `/${project}-web-1`, `/${project}-web-2`]);
  for (const { Config, State } of containers) {
    expect([State.Status, Config.Env]).toEqual(['running', expect.arrayContaining([`VERSION=${version}`])]);
  }
  const networks = await networksOf(engine, project);
  expect(networks.map(({ Name }) => Name)).toEqual([`${project}_default`]);
}

/** An `up` that waits for db to be healthy, and goes on doing so. */
async function startHolder(stack: TestStack): Promise<Running> {
  const holder = stack.start('up', '-d');
  await until(async () => (await listed(stack)).toSorted().join() === 'created,running' || undefined);
  return holder;
}

/** The containers' states. Not asked one by one: on Docker 20.10 one that is being made may not be found. */
async function listed({ engine, project }: TestStack): Promise<readonly string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
  const containers = await call(engine, 'GET', `/containers/json?all=1&filters=${filters}`);
  return (containers as readonly { readonly State: string }[]).map(({ State }) => State);
}

/** Id of the container that is the lock. */
async function lockOf(engine: TestEngine, project: string): Promise<string | undefined> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`stack.lock=${project}`] }));
  const [lock] = (await call(engine, 'GET', `/containers/json?all=1&filters=${filters}`)) as readonly { Id: string }[];
  return lock?.Id;
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const endAt = performance.now() + 30_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > endAt) throw new Error('what was waited for did not come');
    await pause(20);
  }
}
