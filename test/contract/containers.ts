import { expect, test } from 'vitest';

import { containerId } from '../../src/model/id.ts';
import { port, volumeMount } from '../support/builders.ts';
import { attach, codeOf, type Fixture, image, isIn, programSpec, programs, soon } from './fixture.ts';

const nobody = containerId('0123456789abcdef'.repeat(4));

/** What the port promises of containers. */
export function describeContainers(open: () => Fixture): void {
  test('a container that is created does not run, and tells what it was created from', async () => {
    const fixture = open();
    const spec = programSpec({ environment: [['A', 'b']] });
    const id = await fixture.create({ spec, dependsOn: [], service: 'api', slot: 7 });
    const made = await fixture.inspect(id);
    expect(made).toMatchObject({ id, name: fixture.name('web-1'), state: 'created', service: 'api', slot: 7, image });
    expect(made.spec).toEqual(JSON.parse(JSON.stringify(spec)));
    expect(made.startedAt).toBe('');
  });

  test('a container tells the version before it, word by word, or that it went back', async () => {
    const { create, inspect, observe, name } = open();
    const { imageId } = await inspect(await create());
    const before = { spec: programSpec({ environment: [['VERSION', 'a "b" \\ $c ü']] }), imageId };
    const second = await create({ name: name('web-2'), slot: 2, previous: before });
    const third = await create({ name: name('web-3'), slot: 3, previous: 'went-back' });
    expect((await inspect(second)).previous).toEqual(JSON.parse(JSON.stringify(before)));
    expect((await inspect(third)).previous).toBe('went-back');
    const seen = (await observe()).containers.map(({ slot, previous }) => [slot, previous]);
    expect(new Map(seen as [number, unknown][])).toEqual(
      new Map<number, unknown>([
        [1, undefined],
        [2, JSON.parse(JSON.stringify(before))],
        [3, 'went-back'],
      ]),
    );
  });

  test('a container can be made from the content of an image, whatever its reference means by now', async () => {
    const { create, inspect, name } = open();
    const { imageId } = await inspect(await create());
    const spec = programSpec({ image: 'stack-test/nothing:9' });
    const pinned = await create({ name: name('web-2'), spec, imageId, isPinned: true });
    expect((await inspect(pinned)).imageId).toBe(imageId);
    expect(await codeOf(create({ name: name('web-3'), spec, imageId }))).toBe('not-found');
  });

  test('a name has one holder', async () => {
    const { create } = open();
    await create();
    expect(await codeOf(create())).toBe('conflict');
  });

  test('of many that ask for a name at once, one gets it', async () => {
    const { create } = open();
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(create())));
    expect(codes.toSorted()).toEqual([...Array.from({ length: 19 }, () => 'conflict'), 'success']);
  });

  test('an image that is not there is not found', async () => {
    const { create } = open();
    expect(await codeOf(create({ spec: programSpec({ image: 'stack-test/nothing:9' }) }))).toBe('not-found');
  });

  test('a name of one letter is refused', async () => {
    expect(await codeOf(open().create({ name: 'x' }))).toBe('rejected');
  });

  test('writing down what a container is changes nothing, whether or not it runs', async () => {
    const { engine, create, run, inspect, name } = open();
    const restart = { condition: 'on-failure', maxAttempts: 3 } as const;
    for (const id of [await run({ restart }), await create({ name: name('web-2'), spec: programSpec({ restart }) })]) {
      const before = await inspect(id);
      await engine.probeContainer(id, soon());
      expect(await inspect(id)).toEqual(before);
    }
  });

  test('a container that is not there cannot be written down', async () => {
    const { engine, create } = open();
    const id = await create();
    await engine.removeContainer(id, false, soon());
    expect(await codeOf(engine.probeContainer(id, soon()))).toBe('not-found');
  });

  test('starting what runs is success', async () => {
    const { engine, run, inspect } = open();
    const id = await run();
    await engine.startContainer(id, soon());
    expect(await inspect(id)).toMatchObject({ state: 'running', health: 'none', exitCode: 0 });
  });

  test('stopping what is stopped is success', async () => {
    const { engine, run, inspect } = open();
    const id = await run();
    await engine.stopContainer(id, 0, soon());
    await engine.stopContainer(id, 0, soon());
    expect((await inspect(id)).state).toBe('exited');
  });

  test('killing ends the program at once, and what does not run is success', async () => {
    const { engine, run, inspect } = open();
    const id = await run({ restart: { condition: 'always', maxAttempts: undefined } });
    await engine.killContainer(id, soon());
    await engine.killContainer(id, soon());
    expect(await inspect(id)).toMatchObject({ state: 'exited', exitCode: 137, restartCount: 0 });
  });

  test('stopping what never started is success', async () => {
    const { engine, create, inspect } = open();
    const id = await create();
    await engine.stopContainer(id, 0, soon());
    expect((await inspect(id)).state).toBe('created');
  });

  test('what is stopped can be started again', async () => {
    const { engine, run, inspect } = open();
    const id = await run();
    await engine.stopContainer(id, 0, soon());
    await engine.startContainer(id, soon());
    expect((await inspect(id)).state).toBe('running');
  });

  test('restarting begins anew, also what is stopped', async () => {
    const { engine, run, inspect } = open();
    const id = await run();
    const before = await inspect(id);
    await engine.restartContainer(id, 0, soon());
    const after = await inspect(id);
    expect(after.state).toBe('running');
    expect(after.startedAt > before.startedAt).toBe(true);
    await engine.stopContainer(id, 0, soon());
    await engine.restartContainer(id, 0, soon());
    expect((await inspect(id)).state).toBe('running');
  });

  test('unpausing what is not paused is refused', async () => {
    const { engine, run } = open();
    expect(await codeOf(engine.unpauseContainer(await run(), soon()))).toBe('rejected');
  });

  test.each([
    ['inspecting', (fixture: Fixture) => fixture.inspect(nobody)],
    ['starting', ({ engine }: Fixture) => engine.startContainer(nobody, soon())],
    ['stopping', ({ engine }: Fixture) => engine.stopContainer(nobody, 0, soon())],
    ['restarting', ({ engine }: Fixture) => engine.restartContainer(nobody, 0, soon())],
    ['unpausing', ({ engine }: Fixture) => engine.unpauseContainer(nobody, soon())],
    ['renaming', ({ engine, name }: Fixture) => engine.renameContainer(nobody, name('x'), soon())],
    ['writing files into', ({ engine }: Fixture) => engine.writeFiles(nobody, [], soon())],
  ])('%s a container that is not there is not found', async (_what, act) => {
    expect(await codeOf(act(open()))).toBe('not-found');
  });

  test('removing a container that is not there is success', async () => {
    await open().engine.removeContainer(nobody, false, soon());
  });

  test('what runs is not removed', async () => {
    const { engine, run, inspect } = open();
    const id = await run();
    expect(await codeOf(engine.removeContainer(id, false, soon()))).toBe('conflict');
    expect((await inspect(id)).state).toBe('running');
  });

  test('removing by an id that is gone leaves whoever has the name since', async () => {
    const { engine, create, inspect } = open();
    const first = await create();
    await engine.removeContainer(first, false, soon());
    const second = await create();
    await engine.removeContainer(first, false, soon());
    expect((await inspect(second)).state).toBe('created');
  });

  test('renaming gives the old name free', async () => {
    const { engine, create, inspect, name } = open();
    const first = await create();
    await engine.renameContainer(first, name('old'), soon());
    const second = await create();
    expect((await inspect(first)).name).toBe(name('old'));
    expect((await inspect(second)).name).toBe(name('web-1'));
  });

  test('renaming to the name that it has is success', async () => {
    const { engine, create, name } = open();
    await engine.renameContainer(await create(), name('web-1'), soon());
  });

  test('renaming to a name that is taken is a conflict, and changes nothing', async () => {
    const { engine, create, inspect, name } = open();
    await create();
    const second = await create({ name: name('web-2') });
    expect(await codeOf(engine.renameContainer(second, name('web-1'), soon()))).toBe('conflict');
    expect((await inspect(second)).name).toBe(name('web-2'));
  });

  test('the name of a container that was removed is free', async () => {
    const { engine, create, inspect, name } = open();
    const first = await create();
    const second = await create({ name: name('web-2') });
    await engine.removeContainer(first, false, soon());
    await engine.renameContainer(second, name('web-1'), soon());
    expect((await inspect(second)).name).toBe(name('web-1'));
  });

  test('of two renames to one name at once one wins', async () => {
    const { engine, create, observe, name } = open();
    const ids = [await create({ name: name('web-2') }), await create({ name: name('web-3') })];
    const codes = await Promise.all(ids.map((id) => codeOf(engine.renameContainer(id, name('web-1'), soon()))));
    expect(codes.toSorted()).toEqual(['conflict', 'success']);
    expect((await observe()).containers.filter((it) => it.name === name('web-1'))).toHaveLength(1);
  });

  test('what runs can be renamed', async () => {
    const { engine, run, inspect, name } = open();
    const id = await run();
    await engine.renameContainer(id, name('other'), soon());
    expect(await inspect(id)).toMatchObject({ name: name('other'), state: 'running' });
  });

  test('a program that is not there is refused at the start, and the container stays created', async () => {
    const { engine, create, inspect } = open();
    const id = await create({ spec: programSpec({ command: programs.missing }) });
    expect(await codeOf(engine.startContainer(id, soon()))).toBe('rejected');
    expect(await inspect(id)).toMatchObject({ state: 'created', exitCode: 127 });
  });

  test('a program that fails at once is started all the same', async () => {
    const { run, until } = open();
    const id = await run({ command: programs.fails });
    expect(await until(id, isIn('exited'))).toMatchObject({ exitCode: 3, restartCount: 0 });
  });

  test('a program that fails is started again as often as its policy says', async () => {
    const { run, until } = open();
    const id = await run({ command: programs.fails, restart: { condition: 'on-failure', maxAttempts: 2 } });
    const ended = await until(id, ({ state, restartCount }) => state === 'exited' && restartCount === 2);
    expect(ended.exitCode).toBe(3);
  });

  test('a port has one holder, and who comes second is refused at the start', async () => {
    const fixture = open();
    const { engine, run, create, inspect, name } = fixture;
    const network = attach(fixture, { default: await fixture.createNetwork('default') });
    const spec = programSpec({ ports: [port(20_000 + Math.floor(Math.random() * 10_000))] });
    const first = await run(spec, { network });
    const second = await create({ name: name('web-2'), spec, network });
    expect(await codeOf(engine.startContainer(second, soon()))).toBe('rejected');
    expect(await inspect(second)).toMatchObject({ state: 'created', exitCode: 128 });
    await engine.stopContainer(first, 0, soon());
    await engine.startContainer(second, soon());
    expect((await inspect(second)).state).toBe('running');
  });

  test('a healthcheck that passes makes it healthy', async () => {
    const { run, until } = open();
    const id = await run({ healthcheck: probe('true') });
    expect((await until(id, ({ health }) => health !== 'starting')).health).toBe('healthy');
  });

  test('a healthcheck that fails makes it unhealthy', async () => {
    const { run, until } = open();
    const id = await run({ healthcheck: probe('false') });
    expect((await until(id, ({ health }) => health !== 'starting')).health).toBe('unhealthy');
  });

  test('what lends its network must run', async () => {
    const { engine, create, name } = open();
    const lender = await create();
    const guest = await create({
      name: name('guest-1'),
      network: { kind: 'container', container: { from: 'observed', id: lender } },
    });
    expect(await codeOf(engine.startContainer(guest, soon()))).toBe('conflict');
    await engine.startContainer(lender, soon());
    await engine.startContainer(guest, soon());
  });

  test('a container tells whose network and volumes it shares', async () => {
    const { create, inspect, name } = open();
    const lender = await create({ spec: programSpec({ volumes: [volumeMount(undefined)] }) });
    const guest = await create({
      name: name('guest-1'),
      network: { kind: 'container', container: { from: 'observed', id: lender } },
      spec: programSpec({ volumesFrom: [{ from: 'service', name: 'web', readOnly: false }] }),
      containers: [['web', { from: 'observed', id: lender }]],
    });
    expect((await inspect(guest)).joins).toEqual([lender]);
  });
}

const probe = (program: string) =>
  ({
    kind: 'command',
    test: ['CMD', program],
    intervalMs: 200,
    timeoutMs: 1000,
    retries: 1,
    startPeriodMs: undefined,
    startIntervalMs: undefined,
  }) as const;
