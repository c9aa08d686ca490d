import { describe, expect, test } from 'vitest';

import { adviseOn } from '../../../src/spec/check/advice.ts';
import type { Mapping } from '../../../src/spec/tree.ts';
import { brief, treeOf } from '../support/tree.ts';

const web = (lines: string): string => `services:\n  web:\n    image: a\n${lines.replaceAll(/^/gm, '    ')}\n`;
const advice = (text: string): readonly string[] => brief(adviseOn(treeOf(text)));

describe('secrets in the environment', () => {
  test.each(['DB_PASSWORD', 'api_token', 'AWS_SECRET_ACCESS_KEY', 'STRIPE_API_KEY', 'PGPASSWORD'])(
    '%s is one',
    (name) => {
      expect(advice(web(`environment: {${name}: hunter2}`))).toEqual([`4:${name.length + 21} secret-in-environment`]);
    },
  );

  test.each([
    'DB_PASSWORD_FILE: /run/secrets/a',
    'TOKENS: 5',
    'DB_PASSWORD: ""',
    'ALLOW_EMPTY_PASSWORD: "yes"',
    'PASSWORDLESS: a',
  ])('%s is none', (line) => {
    expect(advice(web(`environment: {${line}}`))).toEqual([]);
  });
});

test.each([
  ['privileged: true', ['4:17 elevated-rights']],
  ['privileged: false', []],
  ['pid: host', ['4:10 elevated-rights']],
  ['pid: service:a', []],
  ['userns_mode: host', ['4:18 elevated-rights']],
  ['cap_add: [ALL, CHOWN, CAP_SYS_ADMIN]', ['4:15 elevated-rights', '4:27 elevated-rights']],
  ['security_opt: ["seccomp:unconfined", "no-new-privileges:true"]', ['4:20 elevated-rights']],
  ['devices: [{source: /dev/mem, target: /dev/mem}]', ['4:24 elevated-rights']],
  ['volumes: [{type: bind, source: /var/run/docker.sock, target: /a}]', ['4:36 engine-socket']],
  [
    'volumes: [{type: bind, source: /etc/, target: /a}, {type: bind, source: /srv/etc, target: /b}]',
    ['4:36 elevated-rights'],
  ],
  ['volumes: [{type: volume, source: data, target: /etc}]', []],
  ['use_api_socket: true', ['4:5 engine-socket']],
])('rights close to root are named: %s', (lines, expected) => {
  expect(advice(web(lines))).toEqual(expected);
});

test.each([
  'credential_spec: {file: a}',
  'develop: {watch: []}',
  'deploy: {endpoint_mode: vip}',
  'deploy: {labels: {a: b}}',
  'deploy: {restart_policy: {delay: 5s}}',
  'deploy: {mode: replicated-job}',
  'build: {context: /a, sbom: "true"}',
  'ports: [{target: 80, app_protocol: grpc}]',
  'ports: [{target: 80, name: web}]',
  'pull_policy: daily',
  'volumes: [{type: npipe, source: a, target: b}]',
  'models: {a: null}',
])('an attribute that nothing acts on is named: %s', (lines) => {
  const path = lines.replace(/:.*/, '');

  expect(adviseOn(treeOf(web(lines)))).toMatchObject([
    {
      code: 'ignored-attribute',
      severity: 'warning',
      message: expect.stringContaining(`services.web.${path}`) as string,
    },
  ]);
});

test('what a read-only container cannot receive is named', () => {
  const text = `${web('read_only: true\nsecrets: [{source: a}, {source: b}, {source: a, target: c, mode: "0400"}]')}secrets:\n  a: {file: /a}\n  b: {environment: B}\n`;

  expect(advice(text)).toEqual(['5:28 read-only-container', '5:41 read-only-container']);
});

describe('what is declared and not used', () => {
  const declared =
    'networks:\n  default: {}\n  back: {}\nvolumes:\n  data: {}\nsecrets:\n  token: {file: /a}\nconfigs:\n  main: {file: /a}\n';

  test('is named', () => {
    expect(advice(web('networks: {default: null}') + declared)).toEqual([
      '7:3 unused',
      '9:3 unused',
      '11:3 unused',
      '13:3 unused',
    ]);
  });

  test('is used by builds, mounts and services that are switched off', () => {
    const disabled = treeOf(
      'debug:\n  networks: {back: null}\n  volumes: [{type: volume, source: data, target: /a}]\n',
    );
    const tree: Mapping = treeOf(
      web('build: {context: /a, secrets: [{source: token}]}\nconfigs: [{source: main}]') + declared,
    );

    expect(adviseOn(tree, disabled)).toEqual([]);
  });
});
