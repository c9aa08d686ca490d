import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { EngineError } from '../../src/engine/engine.ts';
import type { BuildSpec } from '../../src/model/desired.ts';
import { build } from '../support/builders.ts';
import { call, imageId, removeImage } from '../support/real/api.ts';
import { onEachEngine, type TestEngine } from '../support/real/engines.ts';
import { openStack } from '../support/real/stack.ts';
import { openEngine } from '../support/real/transfer-program.ts';

const from = 'FROM stack-test/busybox:1\n';

/** A folder with these files; gone when the test ends. */
async function openFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'build-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

interface Built {
  readonly image: string;
  /** What was told while it was built. */
  readonly lines: readonly string[];
  readonly failure: EngineError | undefined;
}

interface Asked extends Partial<BuildSpec> {
  readonly contents?: ReadonlyMap<string, Uint8Array>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
}

/** Builds an image of its own from a folder, and every step of it unless `noCache` is false. */
async function run(engine: TestEngine, context: string, asked: Asked = {}): Promise<Built> {
  const { contents = new Map(), environment = {}, signal = AbortSignal.timeout(60_000), onLine, ...overrides } = asked;
  const image = `build-${randomBytes(4).toString('hex')}:1`;
  const port = openEngine(engine.host, environment);
  onTestFinished(async () => {
    port.close();
    await removeImage(engine, image);
  });
  const lines: string[] = [];
  const report = (progress: { readonly kind: string; readonly text?: string }): void => {
    lines.push(progress.text ?? '');
    onLine?.(progress.text ?? '');
  };
  try {
    await port.buildImage(image, build({ context, noCache: true, ...overrides }), { contents, report, signal });
    return { image, lines, failure: undefined };
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    return { image, lines, failure: cause };
  }
}

/** The output of a step, of whichever number it is. */
const outputOf = ({ lines, failure }: Built): readonly string[] => {
  if (failure) throw failure;
  return lines.filter((line) => line.startsWith('#')).map((line) => line.replace(/^#\d+ /, ''));
};

onEachEngine((engine) => {
  const isOld = engine.name.includes('20');

  test('a build tells its steps, their output and what was cached, and the same again is the same image', async () => {
    const context = await openFolder({
      Dockerfile: `${from}RUN echo one && echo two\n`,
      noise: randomBytes(8).toString('hex'),
    });
    const first = await run(engine, context, { labels: [['of', 'once']] });
    const number = first.lines.map((line) => /^(#\d+ )\[.*2\/2\] RUN echo one/.exec(line)?.[1]).find(Boolean) ?? 'none';
    const told = first.lines.filter((line) => line.startsWith(number)).map((line) => line.slice(number.length));
    expect(told.slice(1)).toEqual(['one', 'two', expect.stringMatching(/^DONE \d+\.\ds$/)]);
    const second = await run(engine, context, { labels: [['of', 'once']], noCache: false });
    expect(outputOf(second)).toContain('CACHED');
    expect(outputOf(second)).not.toContain('one');
    expect(await imageId(engine, second.image)).toBe(await imageId(engine, first.image));
  });

  test('a secret reaches its step, and neither the image nor its history nor the progress', async () => {
    const secret = `canary-${randomBytes(8).toString('hex')}`;
    const context = await openFolder({
      Dockerfile: `${from}RUN --mount=type=secret,id=token test "$(cat /run/secrets/token)" = "${secret.slice(0, 3)}$(cat /run/secrets/token | cut -c 4-)" && wc -c </run/secrets/token && ls -l /run/secrets\n`,
    });
    const contents = new Map([['digest', Buffer.from(secret)]]);
    const built = await run(engine, context, { secrets: [{ id: 'token', digest: 'digest' }], contents });
    expect(outputOf(built)).toContain(String(secret.length));
    expect(built.lines.join('\n')).not.toContain(secret);
    const archive = await fetch(`${engine.host.replace('tcp:', 'http:')}/v1.41/images/${built.image}/get`);
    expect(Buffer.from(await archive.arrayBuffer()).includes(secret)).toBe(false);
    expect(JSON.stringify(await call(engine, 'GET', `/images/${built.image}/history`))).not.toContain(secret);
    expect(JSON.stringify(await call(engine, 'GET', `/images/${built.image}/json`))).not.toContain(secret);
  });

  test('a secret that the build does not have fails the step that needs it', async () => {
    const context = await openFolder({
      Dockerfile: `${from}RUN --mount=type=secret,id=other,required=true true\n`,
    });
    const { failure } = await run(engine, context, {
      secrets: [{ id: 'token', digest: 'd' }],
      contents: new Map([['d', Buffer.from('x')]]),
    });
    expect(failure).toMatchObject({ code: 'rejected', message: expect.stringContaining('other') });
  });

  test.each(['an agent', 'a key file'])('%s signs for a step by ssh, and no key comes along', async (kind) => {
    const folder = await openFolder({});
    const key = join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'of the test', '-f', key]);
    const context = await openFolder({
      Dockerfile: `${from}COPY bin /bin\nCOPY lib /\nRUN --mount=type=ssh,id=deploy ssh-add -l && ls -A /run/buildkit\n`,
    });
    await copyProgram('/usr/bin/ssh-add', context);
    const environment: Record<string, string> = { PATH: process.env['PATH'] ?? '' };
    if (kind === 'an agent') environment['SSH_AUTH_SOCK'] = await openAgent(join(folder, 'agent'), key);
    const value = kind === 'an agent' ? '' : key;
    const built = await run(engine, context, { ssh: [['deploy', value]], environment });
    expect(outputOf(built)).toContainEqual(expect.stringMatching(/^256 SHA256:.* of the test \(ED25519\)$/));
  });

  test('a further folder is a context, without what its .dockerignore names', async () => {
    const more = await openFolder({ 'a/b': 'from there\n', drop: '', '.dockerignore': 'drop\n' });
    const context = await openFolder({
      Dockerfile: `${from}COPY --from=more . /more\nRUN cat /more/a/b && ls /more\n`,
    });
    const built = await run(engine, context, { additionalContexts: [['more', more]] });
    if (isOld) expect(built.failure?.message).toContain('`additional_contexts` before Docker 23');
    else expect(outputOf(built)).toEqual(expect.arrayContaining(['from there', 'a']));
    if (!isOld) expect(outputOf(built)).not.toContain('drop');
  });

  test('the context is what .dockerignore leaves, with its links and permissions', async () => {
    const context = await openFolder({
      Dockerfile: `${from}COPY . /ctx\nRUN cd /ctx && find . | sort && stat -c '%a %u %n' run && readlink link && wc -c <big\n`,
      '.dockerignore': '*.md\nlogs\n!logs/keep\nDockerfile\n',
      'a.md': '',
      'logs/keep': '',
      'logs/drop': '',
      run: '',
      'ä/é': '',
      'a-b': '',
      'a/b': '',
      big: 'x'.repeat(3_000_000),
    });
    await chmod(join(context, 'run'), 0o4751);
    await symlink('a/b', join(context, 'link'));
    const told = outputOf(await run(engine, context));
    const listed = told.slice(told.indexOf('.') + 1, told.indexOf('4751 0 run'));
    const expected = ['.dockerignore', 'a', 'a-b', 'a/b', 'big', 'link', 'logs', 'logs/keep', 'run', 'ä', 'ä/é'];
    expect(listed.toSorted()).toEqual(expected.map((name) => `./${name}`).toSorted());
    expect(told).toEqual(expect.arrayContaining(['4751 0 run', 'a/b', '3000000']));
  });

  test('a Dockerfile of its own, one outside of the context and one in the stack file build', async () => {
    const context = await openFolder({
      'docker/web': `${from}COPY . /ctx\nRUN ls /ctx\n`,
      'app/kept': '',
      'app/dropped': '',
      'app/docker/web': `${from}COPY . /ctx\nRUN ls /ctx\n`,
      'app/docker/web.dockerignore': 'dropped\n',
      'app/.dockerignore': 'kept\n',
    });
    const app = join(context, 'app');
    const own = outputOf(await run(engine, app, { dockerfile: 'docker/web' }));
    expect(own).toContain('kept');
    expect(own).not.toContain('dropped');
    const outside = outputOf(await run(engine, app, { dockerfile: '../docker/web' }));
    expect(outside).toContain('dropped');
    expect(outside).not.toContain('kept');
    const inline = await run(engine, app, { dockerfileInline: `${from}RUN echo inline\n` });
    expect(outputOf(inline)).toContain('inline');
  });

  test('arguments, target, labels, hosts and network are the builder’s', async () => {
    const context = await openFolder({
      Dockerfile: `FROM stack-test/busybox:1 AS first\nARG WHO\nRUN echo "$WHO" && cat /etc/hosts && ls /sys/class/net\nFROM scratch AS last\n`,
    });
    const built = await run(engine, context, {
      args: [['WHO', 'somebody']],
      labels: [['of', 'test']],
      target: 'first',
      extraHosts: ['far=192.0.2.7'],
      network: 'none',
    });
    const told = outputOf(built);
    expect(told).toContain('somebody');
    expect(told).toContainEqual(expect.stringMatching(/^192\.0\.2\.7\s+far$/));
    expect(told).toContain('lo');
    expect(told).not.toContain('eth0');
    const { Config } = (await call(engine, 'GET', `/images/${built.image}/json`)) as { Config: { Labels: unknown } };
    expect(Config.Labels).toMatchObject({ of: 'test' });
  });

  test('ulimits and the size of shared memory hold on each version', async () => {
    const context = await openFolder({ Dockerfile: `${from}RUN ulimit -n && df -k /dev/shm | tail -n 1\n` });
    const limits = {
      ulimits: [{ name: 'nofile', soft: 1234, hard: 2345 }],
      shmSizeBytes: 32 * 1024 * 1024,
    };
    const { lines, failure } = await run(engine, context, limits);
    expect(failure).toBeUndefined();
    expect(lines.join('\n')).toMatch(/^(#\d+ )?1234$/m);
    expect(lines.join('\n')).toMatch(/\b32768\b/);
  });

  test('a step that fails is named, with its Dockerfile line and its last output', async () => {
    const context = await openFolder({
      Dockerfile: `${from}RUN echo fine\nRUN echo before && \\\n  echo broken && exit 3\n`,
    });
    const { failure, image } = await run(engine, context);
    expect(failure?.message).toBe(`build ${image}: [3/3] RUN echo before &&   echo broken && exit 3: exit code: 3`);
    expect(failure?.details).toEqual([
      'before',
      'broken',
      'Dockerfile:3',
      '3 | RUN echo before && \\',
      '4 |   echo broken && exit 3',
    ]);
    expect(await imageId(engine, image)).toBeUndefined();
  });

  test('a Dockerfile that cannot be parsed is told with its line', async () => {
    const context = await openFolder({ Dockerfile: `${from}RUM echo\n` });
    const { failure } = await run(engine, context);
    expect(failure?.message).toMatch(/unknown instruction: RUM/i);
  });

  test('a build that is given up ends', async () => {
    const context = await openFolder({ Dockerfile: `${from}RUN echo begun && sleep 50\n` });
    const stop = new AbortController();
    const startedAt = Date.now();
    const onLine = (line: string): void => {
      if (/^#\d+ begun$/.test(line)) stop.abort();
    };
    const { failure } = await run(engine, context, { signal: stop.signal, onLine });
    expect(failure?.code).toBe('aborted');
    expect(Date.now() - startedAt).toBeLessThan(20_000);
  });

  test('stack up builds on the image of another service, and each image says whose it is', async () => {
    if (isOld) return;
    const stack = await openStack(engine, {
      'compose.yaml': `services:
  a-web: {build: {context: web, additional_contexts: {base: "service:zero"}}, command: [sleep, "600"], stop_grace_period: 0s}
  zero: {build: {context: zero}, command: [sleep, "600"], stop_grace_period: 0s}
`,
      'zero/Dockerfile': `${from}RUN echo below >/file\n`,
      'web/Dockerfile': 'FROM base\nRUN grep below /file\n',
    });
    const images = ['a-web', 'zero'].map((name) => `${stack.project}-${name}`);
    onTestFinished(async () => {
      for (const image of images) await removeImage(engine, image);
    });
    await stack.ok('up', '-d');
    const { Config } = (await call(engine, 'GET', `/images/${images[0] ?? ''}/json`)) as {
      Config: { Labels: unknown };
    };
    expect(Config.Labels).toEqual({
      'com.docker.compose.project': stack.project,
      'com.docker.compose.service': 'a-web',
    });
  });

  test('stack build tells each step in a line, and a failed one with its output', async () => {
    const stack = await openStack(engine, {
      'compose.yaml': 'services: {web: {build: {context: app, no_cache: true}}}',
      'app/Dockerfile': `${from}RUN printf 'one\\033[2Jtwo\\n'\nRUN echo last words && exit 4\n`,
    });
    onTestFinished(() => removeImage(engine, `${stack.project}-web`));
    const failed = await stack.run('build');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(new RegExp(`^ Image ${stack.project}-web  #\\d+ \\[2/3\\] RUN`, 'm'));
    expect(failed.stderr).toMatch(/RUN echo last words && exit 4: exit code: 4$/m);
    expect(failed.stderr).toContain('Dockerfile:3');
    expect(failed.stderr).not.toContain('\u001B');
    await stack.write({ 'app/Dockerfile': `${from}RUN echo fine\n` });
    const { stderr } = await stack.ok('--progress', 'json', 'build');
    const events = stderr
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { progress?: { text?: string } });
    expect(events.map(({ progress }) => progress?.text)).toContainEqual(expect.stringMatching(/^#\d+ fine$/));
  });
});

/** A program and what it is linked to, for an image that has no libraries. */
async function copyProgram(program: string, context: string): Promise<void> {
  const { stdout } = await promisify(execFile)('ldd', [program]);
  const libraries = [...stdout.matchAll(/(\/\S+)/g)].map(([path]) => path);
  await mkdir(join(context, 'bin'));
  await copyFile(program, join(context, 'bin', basename(program)));
  for (const library of libraries) {
    await mkdir(join(context, 'lib', dirname(library)), { recursive: true });
    await copyFile(library, join(context, 'lib', library));
  }
}

/** An agent that holds a key, until the test ends. */
async function openAgent(socket: string, key: string): Promise<string> {
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void agent.kill());
  await new Promise((resolve) => agent.stdout.once('data', resolve));
  execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  expect(await readdir(dirname(socket))).toContain(basename(socket));
  return socket;
}
