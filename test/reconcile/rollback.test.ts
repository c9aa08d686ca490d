import { describe, expect, test } from 'vitest';

import type { ContainerSpec, FileMount } from '../../src/model/container.ts';
import type { Desired, UpdatePolicy } from '../../src/model/desired.ts';
import { desired, rollback, service, up, updatePolicy } from '../support/builders.ts';
import { virtualClock } from '../support/clock.ts';
import { type MemoryEngine, type MemoryEngineOptions, memoryEngine } from '../support/memory-engine.ts';
import type { MemoryWorld } from '../support/memory-world.ts';
import { type Run, run } from '../support/run.ts';

const engineOf = (behave: NonNullable<MemoryEngineOptions['behave']> = () => ({})): MemoryEngine =>
  memoryEngine({ clock: virtualClock(), images: ['nginx:1.27', 'mysql:9'], behave });

/** The second replica of version 2 ends at once. */
const secondFails: NonNullable<MemoryEngineOptions['behave']> = (spec, slot) =>
  versionIn(spec) === '2' && slot === 2 ? { exitsAfterMs: 100, exitCode: 3 } : {};

const versionIn = ({ environment }: ContainerSpec): string | undefined => new Map(environment).get('VERSION');

const three = (version: string, update: Partial<UpdatePolicy> = {}): Desired =>
  desired([service({ replicas: 3, update: updatePolicy(update), container: { environment: [['VERSION', version]] } })]);

const versions = ({ containers }: MemoryWorld): readonly string[] =>
  [...containers.values()]
    .map(({ name, creation, state }) => `${name} ${versionIn(creation.spec) ?? ''} ${state}`)
    .toSorted();

async function apply(
  { connect }: MemoryEngine,
  wanted: Desired,
  request = up() as Parameters<typeof run>[0]['request'],
): Promise<Run> {
  return run({ desired: wanted, request, connections: [connect()] });
}

describe('an update of three replicas of which the second fails', () => {
  test.each([
    ['rolls back the first one', {}, ['1', '1', '1']],
    ['leaves all as they are with pause', { failureAction: 'pause' }, ['2', '1', '1']],
    ['goes on with the third one with continue', { failureAction: 'continue' }, ['2', '1', '2']],
    ['goes on where the ratio allows the failure', { maxFailureRatio: 0.34 }, ['2', '1', '2']],
    ['rolls back where the ratio does not allow it', { maxFailureRatio: 0.3 }, ['1', '1', '1']],
  ] as const)('%s', async (_, update, expected) => {
    const memory = engineOf(secondFails);
    await apply(memory, three('1'));
    const { outcome } = await apply(memory, three('2', update));

    expect(outcome).toMatchObject({
      kind: 'failed',
      failures: [{ message: expect.stringContaining('exited with code 3') }],
    });
    expect(versions(memory.world)).toEqual(expected.map((version, index) => `app-web-${index + 1} ${version} running`));
  });

  test('does not touch replicas that were of the new version before the update', async () => {
    const memory = engineOf((spec, slot) => (versionIn(spec) === '2' && slot === 3 ? { exitsAfterMs: 100 } : {}));
    const two = desired([service({ replicas: 2, container: { environment: [['VERSION', '2']] } })]);
    await apply(memory, two);
    await apply(memory, three('2'));

    expect(versions(memory.world).slice(0, 2)).toEqual(['app-web-1 2 running', 'app-web-2 2 running']);
  });
});

describe('the pace of an update', () => {
  test('the next replica is updated when the delay has passed', async () => {
    const memory = engineOf();
    await apply(memory, three('1'));
    const { events } = await apply(memory, three('2', { delayMs: 30_000 }));
    const created = events.flatMap((event) =>
      event.type === 'step-started' && event.step.operation.kind === 'create-container' ? event.atMs : [],
    );

    expect(created).toHaveLength(3);
    expect((created[1] ?? 0) - (created[0] ?? 0)).toBeGreaterThan(30_000);
    expect((created[2] ?? 0) - (created[1] ?? 0)).toBeGreaterThan(30_000);
  });

  test('a replica that ends while it is watched has failed, and one that ends later has not', async () => {
    const dies = { behave: (spec: ContainerSpec) => (versionIn(spec) === '2' ? { exitsAfterMs: 9000 } : {}) };
    const kinds: string[] = [];
    for (const monitorMs of [10_000, 5000]) {
      const memory = engineOf(dies.behave);
      await apply(memory, three('1'));
      kinds.push((await apply(memory, three('2', { monitorMs, parallelism: 0 }))).outcome.kind);
    }

    expect(kinds).toEqual(['failed', 'converged']);
  });
});

describe('rollback', () => {
  test('goes back to the version before, and a second one changes nothing', async () => {
    const memory = engineOf();
    await apply(memory, three('1'));
    await apply(memory, three('2'));
    const { outcome } = await apply(memory, three('2'), rollback());
    const again = await apply(memory, three('2'), rollback());

    expect(outcome).toMatchObject({ kind: 'converged', notices: [] });
    expect(versions(memory.world)).toEqual(['app-web-1 1 running', 'app-web-2 1 running', 'app-web-3 1 running']);
    expect(again.outcome).toMatchObject({ kind: 'converged', changes: 0, notices: [{ code: 'nothing-to-roll-back' }] });
  });

  test('after a partial update it takes back what was updated, and nothing else', async () => {
    const memory = engineOf(secondFails);
    await apply(memory, three('0'));
    await apply(memory, three('1'));
    await apply(memory, three('2', { failureAction: 'pause' }));
    await apply(memory, three('2'), rollback());

    expect(versions(memory.world)).toEqual(['app-web-1 1 running', 'app-web-2 1 running', 'app-web-3 1 running']);
  });

  test('runs the content that the image had, although its name means another by now', async () => {
    const memory = engineOf();
    const before = memory.world.images.get('nginx:1.27');
    await apply(memory, three('1'));
    const other = memory.world.images.get('mysql:9');
    if (before === undefined || other === undefined) throw new Error('the images are there');
    memory.world.images.set('nginx:1.27', other);
    memory.world.images.set('old', before);
    await apply(memory, three('1'));
    await apply(memory, three('1'), rollback());

    expect([...memory.world.containers.values()].map(({ imageId }) => imageId)).toEqual([
      before.id,
      before.id,
      before.id,
    ]);
  });

  test('is refused where a secret has another content by now', async () => {
    const memory = engineOf();
    const withSecret = (digest: string): Desired => {
      const file: FileMount = {
        kind: 'secret',
        source: 'key',
        target: '/run/secrets/key',
        delivery: 'copy',
        path: undefined,
        digest,
        uid: 0,
        gid: 0,
        mode: 0o400,
      };
      return desired([service({ container: { files: [file] } })], {
        contents: new Map([[digest, Buffer.from(digest)]]),
      });
    };
    await apply(memory, withSecret('a'));
    await apply(memory, withSecret('b'));
    const { outcome } = await apply(memory, withSecret('b'), rollback());

    expect(outcome).toMatchObject({
      kind: 'refused',
      refusals: [{ code: 'rollback-impossible', message: expect.stringContaining('the content that secret key had') }],
    });
  });

  test('names the version before as the reason', async () => {
    const memory = engineOf();
    await apply(memory, three('1'));
    await apply(memory, three('2'));
    const { plans } = await apply(memory, three('2'), rollback());

    expect(plans[0]?.steps[0]?.operation.reasons).toEqual([
      'a rollback was asked for',
      'environment.VERSION: "2" → "1"',
    ]);
  });
});
