import { expect, test } from 'vitest';

import { networkId } from '../../src/model/id.ts';
import { attachment, volumeMount } from '../support/builders.ts';
import { attach, codeOf, type Fixture, programSpec, soon } from './fixture.ts';

/** What the port promises of networks and volumes. */
export function describeResources(open: () => Fixture): void {
  describeNetworks(open);
  describeVolumes(open);
}

function describeNetworks(open: () => Fixture): void {
  test('a network is observed by its key, with what it was created from', async () => {
    const { createNetwork, observe, project } = open();
    const id = await createNetwork('front', { labels: [['a', 'b']] });
    const { networks } = await observe();
    expect(networks).toMatchObject([
      { id, key: 'front', name: `${project.name}_front`, driver: 'bridge', endpoints: [] },
    ]);
    expect(networks[0]?.spec?.labels).toEqual([['a', 'b']]);
  });

  test('a second network of one name is a conflict from API 1.44 on, and exists beside the first below', async () => {
    const { engine, createNetwork, observe } = open();
    await createNetwork('front');
    const isUnique = (await engine.info(soon())).createsWithManyNetworks;
    // Asked for twice at once, so that the check that older engines make has seen neither.
    const codes = await Promise.all(Array.from({ length: 5 }, () => codeOf(createNetwork('back'))));
    expect(codes.filter((code) => code === 'success').length === 1).toBe(isUnique);
    expect(codes.filter((code) => code !== 'success').every((code) => code === 'conflict')).toBe(true);
    expect((await observe()).networks.length > 2).toBe(!isUnique);
  });

  test('two networks of one subnet are refused', async () => {
    const { createNetwork } = open();
    const subnet = `10.${200 + Math.floor(Math.random() * 50)}.${Math.floor(Math.random() * 250)}.0/24`;
    const ipam = {
      driver: undefined,
      options: [],
      config: [{ subnet, ipRange: undefined, gateway: undefined, auxAddresses: [] }],
    };
    await createNetwork('front', { ipam });
    expect(await codeOf(createNetwork('back', { ipam }))).toBe('rejected');
  });

  test('a network is not removed while a container runs in it', async () => {
    const fixture = open();
    const id = await fixture.createNetwork('default');
    const container = await fixture.run({}, { network: attach(fixture, { default: id }) });
    expect(await codeOf(fixture.engine.removeNetwork(id, soon()))).toBe('conflict');
    expect((await fixture.observe()).networks).toMatchObject([{ id, endpoints: [container] }]);
  });

  test('a network is removed from under a stopped container, which then cannot start', async () => {
    const fixture = open();
    const { engine } = fixture;
    const id = await fixture.createNetwork('default');
    const container = await fixture.run({}, { network: attach(fixture, { default: id }) });
    await engine.stopContainer(container, 0, soon());
    await engine.removeNetwork(id, soon());
    expect(await codeOf(engine.startContainer(container, soon()))).toBe('not-found');
  });

  test('a container is connected to the network of that id, whatever else has its name', async () => {
    const fixture = open();
    const { engine, createNetwork, observe, create, inspect } = fixture;
    // Older engines may make several of one name when they are asked at once.
    await Promise.all(Array.from({ length: 5 }, () => codeOf(createNetwork('default'))));
    const ids = (await observe()).networks.map(({ id }) => id);
    for (const [index, id] of ids.entries()) {
      const made = await create({ name: fixture.name(`web-${index + 1}`), network: attach(fixture, { default: id }) });
      await engine.startContainer(made, soon());
      expect((await inspect(made)).networks.map((network) => network.id)).toEqual([id]);
    }
  });

  test('removing a network that is not there is success', async () => {
    await open().engine.removeNetwork(networkId('0123456789abcdef'.repeat(4)), soon());
  });

  test('a container is created in every network from API 1.44 on, and in the first below', async () => {
    const fixture = open();
    const networks = { front: await fixture.createNetwork('front'), back: await fixture.createNetwork('back') };
    const id = await fixture.create({ network: attach(fixture, networks) });
    const takesMany = (await fixture.engine.info(soon())).createsWithManyNetworks;
    const names = (await fixture.inspect(id)).networks.map(({ name }) => name);
    const expected = takesMany ? ['back', 'front'] : ['front'];
    expect(names.toSorted()).toEqual(expected.map((key) => `${fixture.project.name}_${key}`));
  });

  test('a container is connected to one more network before it starts, and while it runs', async () => {
    const fixture = open();
    const { engine } = fixture;
    const front = await fixture.createNetwork('front');
    const back = await fixture.createNetwork('back');
    const third = await fixture.createNetwork('third');
    const container = await fixture.create({ network: attach(fixture, { front }) });
    const connect = (key: string, network: typeof front): Promise<void> =>
      engine.connectNetwork({ network, container, attachment: attachment(key), aliases: ['web'] }, soon());
    await connect('back', back);
    await engine.startContainer(container, soon());
    await connect('third', third);
    const { networks } = await fixture.inspect(container);
    expect(new Set(networks.map(({ id }) => id))).toEqual(new Set([front, back, third]));
    expect(networks.every(({ address }) => address !== '')).toBe(true);
  });

  test('the second connection of a running container to a network is refused', async () => {
    const fixture = open();
    const front = await fixture.createNetwork('front');
    const container = await fixture.run({}, { network: attach(fixture, { front }) });
    const again = { network: front, container, attachment: attachment('front'), aliases: [] };
    expect(await codeOf(fixture.engine.connectNetwork(again, soon()))).toBe('rejected');
  });

  test('connecting what runs to a network that is not there is not found', async () => {
    const fixture = open();
    const front = await fixture.createNetwork('front');
    const container = await fixture.run({}, { network: attach(fixture, { front }) });
    const network = networkId('0123456789abcdef'.repeat(4));
    const connection = { network, container, attachment: attachment('x'), aliases: [] };
    expect(await codeOf(fixture.engine.connectNetwork(connection, soon()))).toBe('not-found');
  });
}

function describeVolumes(open: () => Fixture): void {
  const mounted = { spec: programSpec({ volumes: [volumeMount('data')] }) };

  test('a volume is observed by its key, with what it was created from', async () => {
    const { createVolume, observe } = open();
    const name = await createVolume('data');
    const { volumes } = await observe();
    expect(volumes).toMatchObject([{ name, key: 'data', driver: 'local' }]);
    expect(volumes[0]?.spec?.labels).toEqual([]);
  });

  test('creating a volume that is there finds it, and changes nothing about it', async () => {
    const { engine, createVolume, observe, project } = open();
    const name = await createVolume('data');
    const other = { driver: undefined, driverOpts: [], labels: [['a', 'b']] } as const;
    await engine.createVolume(project, { key: 'data', name, external: false, spec: other }, soon());
    expect((await observe()).volumes[0]?.spec?.labels).toEqual([]);
  });

  test('a volume is not removed while a container has it, even one that never started', async () => {
    const { engine, create, createVolume, observe } = open();
    const name = await createVolume('data');
    const id = await create({ ...mounted, volumeNames: [['data', name]] });
    expect(await codeOf(engine.removeVolume(name, soon()))).toBe('conflict');
    await engine.removeContainer(id, true, soon());
    expect((await observe()).volumes).toHaveLength(1);
    await engine.removeVolume(name, soon());
    expect((await observe()).volumes).toEqual([]);
  });

  test('removing a volume that is not there is success', async () => {
    const { engine, name } = open();
    await engine.removeVolume(name('nothing'), soon());
  });

  test.each([
    ['goes with its container when that is asked for', true, []],
    ['stays behind otherwise', false, ['volume']],
  ] as const)('an anonymous volume %s', async (_what, removesVolumes, left) => {
    const { engine, create, inspect, observe } = open();
    const id = await create({ spec: programSpec({ volumes: [volumeMount(undefined)] }) });
    const volume = (await inspect(id)).mounts[0]?.volume ?? '';
    expect(volume).not.toBe('');
    await engine.removeContainer(id, removesVolumes, soon());
    const { volumes } = await observe({ volumes: [volume] });
    expect(volumes.map(({ name }) => (name === volume ? 'volume' : name))).toEqual(left);
    await engine.removeVolume(volume, soon());
  });

  test('an anonymous volume that was taken over survives the container before', async () => {
    const { engine, create, inspect, name } = open();
    const anonymous = { spec: programSpec({ volumes: [volumeMount(undefined)] }) };
    const first = await create(anonymous);
    const volume = (await inspect(first)).mounts[0]?.volume ?? '';
    const second = await create({ ...anonymous, name: name('web-2'), inheritedVolumes: [['/data', volume]] });
    await engine.removeContainer(first, true, soon());
    await engine.startContainer(second, soon());
    expect((await inspect(second)).mounts.map((mount) => mount.volume)).toEqual([volume]);
  });
}
