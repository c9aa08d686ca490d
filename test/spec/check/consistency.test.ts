import { describe, expect, test } from 'vitest';

import { checkConsistency } from '../../../src/spec/check/consistency.ts';
import { mapping, record, scalar, sequence, type Tree } from '../../../src/spec/tree.ts';
import { brief, treeOf } from '../support/tree.ts';

const findings = (text: string): readonly string[] => brief(checkConsistency(treeOf(text)));

describe('names of services', () => {
  test('a dependency on nothing is reported where it is named, with the nearest name', () => {
    const [diagnostic] = checkConsistency(
      treeOf('services:\n  web:\n    image: a\n    depends_on:\n      databse: {}\n  database:\n    image: b\n'),
    );

    expect(diagnostic).toMatchObject({
      code: 'unknown-service',
      span: { line: 5, column: 7, length: 7 },
      hint: 'did you mean "database"?',
    });
  });

  test('a required dependency that profiles switch off names the profiles', () => {
    const tree = treeOf('services:\n  web:\n    image: a\n    depends_on:\n      debug: {}\n');

    expect(checkConsistency(tree, new Map([['debug', ['dev', 'test']]]))).toMatchObject([
      { code: 'disabled-service', hint: expect.stringContaining('--profile dev or --profile test') as string },
    ]);
  });

  test('an optional dependency may be switched off', () => {
    const tree = treeOf('services:\n  web:\n    image: a\n    depends_on:\n      debug: {required: false}\n');

    expect(checkConsistency(tree, new Map([['debug', ['dev']]]))).toEqual([]);
  });

  test.each(['network_mode', 'ipc', 'pid'])('%s of an unknown service is reported', (attribute) => {
    expect(findings(`services:\n  web:\n    image: a\n    ${attribute}: service:db\n`)).toEqual([
      `4:${attribute.length + 7} unknown-service`,
    ]);
  });

  test('a build that copies from an unknown service is reported', () => {
    expect(
      findings(
        'services:\n  web:\n    build:\n      context: /a\n      additional_contexts:\n        base: service:base\n',
      ),
    ).toEqual(['6:9 unknown-service']);
  });
});

describe('circles', () => {
  const dependent = (name: string, ...on: readonly string[]): string =>
    `  ${name}:\n    image: a\n    depends_on: {${on.map((other) => `${other}: {}`).join(', ')}}\n`;

  test('a circle is reported once, with the place of each edge', () => {
    const text = `services:\n${dependent('a', 'b')}${dependent('b', 'c')}${dependent('c', 'a')}`;
    const [diagnostic, ...others] = checkConsistency(treeOf(text));

    expect(others).toEqual([]);
    expect(diagnostic).toMatchObject({
      code: 'dependency-cycle',
      message: 'services depend on each other in a circle: a → b → c → a',
      span: { line: 4, column: 18 },
      related: [
        { message: '"b" depends on "c"', span: { line: 7 } },
        { message: '"c" depends on "a"', span: { line: 10 } },
      ],
    });
  });

  test('a service that leads into a circle is no part of it', () => {
    const text = `services:\n${dependent('in', 'a')}${dependent('a', 'b')}${dependent('b', 'a')}`;

    expect(checkConsistency(treeOf(text))).toMatchObject([
      { message: 'services depend on each other in a circle: a → b → a' },
    ]);
  });

  test('two ways to one service are no circle', () => {
    const text = `services:\n${dependent('a', 'b', 'c')}${dependent('b', 'd')}${dependent('c', 'd')}  d: {image: a}\n`;

    expect(checkConsistency(treeOf(text))).toEqual([]);
  });

  test('two circles are two findings', () => {
    const text = `services:\n${dependent('a', 'b')}${dependent('b', 'a')}${dependent('c', 'd')}${dependent('d', 'c')}`;

    expect(findings(text)).toEqual(['4:18 dependency-cycle', '10:18 dependency-cycle']);
  });

  test('names of the JavaScript language make no circle of their own', () => {
    const text = `services:\n${dependent('constructor', 'toString')}${dependent('toString', 'valueOf')}  valueOf: {image: a}\n`;

    expect(checkConsistency(treeOf(text))).toEqual([]);
  });

  test.each([
    ['a chain', undefined, []],
    ['a circle', 0, ['dependency-cycle']],
  ] as const)('%s of 20 000 services is walked in one go', (_, last, codes) => {
    expect(checkConsistency(longChain(20_000, last)).map(({ code }) => code)).toEqual(codes);
  });

  function longChain(count: number, last: number | undefined): Parameters<typeof checkConsistency>[0] {
    const span = { file: 'stack.yaml', line: 1, column: 1, length: 1 };
    const services = Array.from({ length: count }, (_, index) => {
      const next = index + 1 < count ? index + 1 : last;
      const on = next === undefined ? undefined : record({ [`s${next}`]: record({}, span) }, span);
      const value: Tree = record({ image: scalar('a', span), depends_on: on }, span);
      return [`s${index}`, { key: span, value }] as const;
    });
    return record({ services: mapping(services, span), include: sequence([], span) }, span);
  }
});

describe('one service', () => {
  const web = (lines: string): string => `services:\n  web:\n    image: a\n${lines.replaceAll(/^/gm, '    ')}\n`;

  test.each([
    ['an image or a build is needed', 'services:\n  web:\n    command: [a]\n', ['2:3 no-image']],
    ['a provider needs neither', 'services:\n  web:\n    provider: {type: a}\n', []],
    [
      'one Dockerfile is enough',
      web('build: {context: /a, dockerfile: b, dockerfile_inline: c}'),
      ['4:41 conflicting-attributes'],
    ],
    [
      'what runs must be built',
      web('platform: linux/arm64\nbuild: {context: /a, platforms: [linux/amd64]}'),
      ['4:15 platform-not-built'],
    ],
    ['a network mode excludes networks', web('network_mode: host\nnetworks: {}'), ['5:5 conflicting-attributes']],
    ['two counts must agree', web('scale: 2\ndeploy: {replicas: 3}'), ['5:24 conflicting-attributes']],
    ['two counts may agree', web('scale: 3\ndeploy: {replicas: 3}'), []],
    ['a fixed name is for one replica', web('container_name: one\nscale: 2'), ['4:5 fixed-container-name']],
    ['a fixed name may be for none', web('container_name: one\nscale: 0'), []],
    ['a check starts with its kind', web('healthcheck: {test: [curl, a]}'), ['4:25 bad-healthcheck']],
    ['a start interval needs its period', web('healthcheck: {start_interval: 1s}'), ['4:19 missing-key']],
    [
      'two limits of memory must agree',
      web('mem_limit: "1024"\ndeploy: {resources: {limits: {memory: "2048"}}}'),
      ['4:16 conflicting-attributes'],
    ],
    ['two limits of processors may agree', web('cpus: 1.5\ndeploy: {resources: {limits: {cpus: "1.5"}}}'), []],
    ['devices are counted or named', web('gpus: [{count: 2, device_ids: ["0"]}]'), ['4:23 conflicting-attributes']],
    ['synchronising needs a target', web('develop: {watch: [{path: /a, action: sync}]}'), ['4:42 missing-key']],
    ['an address to listen on is one', web('ports: [{target: 80, host_ip: 999.1.1.1}]'), ['4:35 bad-port']],
    ['an address may stand in brackets', web('ports: [{target: 80, host_ip: "[::1]"}]'), []],
    ['preparing steps are not carried out', web('pre_start: [{command: [a]}]'), ['4:5 unsupported-attribute']],
  ])('%s', (_, text, expected) => {
    expect(findings(text)).toEqual(expected);
  });

  test('one path holds one thing, over volumes, tmpfs, configs and secrets', () => {
    const text = web(
      'volumes: [{type: tmpfs, target: /run/secrets/a}]\ntmpfs: [/b, "/c:size=1m"]\nconfigs: [{source: b}, {source: d, target: /c/}]\nsecrets: [{source: a}]',
    );

    expect(findings(`${text}configs:\n  b: {content: x}\n  d: {content: x}\nsecrets:\n  a: {file: /a}\n`)).toEqual([
      '6:15 duplicate-target',
      '6:48 duplicate-target',
      '7:15 duplicate-target',
    ]);
  });
});

describe('networks, volumes, configs and secrets', () => {
  test.each([
    ['driver', 'volumes:\n  a: {external: true, driver: local}\n', ['2:23 conflicting-attributes']],
    ['labels', 'volumes:\n  a: {external: true, labels: {b: c}}\n', ['2:23 conflicting-attributes']],
    ['file', 'secrets:\n  a: {external: true, file: /b}\n', ['2:23 conflicting-attributes']],
    ['name', 'volumes:\n  a: {external: true, name: b}\n', []],
  ])('an external one and its %s', (_, text, expected) => {
    expect(findings(text)).toEqual(expected);
  });

  test.each([
    ['a secret without content', 'secrets:\n  a: {}\n', ['2:3 missing-key']],
    ['a secret with two', 'secrets:\n  a: {file: /b, environment: C}\n', ['2:17 conflicting-attributes']],
    ['a config with two', 'configs:\n  a: {content: b, environment: C}\n', ['2:19 conflicting-attributes']],
    ['a config of a driver', 'configs:\n  a: {driver: vault}\n', []],
  ])('%s', (_, text, expected) => {
    expect(findings(text)).toEqual(expected);
  });
});
