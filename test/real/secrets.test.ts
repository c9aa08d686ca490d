import { expect, test } from 'vitest';
import { canary, findLeaks } from '../support/canary.ts';
import { call, containersOf, execIn, networksOf, volumesOf } from '../support/real/api.ts';
import { onEachEngine, type TestEngine } from '../support/real/engines.ts';
import { recordMutations } from '../support/real/recording-proxy.ts';
import { openStack, type TestStack } from '../support/real/stack.ts';

const inFile = canary('file');
const inVariable = canary('variable');
const inEnvFile = canary('env-file');
const inConfig = canary('config');
const password = canary('password');
const all = [inFile, inVariable, inEnvFile, inConfig, password];

const stackFile = (image: string): string => `
services:
  db:
    image: ${image}
    command: [sleep, '600']
    stop_grace_period: 0s
    secrets: [from_file, {source: from_variable, mode: 0400}, from_env_file]
    configs: [inline]
    volumes: [data:/data]
  web:
    image: ${image}
    command: [sh, -c, 'echo ready; exec sleep 600']
    stop_grace_period: 0s
    depends_on: [db]
    secrets: [{source: from_file, uid: '33', target: /etc/password}]
secrets:
  from_file: {file: ./password}
  from_variable: {environment: PASSWORD}
  from_env_file: {environment: FROM_ENV_FILE}
configs:
  inline: {content: "password=\${CONFIGURED}"}
volumes: {data: {}}
`;

const files = (image: string): Readonly<Record<string, string>> => ({
  'compose.yaml': stackFile(image),
  password: inFile.value,
  '.env': `FROM_ENV_FILE='${inEnvFile.value}'\n`,
});

const environment = { PASSWORD: inVariable.value, CONFIGURED: inConfig.value, DEBUG: '*' };

/** What each command line writes, by its words. */
async function runAll(stack: TestStack, lines: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const line of lines) {
    const { code, stdout, stderr } = await stack.run(...line.split(' '));
    texts[`${line} (${code ?? 'killed'})`] = stdout + stderr;
  }
  return texts;
}

/** What the engine tells whoever may ask it of the project: objects, processes, and what has happened. */
async function inspectAll(engine: TestEngine, project: string, since: number): Promise<string> {
  const containers = await containersOf(engine, project);
  const processes = await Promise.all(containers.map(({ Id }) => call(engine, 'GET', `/containers/${Id}/top`)));
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
  const until = Math.ceil(Date.now() / 1000) + 1;
  const events = await call(engine, 'GET', `/events?since=${since}&until=${until}&filters=${filters}`);
  return JSON.stringify([
    containers,
    processes,
    events,
    await networksOf(engine, project),
    await volumesOf(engine, project),
  ]);
}

onEachEngine((engine) => {
  test('secrets reach the programs that ask for them, and nobody else', async () => {
    const since = Math.floor(Date.now() / 1000);
    const recorded = await recordMutations(engine);
    const stack = await openStack(engine, files('stack-test/busybox:1'), {
      environment: { ...environment, DOCKER_HOST: recorded.host },
    });
    const texts = await runAll(stack, [
      'config --no-interpolate',
      'config --hash *',
      'plan',
      'plan --format json',
      '--progress json up -d',
      '--progress tty up -d --force-recreate',
      '--progress plain up -d --scale web=2',
      'ps -a --no-trunc',
      'ps --format json',
      'logs',
      'ls --format json',
      'plan down -v',
    ]);
    expect(Object.keys(texts).filter((line) => !line.endsWith('(0)'))).toEqual([]);
    const inspected = await inspectAll(engine, stack.project, since);
    expect(findLeaks(all, { ...texts, inspected, urls: recorded.mutations.join('\n') })).toEqual([]);

    const { Id } = await stack.container('db');
    const read = await execIn(engine, Id, 'sh', '-c', 'cat /run/secrets/* /inline');
    for (const { isIn } of [inFile, inVariable, inEnvFile, inConfig]) expect(isIn(read)).toBe(true);
    const web = (await stack.containers('web'))[0]?.Id ?? '';
    expect(inFile.isIn(await execIn(engine, web, 'cat', '/etc/password'))).toBe(true);

    const down = await runAll(stack, ['--progress json down -v -y']);
    expect(findLeaks(all, { ...down, inspected: await inspectAll(engine, stack.project, since) })).toEqual([]);
  });

  test('a program that does not start, and a change of a secret, are told without the secrets', async () => {
    const stack = await openStack(engine, files('stack-test/busybox:1'), { environment });
    await stack.ok('up', '-d');
    await stack.write({
      password: `${inFile.value}2`,
      'compose.yaml': stackFile('stack-test/busybox:1').replace("'echo ready; exec sleep 600'", "'exit 3'"),
    });
    const texts = await runAll(stack, [
      'plan',
      'plan --format json',
      '--progress json up -d',
      '--progress plain up -d',
    ]);
    expect(texts['--progress json up -d (1)']).toContain('from_file');
    const inspected = await inspectAll(engine, stack.project, Math.floor(Date.now() / 1000) - 60);
    expect(findLeaks(all, { ...texts, inspected })).toEqual([]);
  });

  test('the password of a registry is in nothing that a failed pull says', async () => {
    // Where test/hosts/hosts puts it.
    const registry = `${engine.address.replace(/\d+$/, '2')}:5001`;
    const auth = Buffer.from(`tester:${password.value}`).toString('base64');
    const recorded = await recordMutations(engine);
    const stack = await openStack(engine, files(`${registry}/team/not-there:1`), {
      environment: {
        ...environment,
        DOCKER_HOST: recorded.host,
        DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [registry]: { auth } } }),
      },
    });
    const kinds = ['plain', 'json', 'tty', 'quiet'].map((kind) => `--progress ${kind} up -d`);
    const texts = await runAll(stack, [...kinds, 'pull', '--progress json pull']);
    expect(Object.keys(texts).filter((line) => !line.endsWith('(1)'))).toEqual([]);
    expect(recorded.mutations.join('\n')).toContain('/images/create');
    expect(findLeaks(all, { ...texts, urls: recorded.mutations.join('\n') })).toEqual([]);
    expect(Object.values(texts).filter((text) => text.includes(auth))).toEqual([]);
  });
});
