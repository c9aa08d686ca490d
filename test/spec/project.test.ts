import { describe, expect, test } from 'vitest';

import { at, findings, load, modelOf, stackWith, type World } from './support/model.ts';

const stack = 'services: {web: {image: app}}\n';
const discover: World = { request: { files: [] } };

describe('stack files', () => {
  test.each(['stack.yaml', 'stack.yml', 'compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'])(
    '%s is found',
    (name) => {
      expect(modelOf({ [name]: stack }, discover).project.configFiles).toEqual([`/app/${name}`]);
    },
  );

  test('the first of several wins, with a warning', () => {
    const files = { 'stack.yaml': stack, 'compose.yaml': stack };
    expect(modelOf(files, discover).project.configFiles).toEqual(['/app/stack.yaml']);
    expect(findings(files, discover)).toEqual(['<arguments>:1:1 several-stack-files']);
  });

  test('an override is laid over it', () => {
    const files = { 'compose.yaml': stack, 'compose.override.yml': 'services: {web: {hostname: h}}\n' };
    expect(at(modelOf(files, discover), 'services', 'web', 'hostname')).toBe('h');
  });

  test('they are looked for in the folders above, whose .env is read then', () => {
    const files = { '../compose.yaml': 'name: up\nservices: {web: {image: "app:$TAG"}}\n', '../.env': 'TAG=up\n' };
    const model = modelOf(files, discover);
    expect(model.project).toMatchObject({ workingDir: '/', configFiles: ['/compose.yaml'] });
    expect(at(model, 'services', 'web', 'image')).toBe('app:up');
  });

  test('COMPOSE_FILE names them, in .env too', () => {
    const files = {
      'a.yaml': stack,
      'b.yaml': 'services: {web: {hostname: h}}\n',
      '.env': 'COMPOSE_FILE=a.yaml:b.yaml\n',
    };
    expect(modelOf(files, discover).project.configFiles).toEqual(['/app/a.yaml', '/app/b.yaml']);
    const environment = { COMPOSE_FILE: 'b.yaml,a.yaml', COMPOSE_PATH_SEPARATOR: ',' };
    expect(modelOf(files, { ...discover, environment }).project.configFiles).toEqual(['/app/b.yaml', '/app/a.yaml']);
  });

  test('none at all is an error', () => {
    expect(findings({}, discover)).toEqual(['<arguments>:1:1 no-stack-file']);
  });

  test('paths start from the folder of the first, or from the one that is named', () => {
    const files = { 'sub/stack.yaml': stackWith('volumes: ["./d:/d"]') };
    const source = (world: World): unknown => at(modelOf(files, world), 'services', 'web', 'volumes');
    expect(source({ request: { files: ['sub/stack.yaml'] } })).toMatchObject([{ source: '/app/sub/d' }]);
    expect(source({ request: { files: ['sub/stack.yaml'], projectDirectory: 'other' } })).toMatchObject([
      { source: '/app/other/d' },
    ]);
  });
});

describe('the project name', () => {
  const name = (files: Parameters<typeof modelOf>[0], world?: World): string => modelOf(files, world).project.name;

  test('is -p, else COMPOSE_PROJECT_NAME, else name:, else the folder', () => {
    const named = `name: written\n${stack}`;
    const environment = { COMPOSE_PROJECT_NAME: 'variable' };
    expect(name(named, { environment, request: { projectName: 'argument' } })).toBe('argument');
    expect(name(named, { environment })).toBe('variable');
    expect(name(named)).toBe('written');
    expect(name(stack)).toBe('app');
  });

  test('is made of what the file says, variables filled in', () => {
    expect(name(`name: "My \${WHAT:-App}!"\n${stack}`)).toBe('myapp');
  });

  test('can be used in the file', () => {
    expect(at(modelOf(stackWith('hostname: $COMPOSE_PROJECT_NAME')), 'services', 'web', 'hostname')).toBe('app');
  });

  test('must be a name as it is, where a person gave it', () => {
    expect(findings(stack, { request: { projectName: 'Bad Name' } })).toEqual(['<arguments>:1:1 bad-project-name']);
    expect(findings(`name: "___"\n${stack}`)).toEqual(['1:7 bad-project-name']);
  });
});

describe('variables of the project', () => {
  const image = (world: World, files: Readonly<Record<string, string>>): unknown =>
    at(modelOf({ 'stack.yaml': 'services: {web: {image: "a:$TAG"}}\n', ...files }, world), 'services', 'web', 'image');

  test('come of the process, else of the named files, later ones first, else of .env', () => {
    const files = { '.env': 'TAG=dot\n', 'one.env': 'TAG=one\n', 'two.env': 'TAG=two\n' };
    expect(image({ environment: { TAG: 'os' } }, files)).toBe('a:os');
    expect(image({ request: { envFiles: ['one.env', 'two.env'] } }, files)).toBe('a:two');
    expect(image({ environment: { COMPOSE_ENV_FILES: 'two.env,one.env' } }, files)).toBe('a:one');
    expect(image({}, files)).toBe('a:dot');
  });

  test('COMPOSE_DISABLE_ENV_FILE leaves .env out', () => {
    expect(image({ environment: { COMPOSE_DISABLE_ENV_FILE: '1' } }, { '.env': 'TAG=dot\n' })).toBe('a:');
  });

  test('a named file that does not exist is an error', () => {
    expect(findings(stack, { request: { envFiles: ['nope.env'] } })).toEqual(['nope.env:1:1 unreadable-file']);
  });
});

describe('profiles', () => {
  const text = 'services:\n  web: {image: a}\n  debug: {image: b, profiles: [debug, all]}\n';
  const names = (world?: World): readonly string[] => Object.keys(at(modelOf(text, world), 'services') ?? {});

  test('services with a profile are off', () => {
    expect(names()).toEqual(['web']);
    expect(modelOf(text).profiles).toEqual(['all', 'debug']);
  });

  test('one of their profiles switches them on, and so do COMPOSE_PROFILES, * and their own name', () => {
    expect(names({ request: { profiles: ['debug'] } })).toEqual(['debug', 'web']);
    expect(names({ environment: { COMPOSE_PROFILES: 'x, all' } })).toEqual(['debug', 'web']);
    expect(names({ request: { profiles: ['*'] } })).toEqual(['debug', 'web']);
    expect(names({ request: { services: ['debug'] } })).toEqual(['debug']);
  });
});

describe('files of variables of a service', () => {
  const files = { 'a.env': 'A=1\nB=1\nD=1\n', 'b.env': 'B=2\nC=$B-$A\n' };
  const variables = (lines: string, world?: World): unknown =>
    at(modelOf({ ...files, 'stack.yaml': stackWith(lines) }, world), 'services', 'web', 'environment');

  test('count less than the service itself, earlier ones less than later ones', () => {
    expect(variables('env_file: [a.env, b.env]\nenvironment: {A: own, D: }')).toEqual({
      A: 'own',
      B: '2',
      C: '2-own',
      D: null,
    });
  });

  test('must exist unless they are said to be optional', () => {
    expect(variables('env_file: [{path: nope.env, required: false}]')).toBeUndefined();
    expect(findings(stackWith('env_file: nope.env'))).toEqual(['4:15 unreadable-file']);
  });

  test('are not variables of the stack file', () => {
    expect(findings({ ...files, 'stack.yaml': stackWith('env_file: a.env\nhostname: $A') })).toEqual([
      '5:15 unset-variable',
    ]);
  });

  test('a mistake in one is told there', () => {
    const loaded = load({ 'x.env': 'A="\n', 'stack.yaml': stackWith('env_file: x.env') });
    expect(loaded.ok ? [] : loaded.diagnostics).toMatchObject([
      { code: 'bad-env-file', span: { file: 'x.env', line: 1, column: 3 } },
    ]);
  });

  test('labels come of files too', () => {
    const model = modelOf({ 'l.env': 'a=0\nb=$a\n', 'stack.yaml': stackWith('label_file: l.env\nlabels: {a: 1}') });
    expect(at(model, 'services', 'web', 'labels')).toEqual({ a: '1', b: '0' });
  });
});

describe('paths', () => {
  test('relative ones start from the project, ~ from the home directory, others stay', () => {
    const lines = `build:
  context: ./ctx
  additional_contexts: {a: ../b, b: "docker-image://x", c: "service:web", d: "git@host:x"}
volumes: ["~/h:/h", "/abs:/abs", "C:\\\\win:/w"]
develop: {watch: [{path: ./src, action: rebuild}]}`;
    expect(at(modelOf(stackWith(lines)), 'services', 'web')).toMatchObject({
      build: {
        context: '/app/ctx',
        additional_contexts: { a: '/b', b: 'docker-image://x', c: 'service:web', d: 'git@host:x' },
      },
      volumes: [{ source: '/home/user/h' }, { source: '/abs' }, { source: 'C:\\win' }],
      develop: { watch: [{ path: '/app/src' }] },
    });
  });

  test('a local volume that is bound to a folder has its path made absolute', () => {
    const volume = '{driver: local, driver_opts: {o: bind, type: none, device: ./d}}';
    const model = modelOf(stackWith('volumes: ["data:/d"]', `volumes: {data: ${volume}}\n`));
    expect(at(model, 'volumes', 'data', 'driver_opts', 'device')).toBe('/app/d');
  });

  test('they stay as written where that is asked for', () => {
    const model = modelOf(stackWith('build: ./ctx'), { request: { skip: new Set(['path-resolution']) } });
    expect(at(model, 'services', 'web', 'build', 'context')).toBe('./ctx');
  });
});

test('strict loading makes errors of warnings', () => {
  expect(load(stackWith('hostname: $U')).ok).toBe(true);
  expect(load(stackWith('hostname: $U'), { request: { isStrict: true } }).ok).toBe(false);
});
