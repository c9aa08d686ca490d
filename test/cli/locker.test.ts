import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { processLocker } from '../../src/cli/locker.ts';
import type { LockOwner } from '../../src/model/lock.ts';

const locker = processLocker(process);
const own = locker.owner('up');

function start(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** A holder as that process would have named itself. */
async function ownerOf(pid: number | undefined): Promise<LockOwner> {
  const { readFile } = await import('node:fs/promises');
  const stat = await readFile(`/proc/${pid ?? ''}/stat`, 'utf8');
  return { ...own, pid: pid ?? 0, pidStart: stat.split(') ')[1]?.split(' ')[19] ?? '' };
}

test('a run names its process, and itself anew each time', () => {
  expect(own).toMatchObject({
    pid: process.pid,
    command: 'up',
    boot: expect.stringMatching(/^[0-9a-f-]{36} pid:\[\d+\]$/),
  });
  expect(own.pidStart).toMatch(/^\d+$/);
  expect(own.user).not.toBe('');
  expect(locker.owner('up').run).not.toBe(own.run);
});

test('a process that runs is not gone, and one that was killed is', async () => {
  const child = start('sleep', ['60']);
  const owner = await ownerOf(child.pid);
  expect(locker.isGone(owner)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(locker.isGone(owner)).toBe(true);
});

test('a process that has ended and that nobody has counted is gone', async () => {
  // The shell becomes a program that never asks for its child.
  const parent = start('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60']);
  const [line] = (await once(parent.stdout ?? parent, 'data')) as [Buffer];
  const owner = await ownerOf(Number(line.toString()));
  await expect.poll(() => locker.isGone(owner)).toBe(true);
});

test('a later process of the same number is not the holder', () => {
  expect(locker.isGone(own)).toBe(false);
  expect(locker.isGone({ ...own, pidStart: '1' })).toBe(true);
});

test('of a process on another machine, or in another container of this one, nothing is known', () => {
  const [boot] = own.boot.split(' ');
  expect(locker.isGone({ ...own, boot: 'elsewhere', pidStart: '1' })).toBe(false);
  expect(locker.isGone({ ...own, boot: `${boot ?? ''} pid:[1]`, pidStart: '1' })).toBe(false);
});

test.each([0, -1, 1.5, Number.NaN])('a process number %d that cannot be is not taken for a dead one', (pid) => {
  expect(locker.isGone({ ...own, pid })).toBe(false);
});
