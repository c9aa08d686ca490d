import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { extract } from 'tar-stream';
import { expect, test } from 'vitest';

import type { BuildSpec } from '../../../src/model/desired.ts';
import type { Progress } from '../../../src/model/event.ts';
import { type Answer, failureOf, soon, withFakeEngine } from '../support/fake-engine.ts';

function buildSpec(context: string, overrides: Partial<BuildSpec> = {}): BuildSpec {
  return {
    context,
    dockerfile: 'Dockerfile',
    dockerfileInline: undefined,
    args: [],
    target: undefined,
    labels: [],
    tags: [],
    cacheFrom: [],
    cacheTo: [],
    noCache: false,
    pull: false,
    network: undefined,
    shmSizeBytes: undefined,
    extraHosts: [],
    platforms: [],
    privileged: false,
    additionalContexts: [],
    secrets: [],
    ssh: [],
    ulimits: [],
    ...overrides,
  };
}

async function inContext(files: Record<string, string>, run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'context-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const built: Answer = (_asked, response) => response.writeHead(200).end('{"stream":"Successfully built"}\n');

interface Sent {
  readonly entries: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
}

/** Builds against an engine that keeps what it was sent. */
async function send(build: BuildSpec, environment: ReadonlyMap<string, string> = new Map()): Promise<Sent> {
  const entries = new Map<string, string>();
  const types = new Map<string, string>();
  let query = new URLSearchParams();
  await withFakeEngine(
    built,
    async (engine, { asked }) => {
      await engine.buildImage('shop-web', build, { contents: new Map(), report: () => undefined, signal: soon() });
      query = asked[0]?.query ?? query;
      const archive = extract();
      archive.end(asked[0]?.body);
      for await (const entry of archive) {
        const chunks: Buffer[] = [];
        for await (const chunk of entry) chunks.push(Buffer.from(chunk as Uint8Array));
        entries.set(entry.header.name.replace(/\/$/, ''), entry.header.linkname || Buffer.concat(chunks).toString());
        types.set(entry.header.name.replace(/\/$/, ''), entry.header.type);
        expect(entry.header).toMatchObject({ uid: 0, gid: 0 });
      }
    },
    { environment },
  );
  return { entries, types, query };
}

const names = ({ entries }: Sent): readonly string[] => [...entries.keys()].toSorted();

test('the context is sent without what .dockerignore names, upper and lower case apart', async () => {
  const files = {
    Dockerfile: 'FROM scratch',
    '.dockerignore': '*.txt\nlogs\n!logs/keep\n# comment\nDockerfile\n',
    'a.txt': 'a',
    'B.TXT': 'b',
    'src/c.txt': 'c',
    'logs/drop': 'd',
    'logs/keep': 'e',
    empty: '',
  };
  await inContext(files, async (folder) => {
    const sent = await send(buildSpec(folder));
    expect(names(sent)).toEqual(
      ['.dockerignore', 'B.TXT', 'Dockerfile', 'empty', 'logs/keep', 'src', 'src/c.txt'].toSorted(),
    );
    expect(sent.entries.get('B.TXT')).toBe('b');
  });
});

test('links are sent as links, and pipes and sockets not at all', async () => {
  await inContext({ Dockerfile: 'FROM scratch' }, async (folder) => {
    await symlink('/etc/passwd', join(folder, 'passwd'));
    await symlink('.', join(folder, 'loop'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const server = createServer().listen(join(folder, 'socket'));
    const sent = await send(buildSpec(folder)).finally(() => server.close());
    expect(names(sent)).toEqual(['Dockerfile', 'loop', 'passwd']);
    expect(sent.types.get('passwd')).toBe('symlink');
    expect(sent.entries.get('passwd')).toBe('/etc/passwd');
  });
});

test('a Dockerfile of the stack file is sent beside the context, and out of sight of COPY', async () => {
  await inContext({ Dockerfile: 'FROM other', '.dockerignore': 'x' }, async (folder) => {
    const sent = await send(buildSpec(folder, { dockerfileInline: 'FROM scratch\n' }));
    const name = sent.query.get('dockerfile') ?? '';
    expect(sent.entries.get(name)).toBe('FROM scratch\n');
    expect(sent.entries.get('.dockerignore')?.split('\n')).toEqual(['x', name, '']);
  });
});

test('a Dockerfile outside of the context is sent with it', async () => {
  await inContext({ 'docker/web': 'FROM scratch # web', 'app/a': 'a' }, async (folder) => {
    const sent = await send(buildSpec(join(folder, 'app'), { dockerfile: '../docker/web' }));
    expect(sent.entries.get(sent.query.get('dockerfile') ?? '')).toBe('FROM scratch # web');
    expect(sent.entries.get('.dockerignore')).toContain('.dockerignore');
  });
});

test('an ignore file of the Dockerfile’s own counts before the context’s', async () => {
  const files = { Dockerfile: 'FROM scratch', '.dockerignore': 'a', 'Dockerfile.dockerignore': 'b', a: '', b: '' };
  await inContext(files, async (folder) => {
    expect(names(await send(buildSpec(folder)))).toEqual([
      '.dockerignore',
      'Dockerfile',
      'Dockerfile.dockerignore',
      'a',
    ]);
  });
});

test('a big context streams whole', async () => {
  const big = 'x'.repeat(5_000_000);
  await inContext(
    { Dockerfile: 'FROM scratch', big, [`${'long'.repeat(30)}/${'name'.repeat(30)}`]: 'y' },
    async (folder) => {
      const { entries } = await send(buildSpec(folder));
      expect(entries.get('big')?.length).toBe(big.length);
      expect(entries.get(`${'long'.repeat(30)}/${'name'.repeat(30)}`)).toBe('y');
    },
  );
});

test('the options of the build are the builder’s', async () => {
  await inContext({ Dockerfile: 'FROM scratch', 'web.Dockerfile': 'FROM scratch' }, async (folder) => {
    const { query } = await send(
      buildSpec(folder, {
        dockerfile: 'web.Dockerfile',
        args: [
          ['A', '1'],
          ['FROM_ENVIRONMENT', undefined],
          ['UNSET', undefined],
        ],
        labels: [['l', 'v']],
        tags: ['r.example/web:2'],
        target: 'run',
        cacheFrom: ['web:old'],
        noCache: true,
        pull: true,
        network: 'host',
        shmSizeBytes: 64,
        extraHosts: ['db=10.0.0.1'],
        platforms: ['linux/arm64'],
      }),
      new Map([['FROM_ENVIRONMENT', 'x']]),
    );
    expect(query.getAll('t')).toEqual(['shop-web', 'r.example/web:2']);
    expect(Object.fromEntries(query)).toMatchObject({
      dockerfile: 'web.Dockerfile',
      buildargs: '{"A":"1","FROM_ENVIRONMENT":"x"}',
      labels: '{"l":"v"}',
      target: 'run',
      cachefrom: '["web:old"]',
      nocache: '1',
      pull: '1',
      networkmode: 'host',
      shmsize: '64',
      extrahosts: 'db:10.0.0.1',
      platform: 'linux/arm64',
    });
  });
});

test('a build may pull with every password that there is', async () => {
  const auth = Buffer.from('anna:s3cret').toString('base64');
  const config = JSON.stringify({ auths: { 'r.example': { auth }, 'https://index.docker.io/v1/': { auth } } });
  await inContext({ Dockerfile: 'FROM x' }, async (folder) => {
    await withFakeEngine(
      built,
      async (engine, { asked }) => {
        await engine.buildImage('x', buildSpec(folder), {
          contents: new Map(),
          report: () => undefined,
          signal: soon(),
        });
        const header = Buffer.from(String(asked[0]?.headers['x-registry-config']), 'base64url').toString();
        expect(JSON.parse(header)).toMatchObject({
          'r.example': { username: 'anna', password: 's3cret' },
          'https://index.docker.io/v1/': { username: 'anna', password: 's3cret' },
        });
        expect(asked[0]?.url).not.toContain('s3cret');
      },
      { environment: new Map([['DOCKER_AUTH_CONFIG', config]]) },
    );
  });
});

test('a context by URL is the engine’s to fetch', async () => {
  await withFakeEngine(built, async (engine, { asked }) => {
    const build = buildSpec('https://github.com/a/b.git#main:web');
    await engine.buildImage('x', build, { contents: new Map(), report: () => undefined, signal: soon() });
    expect(asked[0]?.query.get('remote')).toBe('https://github.com/a/b.git#main:web');
    expect(asked[0]?.body.length).toBe(0);
  });
});

test('progress comes line by line', async () => {
  const messages = ['{"stream":"Step 1/2 : FROM x\\n"}', '{"stream":"a\\nb\\n"}', '{"status":"Pulling","id":"x"}'];
  const answer: Answer = (_asked, response) => response.writeHead(200).end(`${messages.join('\n')}\n`);
  const reports: Progress[] = [];
  await inContext({ Dockerfile: 'FROM x' }, async (folder) => {
    await withFakeEngine(answer, async (engine) => {
      const report = (progress: Progress): number => reports.push(progress);
      await engine.buildImage('x', buildSpec(folder), { contents: new Map(), report, signal: soon() });
    });
  });
  expect(reports.map((report) => report.kind === 'text' && report.text)).toEqual([
    'Step 1/2 : FROM x',
    'a',
    'b',
    'x: Pulling',
  ]);
});

test('a failing step fails the build, in the builder’s words', async () => {
  const message = "The command '/bin/sh -c false' returned a non-zero code: 1";
  const answer: Answer = (_asked, response) =>
    response.writeHead(200).end(JSON.stringify({ error: message, errorDetail: { code: 1, message } }));
  await inContext({ Dockerfile: 'FROM x' }, async (folder) => {
    await withFakeEngine(answer, async (engine) => {
      const work = { contents: new Map(), report: () => undefined, signal: soon() };
      const error = await failureOf(engine.buildImage('shop-web', buildSpec(folder), work));
      expect(error).toMatchObject({ code: 'rejected', message: `build shop-web: ${message}` });
    });
  });
});

test.each([
  ['a Dockerfile that is not there', {}, {}, 'cannot read the Dockerfile'],
  ['a context that is a file', { context: '/etc/passwd', dockerfileInline: 'FROM x' }, {}, 'is no folder'],
])('%s is told before anything is sent', async (_what, overrides, files, text) => {
  await inContext(files, async (folder) => {
    await withFakeEngine(built, async (engine, { asked }) => {
      const work = { contents: new Map(), report: () => undefined, signal: soon() };
      const error = await failureOf(engine.buildImage('x', buildSpec(folder, overrides), work));
      expect(error).toMatchObject({ code: 'rejected', message: expect.stringContaining(text) });
      expect(asked).toEqual([]);
    });
  });
});

test('a file that is shorter than it was said to be ends the build, by name', async () => {
  await withFakeEngine(built, async (engine) => {
    // Files of the kernel: a page each, they say, and a line each when they are read.
    const build = buildSpec('/sys/class/net/lo/statistics', { dockerfileInline: 'FROM x' });
    const work = { contents: new Map(), report: () => undefined, signal: soon() };
    const error = await failureOf(engine.buildImage('x', build, work));
    expect(error).toMatchObject({
      code: 'rejected',
      message: expect.stringContaining('cannot read the build context'),
    });
  });
});

/** Runs a test with a program of ours in the place of the docker client, which notes how it was called. */
async function withDocker(
  script: string,
  run: (environment: Map<string, string>, notes: string) => Promise<void>,
): Promise<void> {
  await inContext({ docker: `#!/bin/sh\n${script}\n` }, async (folder) => {
    await chmod(join(folder, 'docker'), 0o755);
    const notes = join(folder, 'notes');
    await run(
      new Map([
        ['PATH', `${folder}:${process.env['PATH']}`],
        ['NOTES', notes],
      ]),
      notes,
    );
  });
}

const needsBuildKit: readonly (readonly [string, Partial<BuildSpec>, string])[] = [
  ['secrets', { secrets: [{ id: 's', digest: 'd' }] }, 'FROM x'],
  ['ssh', { ssh: [['default', '']] }, 'FROM x'],
  ['additional contexts', { additionalContexts: [['a', '/b']] }, 'FROM x'],
  ['a cache mount', {}, 'FROM x\nRUN --mount=type=cache,target=/c true'],
  ['a syntax line', {}, '# syntax=docker/dockerfile:1\nFROM x'],
  ['a here-document', {}, 'FROM x\nRUN <<EOF\ntrue\nEOF'],
  ['COPY --link', {}, 'FROM x\nCOPY --from=a --link b c'],
];

test.each(needsBuildKit)('%s is refused by an engine without BuildKit', async (_what, overrides, dockerfile) => {
  await inContext({ Dockerfile: dockerfile }, async (folder) => {
    const server = createServer().listen(join(folder, 'socket'));
    const environment = new Map([['SSH_AUTH_SOCK', join(folder, 'socket')]]);
    const build = buildSpec(folder, {
      ...overrides,
      ...(overrides.additionalContexts && { additionalContexts: [['a', folder]] }),
    });
    await withFakeEngine(
      built,
      async (engine, { asked }) => {
        const work = { contents: new Map([['d', Buffer.from('s3cret')]]), report: () => undefined, signal: soon() };
        const error = await failureOf(engine.buildImage('shop-web', build, work));
        expect(error).toMatchObject({ code: 'rejected', message: expect.stringContaining('BuildKit') });
        expect(asked).toEqual([]);
      },
      { environment },
    ).finally(() => server.close());
  });
});

const needsBuildx: readonly (readonly [string, Partial<BuildSpec>])[] = [
  ['an image for several platforms', { platforms: ['linux/amd64', 'linux/arm64'] }],
  ['a cache in a registry', { cacheTo: ['type=registry,ref=r.example/cache'] }],
  ['a cache in a folder', { cacheFrom: ['type=local,src=/cache'] }],
];

test.each(needsBuildx)('%s goes to the docker client’s buildx', async (_what, overrides) => {
  await withDocker('echo "$@" >>$NOTES; echo "#1 building" >&2', async (environment, notes) => {
    await inContext({ Dockerfile: 'FROM x' }, async (folder) => {
      await withFakeEngine(
        built,
        async (engine, { asked }) => {
          const reports: Progress[] = [];
          const report = (progress: Progress): number => reports.push(progress);
          const work = { contents: new Map(), report, signal: soon() };
          await engine.buildImage('shop-web', buildSpec(folder, overrides), work);
          expect(await readFile(notes, 'utf8')).toContain(`--tag shop-web --file ${folder}/Dockerfile`);
          expect(reports).toEqual([{ kind: 'text', text: '#1 building' }]);
          expect(asked).toEqual([]);
        },
        { environment },
      );
    });
  });
});

test('a build secret is a file that only we can read, for as long as the build lasts', async () => {
  const script = `case "$*" in *--secret*) ;; *) exit 0;; esac
file=$(echo "$@" | sed 's/.*--secret id=s,src=\\([^ ]*\\).*/\\1/'); { cat $file; stat -c %a $file; echo $file; } >$NOTES`;
  await withDocker(script, async (environment, notes) => {
    await inContext({ Dockerfile: 'FROM x' }, async (folder) => {
      await withFakeEngine(
        built,
        async (engine) => {
          const build = buildSpec(folder, {
            secrets: [{ id: 's', digest: 'd' }],
            platforms: ['linux/amd64', 'linux/arm64'],
          });
          const contents = new Map([['d', Buffer.from('s3cret\n')]]);
          await engine.buildImage('x', build, { contents, report: () => undefined, signal: soon() });
          const [content, mode, file = ''] = (await readFile(notes, 'utf8')).split('\n');
          expect([content, mode]).toEqual(['s3cret', '600']);
          await expect(readFile(file)).rejects.toThrow('ENOENT');
        },
        { environment },
      );
    });
  });
});

test('without buildx, what needs it is refused with the way out', async () => {
  await withDocker('echo "docker: unknown command: docker buildx" >&2; exit 1', async (environment) => {
    await inContext({ Dockerfile: 'FROM x' }, async (folder) => {
      await withFakeEngine(
        built,
        async (engine) => {
          const build = buildSpec(folder, { platforms: ['linux/amd64', 'linux/arm64'] });
          const work = { contents: new Map(), report: () => undefined, signal: soon() };
          const error = await failureOf(engine.buildImage('x', build, work));
          expect(error).toMatchObject({
            code: 'rejected',
            message: expect.stringContaining('several `platforms` needs BuildKit outside of the engine'),
            hint: expect.stringContaining('buildx'),
          });
        },
        { environment },
      );
    });
  });
});

test('an ordinary Dockerfile stays with the engine’s own builder', async () => {
  const dockerfile = 'FROM --platform=linux/amd64 x\nCOPY --chown=1:1 --from=a b c\nRUN echo "--mount" << 1\n# syntax';
  await inContext({ Dockerfile: dockerfile }, async (folder) => {
    expect(names(await send(buildSpec(folder)))).toEqual(['Dockerfile']);
  });
});
