import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { connectEngine } from '../../../src/engine/connect.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { sshArguments } from '../../../src/engine/transport/ssh.ts';
import { containerId, engineName } from '../../../src/model/id.ts';
import { failureOf, frame, soon, withFakeEngine } from '../support/fake-engine.ts';

const endpoint = { kind: 'ssh', user: 'anna', host: 'far', port: 2222, path: undefined } as const;
const time = '2026-11-21T09:30:00.123456789Z';

/** Runs a test with a program of ours in the place of `ssh`; it notes each of its runs in a file. */
async function withSsh(
  script: string,
  run: (engine: Engine, runs: () => Promise<number>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ssh-'));
  const notes = join(folder, 'runs');
  await writeFile(
    join(folder, 'ssh'),
    `#!/usr/bin/env node\nrequire('node:fs').appendFileSync('${notes}', 'x');\n${script}`,
  );
  await chmod(join(folder, 'ssh'), 0o755);
  const path = process.env['PATH'];
  process.env['PATH'] = `${folder}:${path}`;
  const target = { name: engineName('far'), endpoint, address: 'ssh://anna@far:2222', configDir: undefined };
  const engine = connectEngine(target, { version: '1', environment: new Map() });
  try {
    await run(engine, async () => (await readFile(notes, 'utf8')).length);
  } finally {
    engine.close();
    process.env['PATH'] = path;
    await rm(folder, { recursive: true });
  }
}

const relayTo = (socket: string): string => `
  const socket = require('node:net').connect(${JSON.stringify(socket)});
  process.stdin.pipe(socket).pipe(process.stdout);
`;

test('ssh is told a host that cannot be an option, and never asks', () => {
  expect(sshArguments({ ...endpoint, path: '/run/docker.sock' })).toEqual([
    ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-T', '-l', 'anna', '-p', '2222', '--', 'far'],
    ...['docker', '--host', 'unix:///run/docker.sock', 'system', 'dial-stdio'],
  ]);
});

test('calls go through ssh, many through one connection', async () => {
  await withFakeEngine(
    () => ({ ServerVersion: '26.1' }),
    async (_local, { target }) => {
      if (target.endpoint.kind !== 'unix') throw new Error('no socket');
      await withSsh(relayTo(target.endpoint.path), async (engine, runs) => {
        for (let count = 0; count < 5; count++) {
          expect(await engine.info(soon())).toMatchObject({ version: '26.1', isLocal: false });
        }
        expect(await runs()).toBe(1);
      });
    },
  );
});

test('streams go through ssh', async () => {
  await withFakeEngine(
    ({ path }, response) => (path.endsWith('/json') ? {} : response.writeHead(200).end(frame(1, `${time} hello\n`))),
    async (_local, { target }) => {
      if (target.endpoint.kind !== 'unix') throw new Error('no socket');
      await withSsh(relayTo(target.endpoint.path), async (engine) => {
        const options = { follow: false, tail: undefined, since: undefined, until: undefined };
        const texts: string[] = [];
        for await (const { text } of engine.logs(containerId('c0ffee'), options, soon())) texts.push(text);
        expect(texts).toEqual(['hello']);
      });
    },
  );
});

test('what ssh complains of is what the person reads', async () => {
  await withSsh(`console.error('Host key verification failed.'); process.exit(255);`, async (engine) => {
    expect(await failureOf(engine.info(soon()))).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('Host key verification failed.'),
      hint: expect.stringContaining('ssh'),
    });
  });
});

test('a far side without docker is unreachable', async () => {
  await withSsh(`console.error('sh: docker: not found'); process.exit(127);`, async (engine) => {
    const error = await failureOf(engine.info(soon()));
    expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining('docker: not found') });
  });
});

test('an ssh that hangs runs into the deadline', async () => {
  await withSsh('setInterval(() => undefined, 1000);', async (engine) => {
    expect(await failureOf(engine.info(AbortSignal.timeout(500)))).toMatchObject({ code: 'timeout' });
  });
});
