import type { Pairs } from '../../model/container.ts';
import type { LockOwner } from '../../model/lock.ts';

const label = {
  stack: 'stack.lock',
  run: 'stack.lock.run',
  user: 'stack.lock.user',
  host: 'stack.lock.host',
  boot: 'stack.lock.boot',
  pid: 'stack.lock.pid',
  pidStart: 'stack.lock.pid-start',
  command: 'stack.lock.command',
  version: 'stack.lock.version',
} as const;

/** What a lock says of its holder. */
export function lockLabels(stack: string, owner: LockOwner): Readonly<Record<string, string>> {
  return {
    [label.stack]: stack,
    [label.run]: owner.run,
    [label.user]: owner.user,
    [label.host]: owner.host,
    [label.boot]: owner.boot,
    [label.pid]: String(owner.pid),
    [label.pidStart]: owner.pidStart,
    [label.command]: owner.command,
    [label.version]: owner.version,
  };
}

/** Who holds the lock; `undefined` if these are not the labels of this stack's lock. */
export function lockOwner(stack: string, labels: Pairs): LockOwner | undefined {
  const found = new Map(labels);
  if (found.get(label.stack) !== stack) return undefined;
  const text = (name: string): string => found.get(name) ?? '';
  return {
    run: text(label.run),
    user: text(label.user),
    host: text(label.host),
    boot: text(label.boot),
    pid: Number(text(label.pid)),
    pidStart: text(label.pidStart),
    command: text(label.command),
    version: text(label.version),
  };
}
