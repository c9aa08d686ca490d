import { expect, onTestFinished, test } from 'vitest';
import { call, type Inspected } from '../support/real/api.ts';
import { onEachEngine, type TestEngine } from '../support/real/engines.ts';
import { openStack, type TestStack } from '../support/real/stack.ts';

const program = `image: stack-test/busybox:1, stop_grace_period: 0s`;
const web = (more = ''): string => `services:\n  web: {${program}, command: [sleep, '600']${more}}\n`;

/** Something of somebody else, which goes when the test ends. */
async function make(
  engine: TestEngine,
  kind: 'containers' | 'networks' | 'volumes',
  path: string,
  body: object,
): Promise<string> {
  const made = (await call(engine, 'POST', `/${kind}/create${path}`, body)) as { Id?: string; Name?: string };
  const id = made.Id ?? made.Name ?? '';
  onTestFinished(async () => {
    await call(engine, 'DELETE', `/${kind}/${id}${kind === 'containers' ? '?force=1' : ''}`);
  });
  return id;
}

const started = async (engine: TestEngine, id: string): Promise<string> => {
  await call(engine, 'POST', `/containers/${id}/start`);
  return id;
};

const sleeper = (more: object = {}): object => ({
  Image: 'stack-test/busybox:1',
  Cmd: ['sleep', '600'],
  StopTimeout: 0,
  ...more,
});

async function refused(stack: TestStack, code: number, ...words: readonly string[]): Promise<void> {
  const { code: actual, stderr } = await stack.run('up', '-d');
  expect([actual, words.filter((word) => !stderr.includes(word))]).toEqual([code, []]);
}

onEachEngine((engine) => {
  test('a container of somebody else that has a name of the stack is named and left alone', async () => {
    const stack = await openStack(engine, { 'compose.yaml': web() });
    const id = await make(engine, 'containers', `?name=${stack.project}-web-1`, sleeper());
    await refused(stack, 1, `${stack.project}-web-1`);
    expect(((await call(engine, 'GET', `/containers/${id}/json`)) as Inspected).Name).toBe(`/${stack.project}-web-1`);
  });

  test('a network of somebody else that has a name of the stack is used, as is told, and stays', async () => {
    const stack = await openStack(engine, { 'compose.yaml': web() });
    const id = await make(engine, 'networks', '', { Name: `${stack.project}_default` });
    const { stderr } = await stack.ok('up', '-d');
    expect(stderr).toContain(`${stack.project}_default`);
    await stack.ok('down');
    expect(await call(engine, 'GET', `/networks/${id}`)).toMatchObject({ Id: id });
  });

  test('subnets that overlap are refused, and the container that needs them is not left half made', async () => {
    const subnet = `10.${200 + Math.floor(Math.random() * 50)}.${Math.floor(Math.random() * 250)}.0/24`;
    const networks = `networks: {default: {ipam: {config: [{subnet: ${subnet}}]}}}\n`;
    const stack = await openStack(engine, { 'compose.yaml': web() + networks });
    await make(engine, 'networks', '', { Name: `${stack.project}-foreign`, IPAM: { Config: [{ Subnet: subnet }] } });
    await refused(stack, 1, `${stack.project}_default`, 'overlaps');
    expect(await stack.containers()).toEqual([]);
  });

  test('a network that somebody else uses stays on down, and who uses it is told', async () => {
    const stack = await openStack(engine, { 'compose.yaml': web() });
    await stack.ok('up', '-d');
    const name = `${stack.project}-guest`;
    const id = await make(
      engine,
      'containers',
      `?name=${name}`,
      sleeper({ HostConfig: { NetworkMode: `${stack.project}_default` } }),
    );
    await started(engine, id);
    const { code, stderr } = await stack.run('down');
    expect([code, stderr.includes(`${stack.project}_default`)]).toEqual([0, true]);
    expect(await stack.containers()).toEqual([]);
    expect(((await call(engine, 'GET', `/containers/${id}/json`)) as Inspected).State.Status).toBe('running');
    await call(engine, 'POST', `/containers/${id}/stop?t=0`);
    await stack.ok('down');
  });

  test('a container that ignores the signal to stop is killed after its grace period, and the update goes on', async () => {
    const stubborn = (version: number): string =>
      `services:\n  web: {image: stack-test/busybox:1, stop_grace_period: 1s, environment: {VERSION: '${version}'}, command: [sh, -c, 'trap "" TERM; while :; do sleep 1; done']}\n`;
    const stack = await openStack(engine, { 'compose.yaml': stubborn(1) });
    await stack.ok('up', '-d');
    await stack.write({ 'compose.yaml': stubborn(2) });
    await stack.ok('up', '-d');
    expect((await stack.container('web')).Config.Env).toContain('VERSION=2');
  });

  test('a healthcheck that cannot pass rolls the update back, tells its last words, and starts nothing that waits for it', async () => {
    const checked = (test: string): string =>
      `services:
  db: {${program}, command: [sleep, '600'], healthcheck: {test: [CMD, sh, -c, '${test}'], interval: 200ms, timeout: 1s, retries: 2}}
  api: {${program}, command: [sleep, '600'], depends_on: {db: {condition: service_healthy}}}
`;
    const stack = await openStack(engine, { 'compose.yaml': checked('true') });
    await stack.ok('up', '-d', 'db');
    const before = await stack.container('db');
    for (const probe of ['echo no table; exit 1', '/no/such/probe']) {
      await stack.write({ 'compose.yaml': checked(probe) });
      await refused(stack, 1, 'db', 'unhealthy');
      expect((await stack.container('db')).Id).toBe(before.Id);
      expect((await stack.containers('api')).filter(({ State }) => State.Status === 'running')).toEqual([]);
    }
  });
});
