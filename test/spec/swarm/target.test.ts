import { describe, expect, test } from 'vitest';
import type { DesiredService } from '../../../src/model/desired.ts';
import { loadTexts } from '../support/load.ts';

const swarm = { target: 'swarm' } as const;

/** Everything that is said of a file, as `line:column code`. */
function findings(text: string, change: Parameters<typeof loadTexts>[1] = swarm): readonly string[] {
  const loaded = loadTexts({ 'stack.yaml': text }, change);
  const found = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return found.map(({ code, span }) => `${span.line}:${span.column} ${code}`);
}

function load(text: string, environment: Readonly<Record<string, string>> = {}) {
  const loaded = loadTexts({ 'stack.yaml': text }, swarm, environment);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('; '));
  return loaded.value;
}

function serviceOf(lines: string): DesiredService {
  const [service] = load(`services:\n  web:\n    image: nginx\n    ${lines}\n`).desired.services;
  if (service === undefined) throw new Error('no service');
  return service;
}

describe('the target', () => {
  test('is what the file says, unless the command line says otherwise', () => {
    const text = 'x-stack: {target: swarm}\nservices: {web: {image: nginx}}\n';
    const read = (change: Parameters<typeof loadTexts>[1]) => {
      const loaded = loadTexts({ 'stack.yaml': text }, change);
      return loaded.ok ? loaded.value.target : undefined;
    };
    expect(read({})).toBe('swarm');
    expect(read({ target: 'engines' })).toBe('engines');
  });

  test('is one of two words, under a key that is known', () => {
    expect(findings('x-stack: {target: kubernetes}\nservices: {web: {image: nginx}}\n', {})).toEqual([
      '1:19 bad-value',
    ]);
    expect(findings('x-stack: {targets: swarm}\nservices: {web: {image: nginx}}\n', {})).toEqual(['1:11 unknown-key']);
  });
});

describe('what no swarm does is refused at its place', () => {
  test.each([
    ['privileged: true', '4:5'],
    ['devices: ["/dev/fuse"]', '4:5'],
    ['network_mode: none', '4:19'],
    ['container_name: web', '4:5'],
    ['pid: host', '4:5'],
    ['ipc: host', '4:5'],
    ['cgroup_parent: /x', '4:5'],
    ['userns_mode: host', '4:5'],
    ['mac_address: "02:42:ac:11:00:02"', '4:5'],
    ['volumes_from: ["container:x"]', '4:5'],
    ['cpu_shares: 10', '4:5'],
    ['memswap_limit: 1g', '4:5'],
    ['post_start: [{command: ["true"]}]', '4:5'],
    ['security_opt: ["systempaths=unconfined"]', '4:20'],
    ['ports: ["127.0.0.1:80:80"]', '4:13'],
    ['ports: ["8000-8010:80"]', '4:13'],
    ['tmpfs: ["/run:size=1m,noexec"]', '4:13'],
    ['deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}', '4:41'],
  ])('%s', (line, place) => {
    const text = `services:\n  web:\n    image: nginx\n    ${line}\n`;
    expect(findings(text)).toContain(`${place} not-on-swarm`);
    expect(findings(text, {}).join()).not.toContain('not-on-swarm');
  });

  test('ports of the mesh without a virtual address', () => {
    const lines = (mode: string): string =>
      `services:\n  web:\n    image: nginx\n    ports: [{target: 80, published: "80", mode: ${mode}}]\n    deploy: {endpoint_mode: dnsrr}\n`;
    expect(findings(lines('ingress'))).toEqual(['4:49 not-on-swarm']);
    expect(findings(lines('host'))).toEqual([]);
  });

  test('an image that is only built, a network that ends at its node, a fixed address', () => {
    expect(findings('services: {web: {build: {dockerfile_inline: FROM scratch}}}\n')).toContain('1:25 not-on-swarm');
    const text = `services:
  web:
    image: nginx
    networks: {front: {ipv4_address: 10.1.0.2}}
networks:
  front: {driver: bridge, ipam: {config: [{subnet: 10.1.0.0/24}]}}
`;
    expect(findings(text)).toEqual(['4:24 not-on-swarm', '6:19 not-on-swarm']);
  });

  test('everything at once', () => {
    const text = 'services:\n  a: {image: nginx, privileged: true, pid: host}\n  b: {image: nginx, ipc: host}\n';
    expect(findings(text).filter((line) => line.endsWith('not-on-swarm'))).toHaveLength(3);
  });
});

test('what only a swarm acts on is no warning there', () => {
  const text = `services:
  web:
    image: nginx
    deploy: {mode: global-job, endpoint_mode: dnsrr, labels: {a: b}, restart_policy: {condition: none, delay: 1s, window: 2s}}
`;
  expect(findings(text)).toEqual([]);
  expect(findings(text, {}).length).toBeGreaterThan(3);
});

describe('the restart condition', () => {
  test.each([
    ['restart: "no"', 'none'],
    ['restart: unless-stopped', 'any'],
    ['restart: on-failure:3', 'on-failure'],
    ['deploy: {restart_policy: {condition: none}}', 'none'],
    ['deploy: {restart_policy: {delay: 1s}}', 'any'],
    ['init: true', 'any'],
    ['deploy: {mode: replicated-job}', 'none'],
  ])('of %s is %s', (line, condition) => {
    expect(serviceOf(line).swarm?.restart.condition).toBe(condition);
  });

  test('of what others wait for to complete is none', () => {
    const text =
      'services:\n  web: {image: nginx, depends_on: {job: {condition: service_completed_successfully}}}\n  job: {image: nginx}\n';
    expect(load(text).desired.services.map(({ swarm: own }) => own?.restart.condition)).toEqual(['none', 'any']);
  });
});

test('configs and secrets of every kind are read, external ones by their names alone', () => {
  const { desired } = load(
    `services:
  web: {image: nginx, configs: [inline, there], secrets: [pw]}
configs:
  inline: {content: hello}
  there: {external: true, name: shared}
secrets: {pw: {environment: PW, labels: {a: b}}}
`,
    { PW: 'x' },
  );
  expect(desired.swarmFiles).toMatchObject([
    { kind: 'config', key: 'inline', name: 'app_inline', external: false },
    { kind: 'config', key: 'there', name: 'shared', external: true, digest: '' },
    { kind: 'secret', key: 'pw', name: 'app_pw', labels: [['a', 'b']] },
  ]);
  expect(desired.contents.size).toBe(2);
});
