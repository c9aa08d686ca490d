import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import manifest from '../../package.json' with { type: 'json' };
import type { LockOwner } from '../model/lock.ts';

/** What locking needs to know of this process and of others on this machine. */
export interface Locker {
  /** How a run of this process is known to others. Another run each time. */
  readonly owner: (command: string) => LockOwner;
  /** Whether the holder ran on this machine and its process is there no more. False where that cannot be told. */
  readonly isGone: (owner: LockOwner) => boolean;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** The locker of a real process. */
export function processLocker(process: NodeJS.Process): Locker {
  const { pid } = process;
  const boot = bootOf();
  return {
    owner: (command) => ({
      run: randomUUID(),
      user: userName(process),
      host: hostname(),
      boot,
      pid,
      pidStart: statOf(pid)?.start ?? '',
      command,
      version: manifest.version,
    }),
    isGone: (owner) => boot !== '' && owner.boot === boot && !isAlive(process, owner),
    random: Math.random,
  };
}

/**
 * Boot and process namespace: a number of a process means nothing in another container of the same machine.
 * Empty where the system does not tell; then only a holder's silence shows that it is dead.
 */
function bootOf(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** A number that was given to a later process, and a process that only waits to be counted, are no life. */
function isAlive(process: NodeJS.Process, { pid, pidStart }: LockOwner): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  const stat = statOf(pid);
  return stat === undefined || (stat.state !== 'Z' && (pidStart === '' || stat.start === pidStart));
}

/** Of /proc/PID/stat, whose second field is a name that may hold anything but ends with the last bracket. */
function statOf(pid: number): { readonly state: string; readonly start: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', start: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** A user of a container may have a number and no name. */
function userName({ env, getuid }: NodeJS.Process): string {
  try {
    return userInfo().username;
  } catch {
    return env['USER'] ?? String(getuid?.() ?? '');
  }
}
