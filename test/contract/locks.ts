import { describe, expect, test } from 'vitest';
import type { ContainerId } from '../../src/model/id.ts';
import type { LockOwner } from '../../src/model/lock.ts';
import { lockOwner } from '../support/locks.ts';
import { codeOf, type Fixture, soon } from './fixture.ts';

/** The lock of a stack: a name that one alone gets, a counter, and removal by id. */
export function describeLocks(open: () => Fixture): void {
  describe('locks', () => {
    test('of many who try at once one gets the lock, and the others are told of a conflict', async () => {
      const { engine, project } = open();
      const tries = Array.from({ length: 10 }, (_, index) =>
        engine.createLock(project.name, lockOwner({ run: String(index) }), soon()).then(
          () => 'taken',
          (cause: { readonly code: string }) => cause.code,
        ),
      );
      expect((await Promise.all(tries)).toSorted()).toEqual([...Array<string>(9).fill('conflict'), 'taken']);
      const held = await engine.readLock(project.name, soon());
      if (held === undefined) throw new Error('nobody has the lock');
      await engine.releaseLock(held.id, soon());
    });

    test('a lock tells its owner word by word, and how often it was beaten', async () => {
      const fixture = open();
      const owner = lockOwner({ user: 'änna "x" \\ $y', boot: 'b pid:[4026531836]', command: 'restart' });
      const id = await take(fixture, owner);
      expect(await read(fixture)).toEqual({ id, owner, beats: 0 });
      await fixture.engine.beatLock(id, 1, soon());
      await fixture.engine.beatLock(id, 7, soon());
      expect(await read(fixture)).toEqual({ id, owner, beats: 7 });
      await fixture.engine.releaseLock(id, soon());
      expect(await read(fixture)).toBeUndefined();
    });

    test('releasing by an id that is gone leaves alone who has the lock after', async () => {
      const fixture = open();
      const first = await take(fixture, lockOwner({ run: 'first' }));
      await fixture.engine.releaseLock(first, soon());
      const second = await take(fixture, lockOwner({ run: 'second' }));
      await fixture.engine.releaseLock(first, soon());
      expect(await codeOf(fixture.engine.beatLock(first, 1, soon()))).toBe('not-found');
      expect(await read(fixture)).toMatchObject({ id: second, owner: { run: 'second' }, beats: 0 });
      await fixture.engine.releaseLock(second, soon());
    });

    test('a lock is no part of the stack, and no stack of its own', async () => {
      const fixture = open();
      const id = await take(fixture, lockOwner());
      const name = `stack-lock-${fixture.project.name}`;
      const seen = await fixture.observe({ containerNames: [name] });
      expect([seen.containers, seen.foreignContainerNames]).toEqual([[], [name]]);
      const stacks = await fixture.engine.listStacks(soon());
      expect(stacks.filter((stack) => stack.name.includes(fixture.project.name))).toEqual([]);
      await fixture.engine.releaseLock(id, soon());
    });

    test('a container that stands where the lock belongs is a conflict, not a lock', async () => {
      const fixture = open();
      await fixture.create({ name: `stack-lock-${fixture.project.name}` });
      expect(await codeOf(fixture.engine.createLock(fixture.project.name, lockOwner(), soon()))).toBe('conflict');
      expect(await codeOf(fixture.engine.readLock(fixture.project.name, soon()))).toBe('conflict');
    });
  });
}

const take = ({ engine, project }: Fixture, owner: LockOwner): Promise<ContainerId> =>
  engine.createLock(project.name, owner, soon());

const read = ({ engine, project }: Fixture): ReturnType<Fixture['engine']['readLock']> =>
  engine.readLock(project.name, soon());
