import type { ContainerId } from '../../src/model/id.ts';
import type { EngineLock, LockOwner } from '../../src/model/lock.ts';
import { requireFree } from './memory-containers.ts';
import { type MemoryWorld, newContainerId, publishMark, refusal, write } from './memory-world.ts';

const nameOf = (stack: string): string => `stack-lock-${stack}`;

/** One of many gets it: the name is a mutex. */
export function createLock(world: MemoryWorld, stack: string, owner: LockOwner): ContainerId {
  requireFree(world, nameOf(stack));
  write(world);
  const id = newContainerId(world);
  world.locks.set(id, { id, stack, name: nameOf(stack), owner, beats: 0 });
  publishMark(world, { kind: 'lock', run: owner.run, command: owner.command }, { id, stack, action: 'create' });
  return id;
}

export function readLock(world: MemoryWorld, stack: string): EngineLock | undefined {
  const lock = [...world.locks.values()].find((it) => it.stack === stack);
  if (lock !== undefined) return { id: lock.id, owner: lock.owner, beats: lock.beats };
  const isTaken = [...world.containers.values()].some(({ name }) => name === nameOf(stack));
  if (isTaken) throw refusal(world, 'conflict', `container ${nameOf(stack)} stands where the lock belongs`);
  return undefined;
}

export function beatLock(world: MemoryWorld, id: ContainerId, beats: number): void {
  const lock = world.locks.get(id);
  if (lock === undefined) throw refusal(world, 'not-found', `No such container: ${id}`);
  write(world);
  lock.beats = beats;
}

/** Already gone is success. */
export function releaseLock(world: MemoryWorld, id: ContainerId): void {
  const lock = world.locks.get(id);
  if (lock === undefined) return;
  world.locks.delete(id);
  const { run, command } = lock.owner;
  publishMark(world, { kind: 'lock', run, command }, { id, stack: lock.stack, action: 'destroy' });
}
