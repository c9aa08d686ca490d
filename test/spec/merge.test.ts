import { describe, expect, test } from 'vitest';

import type { Json } from '../../src/spec/load.ts';
import { at, findings, modelOf, stackWith } from './support/model.ts';

/** The service `web` of one file with another laid over it. */
function merged(base: string, over: string, beside = ''): Json | undefined {
  return at(modelOf(filesOf(base, over, beside), twoFiles), 'services', 'web');
}

const twoFiles = { request: { files: ['stack.yaml', 'over.yaml'] } };

function filesOf(base: string, over: string, beside = ''): Readonly<Record<string, string>> {
  const lines = over.split('\n').map((line) => `    ${line}\n`);
  return { 'stack.yaml': stackWith(base, beside), 'over.yaml': `services:\n  web:\n${lines.join('')}` };
}

describe('a later file', () => {
  test('replaces single values', () => {
    expect(merged('hostname: a', 'hostname: b')).toMatchObject({ hostname: 'b' });
  });

  test('leaves alone what it sets to null', () => {
    expect(merged('hostname: a\ncap_add: [NET_ADMIN]', 'hostname:\ncap_add:')).toMatchObject({
      hostname: 'a',
      cap_add: ['NET_ADMIN'],
    });
  });

  test('merges variables by name, lists and mappings alike', () => {
    expect(merged('environment: {A: 1, B: 2}', 'environment: [B=3, C=4]')).toMatchObject({
      environment: { A: '1', B: '3', C: '4' },
    });
  });

  test('merges labels of services, deployments and builds by name', () => {
    const base = 'labels: [a=1]\ndeploy: {labels: {a: 1}}\nbuild: {context: ., labels: [a=1]}';
    const over = 'labels: {a: 2, b: 3}\ndeploy: {labels: [b=2]}\nbuild: {labels: {a: 2}}';
    expect(merged(base, over)).toMatchObject({
      labels: { a: '2', b: '3' },
      deploy: { labels: { a: '1', b: '2' } },
      build: { labels: { a: '2' } },
    });
  });

  test.each(['command', 'entrypoint'])('replaces the whole %s', (key) => {
    expect(merged(`${key}: [a, b]`, `${key}: c d`)).toMatchObject({ [key]: ['c', 'd'] });
  });

  test('replaces the test of a healthcheck and keeps the rest of it', () => {
    expect(merged('healthcheck: {test: a, interval: 5s}', 'healthcheck: {test: [CMD, b]}')).toMatchObject({
      healthcheck: { test: ['CMD', 'b'], interval: '5s' },
    });
  });

  test('adds ports, each combination of address, ports and protocol once', () => {
    const ports = merged('ports: ["80:80", "53:53/udp"]', 'ports: ["80:80", {target: 53, published: "53"}]');
    expect(ports).toMatchObject({
      ports: [
        { target: 80, published: '80', protocol: 'tcp' },
        { target: 53, published: '53', protocol: 'udp' },
        { target: 53, published: '53', protocol: 'tcp' },
      ],
    });
  });

  test('replaces the mount of the same target, where it stood', () => {
    expect(merged('volumes: ["./a:/x", "./b:/y"]', 'volumes: ["./c:/x:ro"]')).toMatchObject({
      volumes: [
        { source: '/app/c', target: '/x', read_only: true },
        { source: '/app/b', target: '/y' },
      ],
    });
  });

  test('replaces the secret of the same target', () => {
    const secrets = 'secrets: {a: {file: a}, b: {file: b}}\n';
    expect(merged('secrets: [a]', 'secrets: [{source: b, target: /run/secrets/a}]', secrets)).toMatchObject({
      secrets: [{ source: 'b', target: '/run/secrets/a' }],
    });
  });

  test('merges networks and dependencies by name, lists and mappings alike', () => {
    const beside = '  db: {image: db}\nnetworks: {a: , b: }\n';
    const over = 'networks: {a: {aliases: [x]}, b: }\ndepends_on: {db: {condition: service_healthy}}';
    expect(merged('networks: [a]\ndepends_on: [db]', over, beside)).toMatchObject({
      networks: { a: { aliases: ['x'] }, b: null },
      depends_on: { db: { condition: 'service_healthy', required: true } },
    });
  });

  test('replaces one limit whole', () => {
    expect(merged('ulimits: {nofile: 5, nproc: 6}', 'ulimits: {nofile: {soft: 1, hard: 2}}')).toMatchObject({
      ulimits: { nofile: { soft: 1, hard: 2 }, nproc: 6 },
    });
  });

  test('keeps options of a logging driver only for the same driver', () => {
    const base = 'logging: {driver: json-file, options: {max-size: 1m}}';
    expect(merged(base, 'logging: {options: {max-file: 3}}')).toMatchObject({
      logging: { driver: 'json-file', options: { 'max-size': '1m', 'max-file': '3' } },
    });
    expect(merged(base, 'logging: {driver: syslog}')).toMatchObject({ logging: { driver: 'syslog' } });
    expect(merged(base, 'logging:')).toMatchObject({ logging: { driver: 'json-file' } });
  });

  test('adds addresses of hosts, the same line once', () => {
    expect(merged('extra_hosts: ["a:1.1.1.1"]', 'extra_hosts: ["a:1.1.1.1", "a:2.2.2.2"]')).toMatchObject({
      extra_hosts: ['a=1.1.1.1', 'a=2.2.2.2'],
    });
  });

  test('turns a build given as text into a mapping', () => {
    expect(merged('build: ./ctx', 'build: {target: dev}')).toMatchObject({
      build: { context: '/app/ctx', target: 'dev' },
    });
  });

  test('merges address pools of the same subnet', () => {
    const files = {
      'stack.yaml': stackWith('networks: [n]', 'networks: {n: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}\n'),
      'over.yaml': 'networks: {n: {ipam: {config: [{subnet: 10.0.0.0/24, gateway: 10.0.0.1}]}}}\n',
    };
    expect(at(modelOf(files, twoFiles), 'networks', 'n', 'ipam', 'config')).toEqual([
      { subnet: '10.0.0.0/24', gateway: '10.0.0.1' },
    ]);
  });

  test('cannot lay a list over a mapping: both places are named', () => {
    const files = filesOf('deploy: {replicas: 1}', 'deploy: [a]');
    expect(findings(files, twoFiles)).toEqual(['over.yaml:3:13 cannot-merge']);
  });

  test('takes effect document by document within one file too', () => {
    const model = modelOf(`${stackWith('hostname: a')}---\nservices: {web: {hostname: b}}\n`);
    expect(at(model, 'services', 'web', 'hostname')).toBe('b');
  });
});

describe('!reset and !override', () => {
  test('!reset takes an attribute away', () => {
    const result = merged('ports: ["80:80"]\nlabels: {a: 1}', 'ports: !reset []\nlabels: !reset null');
    expect(result).not.toHaveProperty('ports');
    expect(result).not.toHaveProperty('labels');
  });

  test('!reset takes one key of a mapping away', () => {
    expect(merged('healthcheck: {test: a, retries: 3}', 'healthcheck: {retries: !reset null}')).toMatchObject({
      healthcheck: { test: ['CMD-SHELL', 'a'] },
    });
  });

  test('!reset on an item of a list leaves out that item alone', () => {
    expect(merged('cap_add: [A]', 'cap_add:\n  - !reset A\n  - B')).toMatchObject({ cap_add: ['A', 'B'] });
  });

  test('!override replaces what would be merged', () => {
    expect(
      merged('environment: {A: 1}\ncap_add: [A]', 'environment: !override {B: 2}\ncap_add: !override [B]'),
    ).toMatchObject({
      environment: { B: '2' },
      cap_add: ['B'],
    });
  });

  test('tags work behind an alias', () => {
    const over = 'x-none: &none !reset []\nservices: {web: {ports: *none}}\n';
    const files = { 'stack.yaml': stackWith('ports: ["80:80"]'), 'over.yaml': over };
    expect(at(modelOf(files, twoFiles), 'services', 'web', 'ports')).toBeUndefined();
  });
});
