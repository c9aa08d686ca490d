import { expect, test } from 'vitest';

import { type Selection, selectEngines, type World } from '../../../src/cli/engines/select.ts';
import { resolveEndpoint } from '../../../src/engine/endpoint.ts';

interface Given {
  readonly hosts?: readonly string[];
  readonly contexts?: readonly string[];
  readonly enginesFile?: string;
  readonly files?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Paths that exist. */
  readonly present?: readonly string[];
}

function select(given: Given): Promise<Selection> {
  const present = new Set(given.present);
  const endpoints = {
    environment: new Map(Object.entries(given.environment ?? {})),
    homeDir: '/home/anna',
    readFile: () => undefined,
  };
  const local = resolveEndpoint({ host: 'unix:///list.sock', context: undefined }, endpoints);
  const world: World = {
    ...endpoints,
    workingDir: '/srv/shop/web',
    exists: (path) => present.has(path),
    readList: () => Promise.resolve(local.ok ? [{ endpoint: local.value, member: undefined }] : []),
  };
  const { hosts = [], contexts = [], enginesFile, files = [] } = given;
  const rest = { projectDirectory: undefined, ansi: 'auto', progress: 'auto' } as const;
  return selectEngines({ hosts, contexts, enginesFile, files, ...rest }, world);
}

const source = async (given: Given): Promise<string> => (await select(given)).source;

const everything: Given = {
  hosts: ['ssh://h'],
  enginesFile: 'mine.yaml',
  environment: { STACK_ENGINES: '/set.yaml', DOCKER_HOST: 'unix:///d.sock', DOCKER_CONTEXT: 'default' },
  present: [
    '/srv/shop/stack.yaml',
    '/srv/shop/engines.yaml',
    '/home/anna/.config/stack/engines.yaml',
    '/srv/shop/web/engines.yaml',
  ],
};

test('the most explicit word decides which engines are meant', async () => {
  const steps: Given[] = [
    everything,
    { ...everything, hosts: [], contexts: ['default'] },
    { ...everything, hosts: [] },
    { ...everything, hosts: [], enginesFile: undefined as never },
    { ...everything, hosts: [], enginesFile: undefined as never, environment: { DOCKER_HOST: 'unix:///d.sock' } },
    { present: everything.present ?? [], environment: { DOCKER_CONTEXT: 'default' } },
    { present: everything.present ?? [] },
    { present: ['/home/anna/.config/stack/engines.yaml'] },
    {},
  ];
  const sources = [];
  for (const step of steps) sources.push(await source(step));
  expect(sources).toEqual([
    '--host',
    '--context',
    '/srv/shop/web/mine.yaml',
    '/set.yaml',
    'DOCKER_HOST',
    'DOCKER_CONTEXT',
    '/srv/shop/engines.yaml',
    '/home/anna/.config/stack/engines.yaml',
    "the docker client's default",
  ]);
});

test('a list stands beside the stack file that is named', async () => {
  expect(await source({ files: ['../a/x.yaml'], present: ['/srv/shop/a/engines.yml'] })).toBe(
    '/srv/shop/a/engines.yml',
  );
});

test('a list stands beside the stack file of COMPOSE_FILE', async () => {
  const environment = { COMPOSE_FILE: '/a/x.yaml:/b/y.yaml' };
  expect(await source({ environment, present: ['/a/engines.yaml'] })).toBe('/a/engines.yaml');
});

test('where no stack file is found, the list of the working directory counts', async () => {
  expect(await source({ present: ['/srv/shop/web/engines.yaml'] })).toBe('/srv/shop/web/engines.yaml');
});

test("the folder of the user's configuration may be elsewhere", async () => {
  const environment = { XDG_CONFIG_HOME: '/etc/anna' };
  expect(await source({ environment, present: ['/etc/anna/stack/engines.yml'] })).toBe('/etc/anna/stack/engines.yml');
});

test('a list that DOCKER_HOST hides is spoken of', async () => {
  const { warnings } = await select({
    environment: { DOCKER_HOST: 'unix:///d.sock' },
    present: ['/srv/shop/stack.yaml', '/srv/shop/engines.yaml'],
  });
  expect(warnings).toEqual(['/srv/shop/engines.yaml is not used, because DOCKER_HOST is set: --engines names it']);
});

test('several hosts are several engines, called after their hosts or as they say', async () => {
  const { engines } = await select({
    hosts: ['ssh://u@a', 'b=ssh://x', 'unix:///s', 'tcp://127.0.0.1:1', 'tcp://127.0.0.1:2'],
  });
  expect(engines.map(({ endpoint }) => [endpoint.name, endpoint.address])).toEqual([
    ['a', 'ssh://u@a'],
    ['b', 'ssh://x'],
    ['local', 'unix:///s'],
    ['127.0.0.1', 'tcp://127.0.0.1:1'],
    ['127.0.0.1-2', 'tcp://127.0.0.1:2'],
  ]);
});

test('one host is the default engine', async () => {
  const { engines } = await select({ hosts: ['ssh://a'] });
  expect(engines.map(({ endpoint }) => endpoint.name)).toEqual(['default']);
});

test.each([
  [{ hosts: ['ssh://a', 'x=ssh://A'] }, /engines a and x .* are the same/],
  [{ hosts: ['x=ssh://a', 'x=ssh://b'] }, /engines x and x/],
  [{ contexts: ['default', 'default'] }, /engines default and default/],
  [{ hosts: ['ssh://a'], contexts: ['b'] }, /either --host or --context/],
  [{ hosts: ['ssh://a', 'ftp://b'] }, /ftp/],
])('%j is refused', async (given, message) => {
  await expect(select(given)).rejects.toThrow(message);
});

test('plain tcp to another machine is warned about once', async () => {
  const { warnings } = await select({ hosts: ['tcp://10.0.0.1:2375', 'tcp://10.0.0.2:2375', 'tcp://localhost:2375'] });
  expect(warnings).toEqual([
    expect.stringMatching(/^tcp:\/\/10\.0\.0\.1:2375, tcp:\/\/10\.0\.0\.2:2375: no verified TLS/),
  ]);
});

test('plain tcp that is meant is not warned about', async () => {
  const environment = { DOCKER_HOST: 'tcp://10.0.0.1:2375', STACK_ALLOW_PLAIN_TCP: '1' };
  expect((await select({ environment })).warnings).toEqual([]);
});
