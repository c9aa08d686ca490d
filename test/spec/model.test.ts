import { describe, expect, test } from 'vitest';

import { modelToYaml } from '../../src/spec/print.ts';
import { at, findings, modelOf, stackWith, web } from './support/model.ts';

describe('values of the model', () => {
  test.each([
    ['010', '8'],
    ['0o17', '15'],
    ['0x1f', '31'],
    ['0b11', '3'],
    ['1_000', '1000'],
    ['1e3', '1000'],
    ['1e6', '1e+06'],
    ['0.00001', '1e-05'],
    ['1.50', '1.5'],
    ['08', '8'],
    ['99999999999999999999', '1e+20'],
    ['9007199254740993', '9007199254740993'],
    ['yes', 'yes'],
    ['True', 'true'],
    ['12:30:45', '12:30:45'],
    ['2024-01-01', '2024-01-01'],
    ['"010"', '010'],
    ['!!str 5', '5'],
  ])('the variable %s is "%s"', (written, text) => {
    expect(web(`environment:\n  A: ${written}`)).toMatchObject({ environment: { A: text } });
  });

  test("sizes are decimal bytes, durations Go's, modes octal, tmpfs modes decimal", () => {
    const lines = `mem_limit: 1.5g
stop_grace_period: 90s
healthcheck: {test: x, interval: 1h, start_period: 1ms, start_interval: 500ms}
volumes: [{type: tmpfs, target: /t, tmpfs: {size: 64m, mode: 0o1777}}]
configs: [{source: c, mode: 0440}, {source: c, target: /d, mode: "0400"}]`;
    expect(web(lines, { beside: 'configs: {c: {file: c}}\n' })).toMatchObject({
      mem_limit: '1610612736',
      stop_grace_period: '1m30s',
      healthcheck: { test: ['CMD-SHELL', 'x'], interval: '1h0m0s', start_interval: '500ms' },
      volumes: [{ tmpfs: { size: '67108864', mode: 1023 } }],
      configs: [{ mode: '0440' }, { mode: '0400' }],
    });
  });

  test('what says nothing falls away; what overrules the image stays', () => {
    const lines =
      'privileged: false\ncap_add: []\ncpu_count: 0\nhostname: ""\ninit: false\nentrypoint: []\ncommand: ""';
    expect(web(lines)).toEqual({ image: 'app', init: false, entrypoint: [], command: [], networks: { default: null } });
  });

  test('hosts are sorted lines; several addresses stay', () => {
    expect(web('extra_hosts: {b: ["1.1.1.1", "2.2.2.2"], a: "[::1]"}')).toMatchObject({
      extra_hosts: ['a=::1', 'b=1.1.1.1', 'b=2.2.2.2'],
    });
  });

  test('devices, limits and requests have their long forms', () => {
    expect(
      web('devices: ["/dev/a", "/dev/b:/dev/c:r"]\nulimits: {nofile: 5, nproc: {soft: 1, hard: 2}}\ngpus: all'),
    ).toMatchObject({
      devices: [
        { source: '/dev/a', target: '/dev/a', permissions: 'rwm' },
        { source: '/dev/b', target: '/dev/c', permissions: 'r' },
      ],
      ulimits: { nofile: 5, nproc: { soft: 1, hard: 2 } },
      gpus: [{ count: -1 }],
    });
  });

  test('a command that needs a shell is warned about', () => {
    expect(findings(stackWith('command: a && b'))).toEqual(['4:14 shell-operator']);
  });

  test('a volume of one letter is warned about: it is read as a drive', () => {
    expect(findings(stackWith('volumes: ["v:/data"]'))).toContain('4:15 drive-letter');
  });
});

describe('what is implied', () => {
  test('services are on the network "default", but for those with a mode of their own', () => {
    const model = modelOf(stackWith('network_mode: host', '  b: {image: b}\n'));
    expect(at(model, 'networks')).toEqual({ default: { name: 'app_default', ipam: {} } });
    expect(at(model, 'services', 'web', 'networks')).toBeUndefined();
    expect(at(model, 'services', 'b', 'networks')).toEqual({ default: null });
  });

  test('resources are called by project and key, external ones by their key', () => {
    const model = modelOf(
      stackWith('volumes: ["aa:/a", "bb:/b", "cc:/c"]', 'volumes: {aa: , bb: {external: true}, cc: {name: q}}\n'),
    );
    expect(at(model, 'volumes')).toEqual({
      aa: { name: 'app_aa' },
      bb: { name: 'bb', external: true },
      cc: { name: 'q' },
    });
  });

  test('resources that no service uses are left out', () => {
    const model = modelOf(stackWith('hostname: a', 'volumes: {unused: }\nsecrets: {s: {file: s}}\n'));
    expect(at(model, 'volumes')).toBeUndefined();
    expect(at(model, 'secrets')).toBeUndefined();
  });

  test('a service starts after those that it links, shares with or mounts from', () => {
    const lines = 'links: ["a:alias"]\nipc: service:b\nvolumes_from: ["c:ro", "container:x"]';
    expect(web(lines, { beside: '  a: {image: a}\n  b: {image: b}\n  c: {image: c}\n' })).toMatchObject({
      depends_on: {
        a: { condition: 'service_started', restart: true, required: true },
        b: { condition: 'service_started', restart: true, required: true },
        c: { condition: 'service_started', required: true },
      },
    });
  });

  test('a build has a context and a Dockerfile, and takes arguments from the environment', () => {
    expect(web('build: {args: [A=1, B, NOPE]}', { environment: { B: 'b' } })).toMatchObject({
      build: { context: '/app', dockerfile: 'Dockerfile', args: { A: '1', B: 'b' } },
    });
    expect(web('build: {dockerfile_inline: FROM x}')).not.toHaveProperty('build.dockerfile');
  });
});

describe('printing', () => {
  test('JSON names command and entrypoint, and keeps extensions of the top alone', () => {
    const { model } = modelOf(stackWith('x-a: 1', 'x-b: {x-c: 1}\n'));
    expect(model).toEqual({
      name: 'app',
      networks: { default: { name: 'app_default', ipam: {} } },
      services: { web: { image: 'app', command: null, entrypoint: null, networks: { default: null } } },
      'x-b': { 'x-c': 1 },
    });
  });

  test('YAML keeps extensions everywhere, and text that other readers take for more is in quotes', () => {
    const { document } = modelOf(stackWith('x-a: 1\nhostname: "on"\nlabels: {a: "22:22"}'));
    const yaml = modelToYaml(document);
    expect(yaml).toContain('x-a: 1');
    expect(yaml).toContain('hostname: "on"');
    expect(yaml).toContain('a: "22:22"');
  });

  test('what is printed loads to the same model', () => {
    const first = modelOf(stackWith('command: echo $$HOME\nports: ["80-82:80-82"]\nenvironment: {A: "$$x"}'));
    expect(modelOf(modelToYaml(first.document)).model).toEqual(first.model);
  });
});
