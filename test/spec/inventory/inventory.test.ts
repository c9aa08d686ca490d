import { expect, test } from 'vitest';

import { identityOf, isExposed } from '../../../src/engine/address.ts';
import { type EndpointWorld, resolveListed } from '../../../src/engine/endpoint.ts';
import type { NamedEndpoint } from '../../../src/engine/target.ts';
import { err, ok } from '../../../src/model/result.ts';
import { type InventoryEngine, type Resolve, readInventory } from '../../../src/spec/inventory/inventory.ts';
import type { Loaded, Sources } from '../../../src/spec/sources.ts';

type Read = Loaded<readonly InventoryEngine<NamedEndpoint>[]>;

/** Reads a list in /srv, with real addresses and no docker contexts. */
function read(text: string, files: Readonly<Record<string, string>> = {}, environment: [string, string][] = []): Read {
  const all = new Map(Object.entries({ '/srv/engines.yaml': text, ...files }));
  const sources: Sources = {
    read: (path) => {
      const found = all.get(path);
      return found === undefined ? { kind: 'missing' } : { kind: 'file', bytes: Buffer.from(found) };
    },
    resolve: () => undefined,
    environment: new Map(environment),
    workingDir: '/srv',
    homeDir: '/home/anna',
  };
  const world: EndpointWorld = { ...sources, readFile: (path) => all.get(path) };
  const resolve: Resolve<NamedEndpoint> = ({ name, reach, tls, ssh }) => {
    if (reach.kind === 'context') return err({ code: 'context-unknown', message: 'none', hint: undefined, path: [] });
    const found = resolveListed({ name, address: reach.address, tls, ssh }, world);
    if (!found.ok)
      return err({ ...found.error, path: found.error.file === undefined ? [] : ['tls', found.error.file] });
    const { endpoint } = found.value;
    return ok({
      target: found.value,
      identity: identityOf(endpoint),
      scheme: endpoint.kind,
      isExposed: isExposed(endpoint),
    });
  };
  return readInventory('/srv/engines.yaml', sources, resolve);
}

function brief(read: Read): readonly string[] {
  const found = read.ok ? read.warnings : read.diagnostics;
  return found.map(({ code, span: { file, line, column, length } }) => `${file}:${line}:${column}+${length} ${code}`);
}

test('engines are read with what is said of each', () => {
  const list = read(`
engines:
  a: unix:///var/run/docker.sock
  b:
    endpoint: ssh://deploy@b.example
    labels: {zone: east, rack: 4}
    availability: drain
    resources: {cpus: 1.5, memory: 8g}
    ssh: {identity: ~/.ssh/deploy, known_hosts: hosts}
`);
  expect(list.ok && list.value).toEqual([
    {
      engine: expect.objectContaining({
        name: 'a',
        member: { labels: [], availability: 'active', cpuNanos: undefined, memoryBytes: undefined },
      }) as unknown,
      target: expect.objectContaining({ endpoint: { kind: 'unix', path: '/var/run/docker.sock' } }) as unknown,
    },
    {
      engine: expect.objectContaining({
        name: 'b',
        member: {
          labels: [
            ['rack', '4'],
            ['zone', 'east'],
          ],
          availability: 'drain',
          cpuNanos: 1.5e9,
          memoryBytes: 8 * 2 ** 30,
        },
      }) as unknown,
      target: expect.objectContaining({
        endpoint: {
          kind: 'ssh',
          user: 'deploy',
          host: 'b.example',
          port: undefined,
          path: undefined,
          identity: '/home/anna/.ssh/deploy',
          knownHosts: '/srv/hosts',
        },
      }) as unknown,
    },
  ]);
});

test('certificates stand beside the list, and their server is verified', () => {
  const files = { '/srv/ca.pem': 'CA', '/srv/cert.pem': 'CERT', '/srv/key.pem': 'KEY' };
  const list = read(
    'engines: {a: {endpoint: "tcp://a:2376", tls: {ca: ca.pem, cert: cert.pem, key: /srv/key.pem}}}',
    files,
  );
  expect(list.ok && list.value[0]?.target.endpoint).toEqual({
    kind: 'tcp',
    host: 'a',
    port: 2376,
    tls: { verify: true, ca: 'CA', cert: 'CERT', key: 'KEY' },
  });
});

test('labels may be a list', () => {
  const list = read('engines: {a: {endpoint: "ssh://a", labels: [zone=east, disk=]}}');
  expect(list.ok && list.value[0]?.engine.member.labels).toEqual([
    ['disk', ''],
    ['zone', 'east'],
  ]);
});

test('addresses may speak of variables of the process', () => {
  const list = read('engines: {a: "ssh://${BASTION}:${PORT:-22}"}', {}, [['BASTION', 'b.example']]);
  expect(list.ok && list.value[0]?.target.endpoint).toMatchObject({ host: 'b.example', port: 22 });
});

test('every error of a list is reported at once, each at its place', () => {
  const list = read(`engines:
  -a: ssh://a
  b: tcp://10.0.0.2:2375
  c: {endpoint: ssh://c, lables: {zone: east}}
  d: {endpoint: "ssh://-oProxyCommand=x"}
  e: {endpoint: ssh://e, availability: drained}
  f: {endpoint: ssh://f, resources: {memory: lots}}
  g: {labels: {}}
  h: 5
`);
  expect(brief(list)).toEqual([
    'engines.yaml:2:3+2 bad-name',
    'engines.yaml:4:26+6 unknown-key',
    'engines.yaml:6:40+7 bad-value',
    'engines.yaml:7:46+4 bad-size',
    'engines.yaml:9:6+1 wrong-type',
    'engines.yaml:5:17+24 host-invalid',
    'engines.yaml:8:6+12 missing-key',
    'engines.yaml:3:6+19 plain-tcp',
  ]);
});

test.each([
  ['nothing', '', 'engines.yaml:1:1+1 empty-file'],
  ['a list', '- a', 'engines.yaml:1:1+3 not-a-mapping'],
  ['no engines', 'x-a: 1', 'engines.yaml:1:1+6 missing-key'],
  ['an empty mapping', 'engines: {}', 'engines.yaml:1:10+2 no-engines'],
  ['a name twice', 'engines:\n  a: ssh://a\n  a: ssh://b', 'engines.yaml:3:3+1 duplicate-key'],
  ['two documents', 'engines: {a: ssh://a}\n---\nengines: {b: ssh://b}', 'engines.yaml:3:1+21 several-documents'],
  ['an address of no kind', 'engines: {a: "ftp://a"}', 'engines.yaml:1:14+9 host-invalid'],
  ['a password', 'engines: {a: "ssh://u:secret@a"}', 'engines.yaml:1:14+18 host-invalid'],
  ['an unknown context', 'engines: {a: {context: prod}}', 'engines.yaml:1:24+4 context-unknown'],
  [
    'an endpoint and a context',
    'engines: {a: {endpoint: ssh://a, context: prod}}',
    'engines.yaml:1:43+4 conflicting-attributes',
  ],
  ['a missing file', 'engines: {a: {endpoint: "tcp://a", tls: {ca: no.pem}}}', 'engines.yaml:1:46+6 tls-files'],
  [
    'tls without tcp',
    'engines: {a: {endpoint: ssh://a, tls: {ca: ca.pem}}}',
    'engines.yaml:1:39+12 conflicting-attributes',
  ],
  [
    'ssh without ssh',
    'engines: {a: {endpoint: unix:///a, ssh: {identity: k}}}',
    'engines.yaml:1:41+13 conflicting-attributes',
  ],
  ['a required variable', 'engines: {a: "ssh://${NONE:?who}"}', 'engines.yaml:1:21+12 required-variable'],
])('%s is refused', (_what, text, finding) => {
  expect(brief(read(text, { '/srv/ca.pem': 'CA' }))).toEqual([finding]);
});

test('two names for one engine are refused, and the other one is shown', () => {
  const list = read('engines:\n  a: ssh://Host\n  b: ssh://host:22\n');
  expect(brief(list)).toEqual(['engines.yaml:3:6+13 same-engine']);
  expect(!list.ok && list.diagnostics[0]?.related).toMatchObject([{ span: { line: 2, column: 6 } }]);
});

test.each([
  ['loopback', 'tcp://127.0.0.1:2375'],
  ['localhost', 'tcp://localhost:2375'],
  ['loopback of IPv6', 'tcp://[::1]:2375'],
])('plain tcp to %s is fine', (_what, address) => {
  expect(brief(read(`engines: {a: "${address}"}`))).toEqual([]);
});

test('plain tcp to another machine is fine where the list says that it is meant', () => {
  expect(brief(read('engines: {a: {endpoint: "tcp://10.0.0.2:2375", plain: true}}'))).toEqual([]);
});

test('a message repeats no password', () => {
  const list = read('engines: {a: "ssh://u:hunter2@a"}');
  expect(!list.ok && list.diagnostics.map(({ message }) => message).join()).not.toContain('hunter2');
});

test.each([
  '-oProxyCommand=x',
  'a b',
  'a;id',
  '$(id)@h',
  '`id`@h',
  'h|id',
  'h&id',
  'h>x',
  'h<x',
  "h'x",
  'h"x',
  'h\\x',
  'h%0aid',
  'h%00',
  'h*',
  'h?x',
  'h#x',
  'u;x@h',
  '-lroot@h',
  'u@-h',
  'h:-p',
  'h:22;id',
  'h/a b',
  'h/$(id)',
  'h/;id',
])('ssh://%s is refused before any process is started', (rest) => {
  expect(brief(read(`engines: {a: ${JSON.stringify(`ssh://${rest.replaceAll('$', '$$$$')}`)}}`))).toMatchObject([
    expect.stringMatching(/ host-invalid$/),
  ]);
});
