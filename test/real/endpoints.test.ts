import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type TestEngine, testEngines } from '../support/real/engines.ts';
import { runOnHost } from '../support/real/hosts.ts';
import { filesFolder, launch, type Ran } from '../support/real/stack.ts';

const [engine] = testEngines();
if (engine === undefined) throw new Error('there is no engine');
const { address } = engine;

/** Certificates, keys and known hosts of these tests; the engine's machine sees the same folder. */
let folder = '';
const list = (entry: string): string => `engines: {a: ${entry}}`;
const tls = (host: string, files: string): string => list(`{endpoint: "tcp://${host}:2376", tls: {${files}}}`);
const ssh = (settings: string): string => list(`{endpoint: "ssh://root@${address}", ssh: {${settings}}}`);

/** Lists the stacks of the engines of a list, and says how long that took. */
async function ls(
  text: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran & { readonly ms: number }> {
  await writeFile(join(folder, 'engines.yaml'), text);
  const start = performance.now();
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', NO_COLOR: '1', ...environment };
  const ran = await launch(['--engines', 'engines.yaml', 'ls'], { cwd: folder, env }).ended;
  return { ...ran, ms: performance.now() - start };
}

beforeAll(async () => {
  folder = await mkdtemp(join(filesFolder, 'endpoints-'));
  await makeCertificates();
  await startTlsEngine(engine, 'server');
  const { stdout } = await run('ssh-keyscan', ['-t', 'ed25519', address]);
  await writeFile(join(folder, 'known'), stdout);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'stranger-key')]);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'other-host')]);
  const { stdout: other } = await run('cat', [join(folder, 'other-host.pub')]);
  await writeFile(join(folder, 'changed'), `${address} ${other.split(' ').slice(0, 2).join(' ')}\n`);
});

afterAll(async () => {
  await stopTlsEngine(engine, 'server');
  await rm(folder, { recursive: true, force: true });
});

describe('TLS', () => {
  test('an engine is reached with the certificates of the list', async () => {
    expect(await ls(tls(address, 'ca: ca.pem, cert: client.pem, key: client.key'))).toMatchObject({ code: 0 });
  });

  test.each([
    ['another authority', 'ca: other.pem, cert: client.pem, key: client.key', /signed by nobody that is trusted/],
    [
      'a client certificate of another authority',
      'ca: ca.pem, cert: stranger.pem, key: stranger.key',
      /does not accept our certificate|connection .* broke/,
    ],
    ['no client certificate', 'ca: ca.pem', /wants a certificate of ours|connection .* broke/],
  ])('%s is refused, at once and in words', async (_what, files, message) => {
    const { code, stderr, ms } = await ls(tls(address, files));
    expect(stderr).toMatch(message);
    expect(code).toBe(5);
    expect(ms).toBeLessThan(10_000);
  });

  test('a certificate for another host is refused', async () => {
    await startTlsEngine(engine, 'elsewhere');
    try {
      const files = 'ca: ca.pem, cert: client.pem, key: client.key';
      const { code, stderr } = await ls(list(`{endpoint: "tcp://${address}:2378", tls: {${files}}}`));
      expect([code, stderr]).toEqual([5, expect.stringMatching(/certificate is for another host/)]);
    } finally {
      await stopTlsEngine(engine, 'elsewhere');
    }
  });

  test('no variable of the process switches the verification off', async () => {
    const files = 'ca: other.pem, cert: client.pem, key: client.key';
    expect(await ls(tls(address, files), { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toMatchObject({ code: 5 });
  });

  test('plain HTTP where TLS is spoken is refused', async () => {
    const { code, stderr } = await ls(list(`{endpoint: "tcp://${address}:2376", plain: true}`));
    expect([code, stderr]).toEqual([5, expect.stringMatching(/speaks TLS/)]);
  });

  test('TLS where plain HTTP is spoken is refused', async () => {
    const { code, stderr } = await ls(list(`{endpoint: "tcp://${address}:2375", tls: {ca: ca.pem}}`));
    expect([code, stderr]).toEqual([5, expect.stringMatching(/does not speak TLS/)]);
  });

  test('plain tcp to another machine is refused before anything is contacted', async () => {
    const { code, stderr } = await ls(list(`"tcp://${address}:2375"`));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/engines.yaml:1:14: error\[plain-tcp\]/)]);
  });
});

describe('ssh', () => {
  const key = (): string => `identity: ${join(filesFolder, '../id_ed25519')}`;

  test('an engine is reached with the key and the known hosts of the list', async () => {
    expect(await ls(ssh(`${key()}, known_hosts: known`))).toMatchObject({ code: 0 });
  });

  test('the socket over there may be named', async () => {
    const entry = `{endpoint: "ssh://root@${address}/run/docker.sock", ssh: {${key()}, known_hosts: known}}`;
    expect(await ls(list(entry))).toMatchObject({ code: 0 });
  });

  test('a machine that forbids to carry sockets over is reached by its docker client', async () => {
    const entry = `{endpoint: "ssh://root@${address}", ssh: {identity: bound-key, known_hosts: known}}`;
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'bound-key')]);
    const authorized = '/root/.ssh/authorized_keys';
    await runOnHost(
      engine,
      'sh',
      '-c',
      `printf 'no-port-forwarding ' >> ${authorized}; cat ${join(folder, 'bound-key.pub')} >> ${authorized}`,
    );
    try {
      expect(await ls(list(entry))).toMatchObject({ code: 0 });
    } finally {
      await runOnHost(engine, 'sed', '-i', '/^no-port-forwarding /d', authorized);
    }
  });

  test.each([
    ['an unknown host key', 'known_hosts: /dev/null', /Host key verification failed/],
    ['a changed host key', 'known_hosts: changed', /Host key verification failed/],
  ])('%s is refused', async (_what, settings, message) => {
    const { code, stderr, ms } = await ls(ssh(`${key()}, ${settings}`));
    expect([code, stderr]).toEqual([5, expect.stringMatching(message)]);
    expect(ms).toBeLessThan(10_000);
  });

  test('a key that is not accepted is refused', async () => {
    const { code, stderr, ms } = await ls(ssh('identity: stranger-key, known_hosts: known'));
    expect([code, stderr]).toEqual([5, expect.stringMatching(/Permission denied/)]);
    expect(ms).toBeLessThan(10_000);
  });
});

describe('a socket', () => {
  test('of an engine is enough, by its path', async () => {
    const socket = join(folder, 'engine.sock');
    const options = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
    const place = ['-i', join(filesFolder, '../id_ed25519'), '-NL', `${socket}:/run/docker.sock`, `root@${address}`];
    const carrier = spawn('ssh', [...options, ...place], { stdio: 'ignore' });
    try {
      await expect.poll(() => existsSync(socket), { timeout: 10_000 }).toBe(true);
      expect(await ls(list(`"unix://${socket}"`))).toMatchObject({ code: 0 });
    } finally {
      carrier.kill();
    }
  });

  test.each([
    ['that is not there', '/nonexistent/engine.sock', /there is no such socket/],
    ['that is a file', '/etc/hostname', /connection refused by unix/],
  ])('%s is refused', async (_what, path, message) => {
    const { code, stderr, ms } = await ls(list(`"unix://${path}"`));
    expect([code, stderr]).toEqual([5, expect.stringMatching(message)]);
    expect(ms).toBeLessThan(10_000);
  });
});

const run = promisify(execFile);

/** An authority with certificates of a server, of a server elsewhere and of a client; and another authority with a client. */
async function makeCertificates(): Promise<void> {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const at = (name: string): string => join(folder, name);
  for (const name of ['ca', 'other']) {
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)];
    await run('openssl', ['req', '-x509', ...curve, ...files, '-days', '2', '-subj', `/CN=${name}`]);
  }
  const signed = [
    ['server', 'ca', `IP:${address}`],
    ['elsewhere', 'ca', 'DNS:elsewhere.example'],
    ['client', 'ca', 'DNS:client'],
    ['stranger', 'other', 'DNS:stranger'],
  ] as const;
  for (const [name, authority, alternative] of signed) {
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.csr`)];
    await run('openssl', [
      'req',
      ...curve,
      ...files,
      '-subj',
      `/CN=${name}`,
      '-addext',
      `subjectAltName=${alternative}`,
    ]);
    const signing = ['-CA', at(`${authority}.pem`), '-CAkey', at(`${authority}.key`), '-CAcreateserial'];
    const request = ['-in', at(`${name}.csr`), '-out', at(`${name}.pem`), '-copy_extensions', 'copy'];
    await run('openssl', ['x509', '-req', ...request, ...signing, '-days', '2']);
  }
}

type Certificate = 'server' | 'elsewhere';

const portOf = (certificate: Certificate): number => (certificate === 'server' ? 2376 : 2378);

/** A second engine on the host that speaks TLS alone, with this certificate. */
async function startTlsEngine(on: TestEngine, certificate: Certificate): Promise<void> {
  const name = `endpoints-${certificate}`;
  const at = (file: string): string => join(folder, file);
  const files = `--tlscacert ${at('ca.pem')} --tlscert ${at(`${certificate}.pem`)} --tlskey ${at(`${certificate}.key`)}`;
  const places = `--data-root /var/lib/${name} --exec-root /run/${name} --pidfile /run/${name}.pid`;
  // A bridge of its own: an engine without any takes the default one of the host's other engine away.
  const bridge = `br-${certificate}`;
  const makeBridge = `ip link add ${bridge} type bridge && ip address add 172.29.${portOf(certificate) % 256}.1/24 dev ${bridge}`;
  const network = `--bridge ${bridge} --iptables=false --ip6tables=false`;
  const daemon = `dockerd -H tcp://0.0.0.0:${portOf(certificate)} --tlsverify ${files} ${places} ${network}`;
  const isThere = `grep -q 'API listen' /run/${name}.log`;
  const wait = `for i in $(seq 300); do ${isThere} && exit; sleep 0.1; done; cat /run/${name}.log; exit 1`;
  await runOnHost(on, 'sh', '-c', `${makeBridge}; setsid ${daemon} </dev/null >/run/${name}.log 2>&1 & ${wait}`);
}

async function stopTlsEngine(on: TestEngine, certificate: Certificate): Promise<void> {
  const pid = `/run/endpoints-${certificate}.pid`;
  const waitGone = `while [ -e ${pid} ]; do sleep 0.1; done`;
  await runOnHost(on, 'sh', '-c', `kill $(cat ${pid}); ${waitGone}; ip link delete br-${certificate}`);
}
