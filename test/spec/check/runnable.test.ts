import { describe, expect, test } from 'vitest';

import { checkRunnable } from '../../../src/spec/check/runnable.ts';
import { treeOf } from '../support/tree.ts';

const web = (lines: string): string => `services:\n  web:\n    image: a\n${lines.replaceAll(/^/gm, '    ')}\n`;

/** `3:5 code`, with a question mark where it is a warning. */
const findings = (text: string): readonly string[] =>
  checkRunnable(treeOf(text)).map(
    ({ code, severity, span }) => `${span.line}:${span.column} ${code}${severity === 'warning' ? '?' : ''}`,
  );

describe('ports of the machine', () => {
  const port = (service: string, ports: string): string => `  ${service}:\n    image: a\n    ports: [${ports}]\n`;

  test.each([
    ['the same port', '{target: 80, published: "80"}', '{target: 80, published: "80"}', 1],
    ['another protocol', '{target: 80, published: "80"}', '{target: 80, published: "80", protocol: udp}', 0],
    [
      'another address',
      '{target: 80, published: "80", host_ip: 10.0.0.1}',
      '{target: 80, published: "80", host_ip: 10.0.0.2}',
      0,
    ],
    [
      'every address',
      '{target: 80, published: "80", host_ip: 10.0.0.1}',
      '{target: 80, published: "80", host_ip: "::"}',
      1,
    ],
    ['a range', '{target: 80, published: "80-90"}', '{target: 80, published: "80"}', 0],
    ['any port', '{target: 80}', '{target: 80}', 0],
  ])('two services that want %s', (_, one, other, count) => {
    const clashes = findings(`services:\n${port('a', one)}${port('b', other)}`);

    expect(clashes).toHaveLength(count);
    expect(clashes.every((clash) => clash.endsWith('port-claimed-twice?'))).toBe(true);
  });

  test('a service that wants one port twice can never have it', () => {
    expect(findings(web('ports: [{target: 80, published: "80"}, {target: 81, published: "80"}]'))).toEqual([
      '4:68 port-claimed-twice',
    ]);
  });

  test('each replica wants the port, and no load balancer can hold it for them', () => {
    expect(findings(web('scale: 3\nports: [{target: 80, published: "8080", mode: host}]'))).toEqual([
      '5:37 port-claimed-twice?',
    ]);
    expect(findings(web('scale: 3\nports: [{target: 80, published: "8080"}]'))).toEqual([]);
  });

  test('sharing the network of another container leaves no ports to publish', () => {
    expect(findings(web('network_mode: container:a\nports: [{target: 80}]'))).toEqual(['5:5 ports-without-network']);
  });
});

test.each([
  ['a name that hosts cannot have', 'services:\n  -a:\n    image: a\n', ['2:3 bad-name']],
  ['a restart policy of no kind', web('restart: allways'), ['4:14 bad-value']],
  ['a restart policy with a count', web('restart: on-failure:3'), []],
  ['more replicas than a machine bears', web('scale: 1001'), ['4:12 out-of-range']],
  ['less memory than an engine allows', web('mem_limit: "1024"'), ['4:16 out-of-range']],
  ['more reserved than allowed', web('mem_limit: "10000000"\nmem_reservation: "20000000"'), ['5:22 out-of-range']],
  ['swap below memory', web('mem_limit: "10000000"\nmemswap_limit: "9000000"'), ['5:20 out-of-range']],
  ['swap without limit', web('mem_limit: "10000000"\nmemswap_limit: "-1"'), []],
  ['a soft limit above the hard one', web('ulimits: {nofile: {soft: 2, hard: 1}}'), ['4:30 out-of-range']],
  ['a soft limit below one without bound', web('ulimits: {nofile: {soft: 2, hard: -1}}'), []],
  ['a protocol of no kind', web('ports: [{target: 80, protocol: xyz}]'), ['4:36 bad-port']],
  ['a mount over everything', web('volumes: [{type: tmpfs, target: /}]'), ['4:37 bad-target']],
  ['a secret that climbs', web('secrets: [{source: a, target: ../b}]'), ['4:35 bad-target']],
  ['an owner by name', web('configs: [{source: a, uid: root}]'), ['4:32 bad-value']],
  [
    'a label of ours',
    web('labels: {stack.hash: a, com.docker.compose.oneoff: b, stackable: c}'),
    ['4:29 reserved-label', '4:14 reserved-label'],
  ],
  ['an unknown capability', web('cap_add: [NET_ADMINN, CAP_CHOWN, all]'), ['4:15 unknown-capability?']],
  [
    'a constraint of no kind',
    web('deploy: {placement: {constraints: ["node.id=b", "node.id == b", "node.labels.a!=b"]}}'),
    ['4:40 bad-constraint?'],
  ],
  [
    'a constraint about what no engine has',
    web('deploy: {placement: {constraints: ["node.zone == b", "engine.labels.a!=b"]}}'),
    ['4:40 unknown-constraint'],
  ],
  [
    'a wait for a check that is off',
    `${web('depends_on: {db: {condition: service_healthy}}')}  db:\n    image: a\n    healthcheck: {disable: true}\n`,
    ['4:34 no-healthcheck'],
  ],
  [
    'a wait for an end that never comes',
    `${web('depends_on: {db: {condition: service_completed_successfully}}')}  db:\n    image: a\n    restart: always\n`,
    ['4:34 never-completes?'],
  ],
])('%s', (_, text, expected) => {
  expect(findings(text).toSorted()).toEqual(expected.toSorted());
});

describe('subnets', () => {
  const networks = (...pools: readonly string[]): string =>
    `services:\n  web: {image: a, networks: {${pools.map((_, index) => `n${index}: null`).join(', ')}}}\nnetworks:\n` +
    pools.map((pool, index) => `  n${index}: {ipam: {config: [{${pool}}]}}\n`).join('');

  test.each([
    ['apart', ['subnet: 10.0.0.0/16', 'subnet: 10.1.0.0/16', 'subnet: "fd00::/64"'], []],
    ['one in the other', ['subnet: 10.0.0.0/8', 'subnet: 10.1.0.0/16'], ['5:33 overlapping-subnets']],
    [
      'later in the file, earlier in addresses',
      ['subnet: 10.1.0.0/16', 'subnet: 10.0.0.0/8'],
      ['5:33 overlapping-subnets'],
    ],
    ['too long', ['subnet: 10.0.0.0/33'], ['4:33 bad-subnet']],
    ['of no family', ['subnet: 10.0.0/16'], ['4:33 bad-subnet']],
    ['from the middle', ['subnet: 10.0.0.5/16'], ['4:33 bad-subnet?']],
    ['with a gateway outside', ['subnet: 10.0.0.0/16, gateway: 10.1.0.1'], ['4:55 bad-subnet']],
    ['with a range outside', ['subnet: 10.0.0.0/16, ip_range: 10.1.0.0/24'], ['4:56 bad-subnet']],
    ['with both inside', ['subnet: 10.0.0.0/16, ip_range: 10.0.5.0/24, gateway: 10.0.0.1'], []],
  ])('%s', (_, pools, expected) => {
    expect(findings(networks(...pools))).toEqual(expected);
  });

  test('a network that no service joins is left alone', () => {
    expect(findings('networks:\n  a: {ipam: {config: [{subnet: nonsense}]}}\n')).toEqual([]);
  });
});
