import { expect, test } from 'vitest';

import { containerLabels } from '../../src/engine/labels.ts';
import { containerId } from '../../src/model/id.ts';
import { creation, spec } from './support/creation.ts';
import { type Answer, refuse, soon, withFakeEngine } from './support/fake-engine.ts';

const id = 'c0ffee'.padEnd(64, '0');
const other = 'decade'.padEnd(64, '0');
const nothing = { stack: 'shop', networks: [], volumes: [], images: [], containerNames: [] };

/** As engines of 20.10 to 28 answer, but for what we do not read. */
const inspected = {
  Id: id,
  Name: '/shop-web-1',
  Created: '2026-11-21T09:30:00.1Z',
  Path: 'nginx',
  Args: ['-g', 'daemon off;'],
  Image: 'sha256:abc',
  RestartCount: 2,
  State: {
    Status: 'exited',
    OOMKilled: true,
    ExitCode: 137,
    StartedAt: '2026-11-21T09:30:01Z',
    FinishedAt: '0001-01-01T00:00:00Z',
    Health: { Status: 'unhealthy', Log: [{ Output: 'old' }, { Output: 'x'.repeat(10_000) }] },
  },
  Config: {
    Image: 'nginx:1',
    Labels: { ...containerLabels(creation()), 'com.docker.compose.depends_on': 'db:service_started:false' },
  },
  HostConfig: { NetworkMode: `container:${other}`, IpcMode: 'private', VolumesFrom: [`${other}:ro`] },
  NetworkSettings: {
    Networks: { shop_default: { NetworkID: 'n1', IPAddress: '10.0.0.2' } },
    Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '53/udp': null },
  },
  Mounts: [
    { Type: 'volume', Name: 'shop_data', Source: '/var/lib/docker/volumes/shop_data/_data', Destination: '/data' },
    { Type: 'bind', Source: '/srv', Destination: '/srv' },
  ],
};

const answers: Answer = ({ path }, response) => {
  const [, route = ''] = /^\/v1\.45(.*)$/.exec(path) ?? [];
  const known: Record<string, unknown> = {
    '/info': {},
    '/containers/json': [{ Id: id }, { Id: other }],
    [`/containers/${id}/json`]: inspected,
    '/networks': [
      { Id: 'n1', Name: 'shop_default', Labels: { 'com.docker.compose.project': 'shop' } },
      { Id: 'n2', Name: 'wanted', Labels: null },
      { Id: 'n3', Name: 'bridge', Labels: {} },
    ],
    '/networks/n1': {
      Id: 'n1',
      Name: 'shop_default',
      Driver: 'bridge',
      Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.network': 'default' },
      Containers: { [id]: {}, 'lb-shop_default': {} },
    },
    '/networks/n2': { Id: 'n2', Name: 'wanted', Driver: 'overlay' },
    '/volumes': { Volumes: null },
  };
  return known[route] ?? refuse(response, 404, 'no such thing');
};

test('a container is read in our words', async () => {
  await withFakeEngine(answers, async (engine) => {
    const { spec: recorded, labels, ...container } = await engine.inspectContainer(containerId(id), soon());
    expect(container).toEqual({
      id,
      name: 'shop-web-1',
      service: 'web',
      slot: 1,
      isOneOff: false,
      state: 'exited',
      health: 'unhealthy',
      healthOutput: 'x'.repeat(4096),
      exitCode: 137,
      wasOutOfMemory: true,
      restartCount: 2,
      startedAt: '2026-11-21T09:30:01Z',
      createdAt: '2026-11-21T09:30:00.1Z',
      finishedAt: '',
      image: 'nginx:1',
      imageId: 'sha256:abc',
      command: 'nginx -g daemon off;',
      dependsOn: ['db'],
      networks: [{ name: 'shop_default', id: 'n1', address: '10.0.0.2' }],
      mounts: [
        { type: 'volume', volume: 'shop_data', source: '/var/lib/docker/volumes/shop_data/_data', target: '/data' },
        { type: 'bind', volume: '', source: '/srv', target: '/srv' },
      ],
      joins: [other],
      ports: [
        { hostIp: '0.0.0.0', published: 8080, target: 80, protocol: 'tcp' },
        { hostIp: '', published: 0, target: 53, protocol: 'udp' },
      ],
    });
    expect(recorded).toEqual(JSON.parse(JSON.stringify(spec())));
    expect(new Map(labels).get('com.docker.compose.project')).toBe('shop');
  });
});

test('a container that goes between the list and the look is not there', async () => {
  await withFakeEngine(answers, async (engine) => {
    expect((await engine.observe(nothing, soon())).containers.map((container) => container.id)).toEqual([id]);
  });
});

test('networks of the stack come with those that were asked for by name, and no others', async () => {
  await withFakeEngine(answers, async (engine) => {
    const { networks } = await engine.observe({ ...nothing, networks: ['wanted', 'missing'] }, soon());
    expect(networks).toMatchObject([
      { id: 'n1', name: 'shop_default', key: 'default', endpoints: [id] },
      { id: 'n2', name: 'wanted', key: undefined, driver: 'overlay', endpoints: [] },
    ]);
  });
});

test('a name that is the beginning of another container’s id is not taken', async () => {
  const byPrefix: Answer = (asked, response) =>
    asked.path.endsWith('/containers/c0ffee/json') ? inspected : answers(asked, response);
  await withFakeEngine(byPrefix, async (engine) => {
    const { foreignContainerNames } = await engine.observe({ ...nothing, containerNames: ['c0ffee'] }, soon());
    expect(foreignContainerNames).toEqual([]);
  });
});

test('hundreds of names make no long URL, and names of our own no question', async () => {
  const containerNames = ['shop-web-1', ...Array.from({ length: 300 }, (_, index) => `shop-service-${index}-1`)];
  const networks = containerNames.map((name) => `${name}-network`);
  await withFakeEngine(answers, async (engine, { asked }) => {
    await engine.observe({ ...nothing, containerNames, networks }, soon());
    expect(asked.filter(({ path }) => path.endsWith('/shop-web-1/json'))).toEqual([]);
  });
});

test('questions are asked eight at a time', async () => {
  let open = 0;
  let most = 0;
  const counting: Answer = async (asked, response) => {
    most = Math.max(most, ++open);
    await new Promise((wake) => setTimeout(wake, 5));
    open--;
    return answers(asked, response);
  };
  const images = Array.from({ length: 40 }, (_, index) => `image-${index}`);
  await withFakeEngine(counting, async (engine) => {
    await engine.observe({ ...nothing, images }, soon());
  });
  expect(most).toBeGreaterThan(4);
  expect(most).toBeLessThan(20);
});

test('a failing question ends the observation, and asks no more', async () => {
  const images = Array.from({ length: 100 }, (_, index) => `image-${index}`);
  const failing: Answer = async (asked, response) => {
    if (asked.path.endsWith('/images/image-0/json')) return refuse(response, 500, 'broken');
    await new Promise((wake) => setTimeout(wake, 5));
    return answers(asked, response);
  };
  await withFakeEngine(failing, async (engine, { asked }) => {
    await expect(engine.observe({ ...nothing, images }, soon())).rejects.toMatchObject({ code: 'rejected' });
    await new Promise((wake) => setTimeout(wake, 100));
    expect(asked.filter(({ path }) => path.includes('/images/')).length).toBeLessThan(20);
  });
});
