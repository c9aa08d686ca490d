import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import type { ContainerSpec } from '../../../src/model/container.ts';
import type { Desired, DesiredService } from '../../../src/model/desired.ts';
import { loadTexts } from '../support/load.ts';

type Texts = Readonly<Record<string, string>>;

function desiredOf(texts: Texts, environment: Texts = {}): Desired {
  const loaded = loadTexts(texts, { projectName: 'shop' }, environment);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  return loaded.value.desired;
}

/** The service `web` with these lines, and the rest of a file. */
function webOf(lines: string, rest = '', environment: Texts = {}): DesiredService {
  const text = `services:\n  web:\n    image: nginx\n${lines.replaceAll(/^/gm, '    ')}\n${rest}`;
  const { services } = desiredOf({ 'stack.yaml': text }, environment);
  const web = services.find(({ name }) => name === 'web');
  if (web === undefined) throw new Error('no service web');
  return web;
}

const containerOf = (lines: string, rest = ''): ContainerSpec => webOf(lines, rest).container;

describe('a service with an image alone', () => {
  const web = webOf('');

  test('is one replica, pulled when it is missing, attached, depending on nothing', () => {
    expect(web).toMatchObject({ replicas: 1, pullPolicy: 'missing', attach: true, dependsOn: [], build: undefined });
  });

  test('joins the default network', () => {
    expect(web.container.network).toMatchObject({ kind: 'networks', attachments: [{ network: 'default' }] });
  });

  test('keeps what the image says and is not restarted', () => {
    expect(web.container).toMatchObject({
      command: undefined,
      entrypoint: undefined,
      healthcheck: undefined,
      stopGracePeriodMs: undefined,
      restart: { condition: 'no', maxAttempts: undefined },
    });
  });
});

describe('process', () => {
  test('a command in one line becomes words; an empty entrypoint clears the one of the image', () => {
    expect(containerOf('command: serve --name "a b"\nentrypoint: []')).toMatchObject({
      command: ['serve', '--name', 'a b'],
      entrypoint: [],
    });
  });

  test('variables without value come from the environment, or are taken from the image', () => {
    const web = webOf('environment: [B=1, A, C]', '', { A: 'from outside' });

    expect(web.container.environment).toEqual([
      ['A', 'from outside'],
      ['B', '1'],
    ]);
    expect(web.container.unsetEnvironment).toEqual(['C']);
  });

  test.each([
    ['restart: always', { condition: 'always', maxAttempts: undefined }],
    ['restart: on-failure:3', { condition: 'on-failure', maxAttempts: 3 }],
    [
      'restart: always\ndeploy: {restart_policy: {condition: on-failure, max_attempts: 2}}',
      { condition: 'on-failure', maxAttempts: 2 },
    ],
    ['restart: always\ndeploy: {restart_policy: {condition: none}}', { condition: 'no', maxAttempts: undefined }],
    ['deploy: {restart_policy: {max_attempts: 2}}', { condition: 'always', maxAttempts: undefined }],
  ])('%s', (lines, restart) => {
    expect(containerOf(lines).restart).toEqual(restart);
  });

  test.each([
    [
      'healthcheck: {test: probe, interval: 1m30s, retries: 2}',
      { kind: 'command', test: ['CMD-SHELL', 'probe'], intervalMs: 90_000, retries: 2 },
    ],
    [
      'healthcheck: {test: [CMD, probe, -v], start_period: 500ms}',
      { kind: 'command', test: ['CMD', 'probe', '-v'], startPeriodMs: 500 },
    ],
    ['healthcheck: {interval: 5s}', { kind: 'command', test: undefined, intervalMs: 5_000 }],
    ['healthcheck: {test: [NONE]}', { kind: 'disabled' }],
    ['healthcheck: {disable: true}', { kind: 'disabled' }],
  ])('%s', (lines, healthcheck) => {
    expect(containerOf(lines).healthcheck).toMatchObject(healthcheck);
  });
});

describe('ports', () => {
  test.each([
    ['80', { target: 80, published: undefined, protocol: 'tcp', hostIp: undefined }],
    ['"8080:80/udp"', { target: 80, published: { from: 8080, to: 8080 }, protocol: 'udp' }],
    ['"127.0.0.1:8080:80"', { published: { from: 8080, to: 8080 }, hostIp: '127.0.0.1' }],
    ['"8000-8010:80"', { target: 80, published: { from: 8000, to: 8010 } }],
    ['{target: 80, mode: host}', { target: 80, mode: 'host' }],
  ])('%s', (port, expected) => {
    expect(containerOf(`ports: [${port}]`).ports).toMatchObject([expected]);
  });

  test('exposed ranges are single ports, each once', () => {
    expect(containerOf('expose: [80, "3000-3002/udp", 3001/udp]').expose).toEqual([
      '3000/udp',
      '3001/udp',
      '3002/udp',
      '80/tcp',
    ]);
  });
});

describe('mounts', () => {
  test('each kind has its own settings', () => {
    const { volumes } = containerOf(
      'volumes: ["data:/data:ro", ./site:/site, /cache, {type: tmpfs, target: /tmp, tmpfs: {size: 64m, mode: 01777}}, {type: image, source: assets, target: /assets}]\ntmpfs: "/run:size=1m"',
      'volumes:\n  data:\n',
    );

    expect(volumes).toMatchObject([
      { type: 'volume', source: 'data', target: '/data', readOnly: true, noCopy: false },
      { type: 'bind', source: '/app/site', target: '/site', createHostPath: true },
      { type: 'volume', source: undefined, target: '/cache' },
      { type: 'tmpfs', target: '/tmp', sizeBytes: 67_108_864, mode: 0o1777, options: undefined },
      { type: 'image', source: 'assets', target: '/assets' },
      { type: 'tmpfs', target: '/run', options: 'size=1m' },
    ]);
  });

  test.each([
    ['{type: bind, source: /a, target: /b}', true],
    ['{type: bind, source: /a, target: /b, bind: {create_host_path: true}}', true],
    ['{type: bind, source: /a, target: /b, bind: {create_host_path: false}}', false],
  ])('%s makes its source: %s', (mount, createHostPath) => {
    expect(containerOf(`volumes: [${mount}]`).volumes).toMatchObject([{ createHostPath }]);
  });

  test('volumes of services and of containers', () => {
    const web = webOf('volumes_from: [db:ro, "container:old"]', '  db:\n    image: a\n');

    expect(web.container.volumesFrom).toEqual([
      { from: 'service', name: 'db', readOnly: true },
      { from: 'container', name: 'old', readOnly: false },
    ]);
  });
});

describe('networks', () => {
  test('are connected by priority, then by name', () => {
    const { network } = containerOf(
      'networks: {b: null, a: null, z: {priority: 5, aliases: [www, api]}}',
      'networks: {a: null, b: null, z: null}\n',
    );

    expect(network).toMatchObject({
      attachments: [{ network: 'z', aliases: ['api', 'www'] }, { network: 'a' }, { network: 'b' }],
    });
  });

  test.each([
    ['host', { kind: 'engine', mode: 'host' }],
    ['container:abc', { kind: 'engine', mode: 'container:abc' }],
    ['service:db', { kind: 'service', service: 'db' }],
  ])('network_mode: %s', (mode, network) => {
    expect(containerOf(`network_mode: ${mode}`, '  db:\n    image: a\n').network).toEqual(network);
  });

  test.each(['host', 'none', 'bridge'])("the engine's own network %s is the mode of that name", (name) => {
    const { network } = containerOf('networks: [own]', `networks: {own: {external: true, name: ${name}}}\n`);

    expect(network).toEqual({ kind: 'engine', mode: name });
  });

  test('only those that a service joins are wanted, by their names on engines', () => {
    const { networks } = desiredOf({
      'stack.yaml':
        'services:\n  web: {image: a, networks: [front, back]}\nnetworks:\n  front: {ipam: {config: [{subnet: 10.9.0.0/16}]}}\n  back: {external: true, name: shared}\n  unused: {}\n',
    });

    expect(networks).toMatchObject([
      { key: 'back', name: 'shared', external: true },
      { key: 'front', name: 'shop_front', external: false, spec: { ipam: { config: [{ subnet: '10.9.0.0/16' }] } } },
    ]);
  });

  test('only those volumes that a service mounts are wanted', () => {
    const { volumes } = desiredOf({
      'stack.yaml':
        'services:\n  web: {image: a, volumes: ["data:/a", "old:/b"]}\nvolumes:\n  data: {labels: {a: b}}\n  old: {external: true}\n  unused: {}\n',
    });

    expect(volumes).toMatchObject([
      { key: 'data', name: 'shop_data', external: false, spec: { labels: [['a', 'b']] } },
      { key: 'old', name: 'old', external: true },
    ]);
  });
});

describe('resources', () => {
  test('what deploy says wins over the attributes of old', () => {
    const { resources } = containerOf(
      'mem_limit: 1g\nmem_reservation: 64m\ndeploy: {resources: {limits: {cpus: "0.5", memory: 1g, pids: 50}, reservations: {memory: 64m}}}',
    );

    expect(resources).toMatchObject({
      cpuNanos: 500_000_000,
      memoryBytes: 1_073_741_824,
      memoryReservationBytes: 67_108_864,
      pidsLimit: 50,
    });
  });

  test('one number is both limits', () => {
    expect(containerOf('ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}').resources.ulimits).toEqual([
      { name: 'nofile', soft: 1, hard: 2 },
      { name: 'nproc', soft: 5, hard: 5 },
    ]);
  });

  test.each([
    ['gpus: all', [{ count: -1, capabilities: ['gpu'] }]],
    [
      'gpus: [{driver: nvidia, device_ids: ["0"], capabilities: [compute]}]',
      [{ driver: 'nvidia', count: undefined, deviceIds: ['0'], capabilities: ['compute', 'gpu'] }],
    ],
    [
      'deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: 2}]}}}',
      [{ count: 2, capabilities: ['gpu'] }],
    ],
    ['devices: ["vendor.com/class=one"]', [{ driver: 'cdi', deviceIds: ['vendor.com/class=one'] }]],
  ])('%s asks a driver', (lines, requests) => {
    expect(containerOf(lines).devices).toMatchObject({ devices: [], requests });
  });
});

describe('deployment', () => {
  test.each([
    ['scale: 3', 3],
    ['deploy: {replicas: 0}', 0],
  ])('%s', (lines, replicas) => {
    expect(webOf(lines).replicas).toBe(replicas);
  });

  test('placement and updates are read into their own words', () => {
    const web = webOf(
      'deploy: {mode: global, placement: {constraints: ["node.labels.zone==a", "node.role != manager", nonsense], preferences: [{spread: node.labels.zone}]}, update_config: {order: start-first, parallelism: 2, delay: 10s, failure_action: rollback}}',
    );

    expect(web.placement).toEqual({
      mode: 'global',
      constraints: [
        { key: 'node.labels.zone', operator: '==', value: 'a' },
        { key: 'node.role', operator: '!=', value: 'manager' },
      ],
      preferences: ['node.labels.zone'],
      maxReplicasPerNode: undefined,
    });
    expect(web.update).toMatchObject({
      order: 'start-first',
      parallelism: 2,
      delayMs: 10_000,
      failureAction: 'rollback',
    });
  });

  test('dependencies carry what is waited for', () => {
    const web = webOf(
      'depends_on: {db: {condition: service_healthy, restart: true}, job: {condition: service_completed_successfully, required: false}}',
      '  db:\n    image: a\n  job:\n    image: a\n',
    );

    expect(web.dependsOn).toEqual([
      { service: 'db', condition: 'healthy', restart: true, required: true },
      { service: 'job', condition: 'completed', restart: false, required: false },
    ]);
  });

  test.each([
    ['always', 'always'],
    ['if_not_present', 'missing'],
    ['never', 'never'],
    ['build', 'build'],
    ['daily', 'missing'],
  ])('pull_policy: %s', (word, policy) => {
    expect(webOf(`pull_policy: ${word}`).pullPolicy).toBe(policy);
  });

  test('services that profiles switch off are named, and not wanted', () => {
    const desired = desiredOf({ 'stack.yaml': 'services:\n  b: {image: a, profiles: [x]}\n  a: {image: a}\n' });

    expect([desired.services.map(({ name }) => name), desired.disabledServices]).toEqual([['a'], ['b']]);
  });

  test('a service of a provider has no container, and nobody waits for it', () => {
    const { services } = desiredOf({
      'stack.yaml': 'services:\n  web: {image: a, depends_on: [cloud]}\n  cloud: {provider: {type: example}}\n',
    });

    expect(services).toMatchObject([{ name: 'web', dependsOn: [] }]);
  });
});

describe('builds', () => {
  const texts = {
    'stack.yaml':
      'services:\n  web:\n    build: {context: ./web, args: [A=1, B, C], secrets: [token]}\nsecrets:\n  token: {environment: TOKEN}\n',
    'web/Dockerfile': 'FROM scratch',
  };

  test('an image that is only built has the name of its project and service', () => {
    expect(desiredOf(texts, { TOKEN: 'x' }).services[0]?.container.image).toBe('shop-web');
  });

  test('the context is absolute, and secrets are known by their digests', () => {
    const { services, contents } = desiredOf(texts, { TOKEN: 'x', B: 'y' });
    const [secret] = services[0]?.build?.secrets ?? [];

    expect(services[0]?.build).toMatchObject({
      context: '/app/web',
      dockerfile: 'Dockerfile',
      args: [
        ['A', '1'],
        ['B', 'y'],
      ],
    });
    expect(secret?.id).toBe('token');
    expect(contents.get(secret?.digest ?? '')).toEqual(new TextEncoder().encode('x'));
  });
});

test('an option of a seccomp profile carries the text of the profile', () => {
  const { services } = desiredOf({
    'stack.yaml':
      'services:\n  web:\n    image: a\n    security_opt: ["seccomp:profile.json", "no-new-privileges:true"]\n',
    'profile.json': '{ "defaultAction": "SCMP_ACT_ERRNO" }',
  });

  expect(services[0]?.container.security.securityOpt).toEqual([
    'seccomp={"defaultAction":"SCMP_ACT_ERRNO"}',
    'no-new-privileges:true',
  ]);
});

test('every attribute of a container is read: none is left of a file that has them all', () => {
  const { services } = desiredOf({
    'stack.yaml': readFileSync(`${import.meta.dirname}/full-container.yaml`, 'utf8'),
    'token.txt': 'x',
  });
  const container = services.find(({ name }) => name === 'web')?.container;

  // Mounts, files and device requests have fields that exclude each other.
  expect(emptyIn(container).filter((path) => !/^\.(volumes|files|devices\.requests)\.\d/.test(path))).toEqual([]);
});

/** The paths of all that is `undefined` or an empty list. */
function emptyIn(value: unknown, path = ''): readonly string[] {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => emptyIn(inner, `${path}.${key}`));
}
