import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { connectEngine } from '../../../src/engine/connect.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { NamedEndpoint } from '../../../src/engine/target.ts';
import { dialArguments, masterArguments } from '../../../src/engine/transport/ssh/arguments.ts';
import { containerId, engineName } from '../../../src/model/id.ts';
import { type Answer, failureOf, frame, soon, withFakeEngine } from '../support/fake-engine.ts';

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

/** An ssh that logs in, carries a socket over as `-L` says if it may, and runs the docker client over there. */
const sshTo = (socket: string, mayCarry = true): string => `
  const net = require('node:net');
  const words = process.argv.slice(2);
  const relay = (from, to) => {
    const far = net.connect(${JSON.stringify(socket)});
    from.pipe(far).pipe(to);
    far.on('error', () => process.exit(1));
  };
  if (words.includes('-M')) {
    const [near] = words[words.indexOf('-L') + 1].split(':');
    net.createServer((client) => ${mayCarry ? 'relay(client, client)' : 'client.destroy()'}).listen(near);
    process.stdin.on('end', () => process.exit(0)).resume();
  } else relay(process.stdin, process.stdout);
`;

test('ssh is told a host that cannot be an option, and never asks', () => {
  const sockets = { control: '/tmp/x/c', forwarded: '/tmp/x/d' };
  const checks = ['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'];
  const alive = ['-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=2'];
  const master = ['-M', '-S', '/tmp/x/c', '-o', 'ControlPersist=no', '-o', 'ExitOnForwardFailure=yes'];
  const rest = ['-l', 'anna', '-p', '2222', '--', 'far'];
  expect(masterArguments(endpoint, sockets)).toEqual([
    ...[...master, '-L', '/tmp/x/d:/var/run/docker.sock', ...checks, ...alive, ...rest, 'cat'],
  ]);
  expect(dialArguments({ ...endpoint, path: '/run/docker.sock' }, sockets)).toEqual([
    ...['-S', '/tmp/x/c', ...checks, ...alive, ...rest],
    ...['docker', '--host', 'unix:///run/docker.sock', 'system', 'dial-stdio'],
  ]);
});

test('a key and known hosts of the list stand in for what is configured', () => {
  const words = dialArguments(
    { ...endpoint, identity: '/k', knownHosts: '/known hosts' },
    { control: '/c', forwarded: '/d' },
  );
  expect(words.join(' ')).toContain('-i /k -o IdentitiesOnly=yes -o UserKnownHostsFile="/known hosts"');
  expect(words).toContain('StrictHostKeyChecking=yes');
});

test('calls and streams share one ssh connection', async () => {
  await withFakeEngine(answers, async (_local, { target }) => {
    await withSsh(sshTo(pathOf(target)), async (engine, runs) => {
      const infos = Array.from({ length: 20 }, () => engine.info(soon()));
      for (const info of await Promise.all(infos)) expect(info).toMatchObject({ version: '26.1', isLocal: false });
      expect(await linesOf(engine)).toEqual(['hello']);
      expect(await runs()).toBe(1);
    });
  });
});

test('where sockets are not carried over, the docker client over there is asked on the same connection', async () => {
  await withFakeEngine(answers, async (_local, { target }) => {
    await withSsh(sshTo(pathOf(target), false), async (engine, runs) => {
      for (let count = 0; count < 5; count++) expect(await engine.info(soon())).toMatchObject({ version: '26.1' });
      expect(await linesOf(engine)).toEqual(['hello']);
      // The connection, one socket that is kept for calls, and one for the stream.
      expect(await runs()).toBe(3);
    });
  });
});

test('a connection that was lost is made again by the next call', async () => {
  await withFakeEngine(answers, async (_local, { target }) => {
    const dying = sshTo(pathOf(target)).replace('relay(client, client)', `relay(client, client), ${dieSoon}`);
    await withSsh(dying, async (engine, runs) => {
      await engine.info(soon()).catch(() => undefined);
      await sleep(500);
      await engine.info(soon()).catch(() => undefined);
      expect(await runs()).toBe(2);
    });
  });
});

const dieSoon = 'setTimeout(() => process.exit(255), 100)';

const answers: Answer = ({ path }, response) =>
  path.endsWith('/logs') ? response.writeHead(200).end(frame(1, `${time} hello\n`)) : { ServerVersion: '26.1' };

function pathOf({ endpoint: there }: NamedEndpoint): string {
  if (there.kind !== 'unix') throw new Error('no socket');
  return there.path;
}

async function linesOf(engine: Engine): Promise<readonly string[]> {
  const options = { follow: false, tail: undefined, since: undefined, until: undefined };
  const texts: string[] = [];
  for await (const { text } of engine.logs(containerId('c0ffee'), options, soon())) texts.push(text);
  return texts;
}

test.each([
  ['Host key verification failed.', 'compare the key'],
  ['WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!', 'ssh-keygen -R'],
  ['anna@far: Permission denied (publickey).', 'ssh-add'],
  ['ssh: Could not resolve hostname far: Name or service not known', 'check that `ssh` gets there'],
])('what ssh complains of is what the person reads: %s', async (complaint, hint) => {
  await withSsh(`console.error(${JSON.stringify(complaint)}); process.exit(255);`, async (engine) => {
    expect(await failureOf(engine.info(soon()))).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining(complaint),
      hint: expect.stringContaining(hint),
    });
  });
});

test('a far side without docker is unreachable', async () => {
  const noDocker = `console.error('sh: docker: not found'); process.exit(127);`;
  await withSsh(sshTo('/nowhere', false).replace(/else relay.*/, `else { ${noDocker} }`), async (engine) => {
    const error = await failureOf(engine.info(soon()));
    expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining('docker: not found') });
  });
});

test('an ssh that hangs runs into the deadline', async () => {
  await withSsh('setInterval(() => undefined, 1000);', async (engine) => {
    expect(await failureOf(engine.info(AbortSignal.timeout(500)))).toMatchObject({ code: 'timeout' });
  });
});
