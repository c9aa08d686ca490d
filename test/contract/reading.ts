import { expect, test } from 'vitest';

import type { ContainerSpec } from '../../src/model/container.ts';
import { build, port } from '../support/builders.ts';
import { codeOf, eventsUntil, type Fixture, image, openFixture, programSpec, programs, soon } from './fixture.ts';

const everything = { follow: false, tail: undefined, since: undefined, until: undefined };

/** What the port promises of looking: observation, lists, output, events, images. */
export function describeReading(open: () => Fixture): void {
  test('the engine tells what it is', async () => {
    const info = await open().engine.info(soon());
    expect(info.version).toMatch(/^\d+\.\d+/);
    expect(info.apiVersion).toMatch(/^1\.\d+$/);
    expect(info).toMatchObject({ os: 'linux' });
    expect(info.cpus).toBeGreaterThan(0);
  });

  test('a stack sees its own containers, one-off ones marked, and no others', async () => {
    const fixture = open();
    const other = openFixture(fixture.engine);
    try {
      const own = await fixture.create();
      const oneOff = await fixture.create({ name: fixture.name('run'), isOneOff: true });
      await other.create();
      const { containers } = await fixture.observe();
      expect(new Map(containers.map(({ id, isOneOff }) => [id, isOneOff]))).toEqual(
        new Map([
          [own, false],
          [oneOff, true],
        ]),
      );
    } finally {
      await other.clear();
    }
  });

  test('a stack sees what of others stands in the way of its names', async () => {
    const fixture = open();
    const other = openFixture(fixture.engine);
    try {
      await other.create();
      const network = await other.createNetwork('default');
      const volume = await other.createVolume('data');
      const query = {
        containerNames: [other.name('web-1'), other.name('web-2')],
        networks: [`${other.project.name}_default`, 'no-such-network'],
        volumes: [volume, 'no-such-volume'],
      };
      const observed = await fixture.observe(query);
      expect(observed.containers).toEqual([]);
      expect(observed.foreignContainerNames).toEqual([other.name('web-1')]);
      expect(observed.networks).toMatchObject([{ id: network, key: undefined }]);
      expect(observed.volumes).toMatchObject([{ name: volume, key: undefined }]);
    } finally {
      await other.clear();
    }
  });

  test('a stack sees which ports others hold, while they run, and by whom', async () => {
    const fixture = open();
    const other = openFixture(fixture.engine);
    const others = async (): Promise<readonly unknown[]> =>
      (await fixture.observe({ wantsOthers: true })).others?.ports.filter(
        ({ container }) => container === other.name('web-1'),
      ) ?? [];
    try {
      const published = { ...port(undefined, 80), hostIp: '127.0.0.1' };
      const network: Partial<ContainerSpec> = { network: { kind: 'engine', mode: 'bridge' }, ports: [published] };
      const id = await other.run(network, { network: { kind: 'engine', mode: 'bridge' } });
      const [bound] = (await other.inspect(id)).ports;
      expect(bound?.published).toBeGreaterThan(0);
      expect(await others()).toEqual([{ ...bound, container: other.name('web-1') }]);
      expect((await other.observe({ wantsOthers: true })).others?.ports).not.toContainEqual(
        expect.objectContaining({ container: other.name('web-1') }),
      );
      await other.engine.stopContainer(id, 0, soon());
      await expect.poll(others, { timeout: 10_000 }).toEqual([]);
    } finally {
      await other.clear();
    }
  });

  test('what others hold is not told unasked', async () => {
    expect((await open().observe()).others).toBeUndefined();
  });

  test('images are found by the reference that was asked', async () => {
    const { images } = await open().observe({ images: [image, 'stack-test/nothing:9'] });
    expect([...images.keys()]).toEqual([image]);
    expect(images.get(image)).toMatchObject({ volumes: [], hasHealthcheck: false });
    expect(images.get(image)?.id).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('a container’s image is the one that its reference meant', async () => {
    const { create, inspect, observe } = open();
    const { imageId } = await inspect(await create());
    expect((await observe({ images: [image] })).images.get(image)?.id).toBe(imageId);
  });

  test('stacks are listed with how many containers are in which state, one-off ones left out', async () => {
    const { engine, project, run, create, name } = open();
    await run();
    await create({ name: name('web-2') });
    await create({ name: name('run'), isOneOff: true });
    const found = (await engine.listStacks(soon())).find((stack) => stack.name === project.name);
    expect(found?.states).toEqual(
      new Map([
        ['running', 1],
        ['created', 1],
      ]),
    );
    expect(found?.configFiles).toEqual(['/srv/stack.yaml']);
  });

  test('output comes line by line', async () => {
    const { engine, run, until } = open();
    const id = await run({ command: programs.speaks });
    await until(id, ({ startedAt }) => startedAt !== '');
    const texts = async (tail: number | undefined): Promise<readonly string[]> => {
      const lines: string[] = [];
      for await (const { text, stream } of engine.logs(id, { ...everything, tail }, soon()))
        lines.push(`${stream} ${text}`);
      return lines;
    };
    await expect.poll(() => texts(undefined), { timeout: 10_000 }).toEqual(['stdout one', 'stdout two']);
    expect(await texts(1)).toEqual(['stdout two']);
  });

  test('output of a container that is not there is not found', async () => {
    const { engine, create } = open();
    const id = await create();
    await engine.removeContainer(id, false, soon());
    const reading = async (): Promise<void> => {
      for await (const _line of engine.logs(id, everything, soon()));
    };
    expect(await codeOf(reading())).toBe('not-found');
  });

  test('what happens to a stack’s containers is told in order', async () => {
    const { engine, project, create } = open();
    const stop = new AbortController();
    const following = eventsUntil(engine.events(project.name, stop.signal), 'destroy');
    following.catch(() => undefined);
    // The subscription has no answer of its own to wait for.
    await new Promise((wake) => setTimeout(wake, 500));
    const id = await create();
    await engine.startContainer(id, soon());
    await engine.stopContainer(id, 0, soon());
    await engine.removeContainer(id, false, soon());
    const actions = await following;
    stop.abort();
    const told = actions.filter((action) => ['create', 'start', 'die', 'destroy'].includes(action));
    // Docker 20.10 may tell of one death twice.
    expect(told.filter((action, index) => action !== told[index - 1])).toEqual(['create', 'start', 'die', 'destroy']);
  });

  test('an image is not removed while a container has it', async () => {
    const { engine, create, observe, name } = open();
    const reference = `${name('image')}:1`;
    const dockerfileInline = `FROM ${image}\nLABEL of=${name('image')}\n`;
    const work = { contents: new Map(), report: () => undefined, signal: soon() };
    await engine.buildImage(reference, build({ context: import.meta.dirname, dockerfileInline }), work);
    const built = (await observe({ images: [reference] })).images.get(reference);
    if (built === undefined) throw new Error('the image was not built');
    const id = await create({ spec: programSpec({ image: reference }) });
    expect(await codeOf(engine.removeImage(built.id, soon()))).toBe('conflict');
    await engine.removeContainer(id, false, soon());
    await engine.removeImage(built.id, soon());
    await engine.removeImage(built.id, soon());
    expect((await observe({ images: [reference] })).images.size).toBe(0);
  });

  test('an aborted signal asks for nothing', async () => {
    const { engine, create, inspect } = open();
    const id = await create();
    expect(await codeOf(engine.startContainer(id, AbortSignal.abort()))).toBe('aborted');
    expect((await inspect(id)).state).toBe('created');
  });
}
