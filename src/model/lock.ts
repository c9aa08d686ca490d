import type { ContainerId, EngineName } from './id.ts';
import { formatDuration } from './units.ts';

/** Who takes a lock: one run of the program, in words that other people and other machines understand. */
export interface LockOwner {
  /** Random; tells one run from every other. */
  readonly run: string;
  readonly user: string;
  readonly host: string;
  /** Within which boot and process namespace `pid` means something; empty where the system does not tell. */
  readonly boot: string;
  readonly pid: number;
  /** When the process started, as the system counts: tells it from a later process of the same number. */
  readonly pidStart: string;
  readonly command: string;
  /** Of the program. */
  readonly version: string;
}

/** A stack's lock as an engine shows it. */
export interface EngineLock {
  readonly id: ContainerId;
  readonly owner: LockOwner;
  /** Grows while the holder lives. */
  readonly beats: number;
}

/** A lock that somebody holds, as others are told of it. */
export interface LockHolder {
  readonly stack: string;
  readonly engine: EngineName;
  readonly id: ContainerId;
  readonly owner: LockOwner;
  /** For how long, as far as its beats tell: no clock of two machines is compared. */
  readonly heldMs: number;
}

/** What a person types after `stack unlock`. */
export const shortLockId = (id: ContainerId): string => id.slice(0, 12);

/** `project p is being changed by anna@ci-7 pid 4121 (up, 12s ago)` */
export function describeHolder({ stack, owner, heldMs }: LockHolder): string {
  const since = heldMs === 0 ? 'just now' : `${formatDuration(Math.round(heldMs / 1000) * 1000)} ago`;
  return `project ${stack} is being changed by ${describeOwner(owner)} (${owner.command}, ${since})`;
}

/** `anna@ci-7 pid 4121` */
export const describeOwner = ({ user, host, pid }: LockOwner): string => `${user}@${host} pid ${pid}`;
