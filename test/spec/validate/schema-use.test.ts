import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { validateSchema } from '../../../src/spec/validate.ts';
import { brief, treeOf } from '../support/tree.ts';

const everything = treeOf(readFileSync(`${import.meta.dirname}/every-attribute.yaml`, 'utf8'));
const schema = JSON.parse(readFileSync(`${import.meta.dirname}/../../../schemas/stack.schema.json`, 'utf8')) as Schema;

interface Schema {
  readonly $defs: Readonly<Record<string, { readonly properties?: object }>>;
}

test('a file with every attribute, in long and short form, has no violation', () => {
  expect(validateSchema(everything)).toEqual([]);
});

test('that file has every attribute of a service, and of all that is below', () => {
  const text = readFileSync(`${import.meta.dirname}/every-attribute.yaml`, 'utf8');
  const names = Object.values(schema.$defs).flatMap(({ properties }) => Object.keys(properties ?? {}));

  expect(new Set(names).size).toBeGreaterThan(150);
  expect([...new Set(names)].filter((name) => !new RegExp(`(^|[ {])${name}:`, 'm').test(text))).toEqual([]);
});

const web = (lines: string): string => `services:\n  web:\n    image: nginx\n${lines.replaceAll(/^/gm, '    ')}\n`;

test.each([
  ['an extension anywhere', web('x-team: a\nhealthcheck: {x-why: b, disable: true}')],
  ['a service called as an extension', 'services:\n  x-web:\n    image: nginx\n'],
  ['names of the JavaScript language', web('environment: {toString: a, constructor: b}')],
  ['numbers in quotes', web('mem_swappiness: "10"\npids_limit: "-1"\ncpus: "0.5"\ndeploy: {replicas: "3"}')],
  ['the words of old for true and false', web('tty: yes\ninit: "off"')],
  ['zero as a duration', web('stop_grace_period: "0"')],
  ['unlimited swap', web('memswap_limit: -1')],
  ['no command', web('command: null\nentrypoint: []')],
  ['a network without settings', web('networks: {front: null}')],
])('%s is accepted', (_, text) => {
  expect(validateSchema(treeOf(text)).filter(({ severity }) => severity === 'error')).toEqual([]);
});

test.each([
  ['an unknown key', web('imgae: a'), ['4:5 unknown-key']],
  ['an unknown key at the top', 'service:\n  web: {}\n', ['1:1 unknown-key']],
  ['an unknown key in a short mapping', web('healthcheck: {tset: a}'), ['4:19 unknown-key']],
  ['every unknown key at once', web('a1: b\nbuild: {c1: d}'), ['4:5 unknown-key', '5:13 unknown-key']],
  ['a number for a list', web('ports: 80'), ['4:12 wrong-type']],
  ['a mapping for a command', web('command: {}'), ['4:14 wrong-type']],
  ['a key without value', web('environment:'), ['4:5 wrong-type']],
  ['a list as a value of a variable', web('environment: {A: [b]}'), ['4:22 wrong-type']],
  ['a number among words', web('command: [echo, 1]'), ['4:21 wrong-type']],
  ['a service that is text', 'services:\n  web: nginx\n', ['2:8 wrong-type']],
  ['a dependency without condition', web('depends_on: {db: {restart: true}}'), ['4:18 missing-key']],
  ['a mount without target', web('volumes: [{type: tmpfs}]'), ['4:15 missing-key']],
  ['a variable without name', web('environment: {"": a}'), ['4:19 bad-name']],
  ['a version that is a number', `version: 3.8\n${web('')}`, ['1:10 wrong-type']],
  ['a mount without type', web('volumes: [{target: /a}]'), ['4:15 missing-key']],
  ['an unknown condition', web('depends_on: {db: {condition: service_health}}'), ['4:34 bad-value']],
  ['a number without unit as a duration', web('stop_grace_period: "10"'), ['4:24 bad-duration']],
  ['a number as a duration', web('stop_grace_period: 10'), ['4:24 wrong-type']],
  ['a size with an unknown unit', web('mem_limit: 10zb'), ['4:16 bad-size']],
  ['fewer than no memory', web('mem_limit: -1'), ['4:16 out-of-range']],
  ['half a replica', web('deploy: {replicas: 1.5}'), ['4:24 wrong-type']],
  ['a word for a switch', web('privileged: maybe'), ['4:17 bad-value']],
  ['a port that is none', web('ports: [{target: 70000}]'), ['4:22 out-of-range']],
  ['a name with a sign', 'services:\n  web!:\n    image: nginx\n', ['2:3 bad-name']],
  ['a limit with digits in its name', web('ulimits: {n0: 1}'), ['4:15 bad-name']],
  ['a restart condition of another type', web('restart: 3'), ['4:14 wrong-type']],
  ['a pull policy of no kind', web('pull_policy: sometimes'), ['4:18 bad-value']],
])('%s is refused', (_, text, findings) => {
  expect(brief(validateSchema(treeOf(text)).filter(({ severity }) => severity === 'error'))).toEqual(findings);
});

test.each([
  [web('ports: 80'), 'services.web.ports must be a list; this is the number 80', 'write a list: ["80"]'],
  [
    web('ports: [{target: 80, published: true}]'),
    'services.web.ports[0].published must be a port or a range such as "8000-8010"; this is true',
    undefined,
  ],
  [web('imgae: a'), 'services.web has no key "imgae"', 'did you mean "image"?'],
  [web('replicas: 3'), 'services.web has no key "replicas"', 'move "replicas" into deploy'],
  ['image: nginx\n', 'a stack file has no key "image"', 'move "image" into a service'],
  [web('command: [1]'), 'services.web.command[0] must be text; this is the number 1', 'put it in quotes: "1"'],
  [
    web('labels:'),
    'services.web.labels must be a mapping, or a list of NAME=VALUE; this is empty',
    'leave the key out, or give it a value',
  ],
  [web('cgroup: hots'), 'services.web.cgroup must be "host" or "private"; this is "hots"', 'did you mean "host"?'],
  [
    web('mem_limit: 5 apples'),
    'services.web.mem_limit must be a size; this is "5 apples"',
    'expected a number with a unit such as "512m", "1.5g" or "64kb"',
  ],
  [web('secrets: [{target: a}]'), 'services.web.secrets[0] needs "source"', undefined],
])('%j is answered in words', (text, message, hint) => {
  expect(validateSchema(treeOf(text))).toMatchObject([{ message, hint }]);
});

test.each([
  ['a mode without its zero', web('secrets: [{source: a, mode: 755}]'), ['4:33 changed-by-yaml']],
  ['an octal mode', web('secrets: [{source: a, mode: 0755}, {source: b, mode: "755"}]'), []],
  ['a version that loses its zero', web('environment: {RELEASE: 1.10, OTHER: "1.10"}'), ['4:28 changed-by-yaml']],
  ['a port to the base of sixty', web('ports: [22:22, "23:23", 80:80, 8080:80]'), ['4:13 changed-by-yaml']],
  [
    'an interval of zero',
    web('healthcheck: {test: a, interval: 0s, retries: 0}'),
    ['4:38 zero-is-default', '4:51 zero-is-default'],
  ],
  ['an empty test', web('healthcheck: {test: []}'), ['4:25 bad-healthcheck']],
])('%s is warned about where it misleads', (_, text, findings) => {
  const diagnostics = validateSchema(treeOf(text));

  expect(brief(diagnostics)).toEqual(findings);
  expect(diagnostics.every(({ severity }) => severity === 'warning')).toBe(true);
});
