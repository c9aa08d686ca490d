import type { Event } from '../model/event.ts';
import { describeHolder, describeOwner } from '../model/lock.ts';
import { unreachable } from '../model/result.ts';

export type LockEvent = Extract<Event, { readonly type: 'lock-waiting' | 'lock-taken-over' | 'lock-lost' }>;

const lockEvents: ReadonlySet<Event['type']> = new Set<LockEvent['type']>([
  'lock-waiting',
  'lock-taken-over',
  'lock-lost',
]);

export function isLockEvent(event: Event): event is LockEvent {
  return lockEvents.has(event.type);
}

/** What happened to the stack's lock, in one sentence. */
export function lockLine(event: LockEvent): string {
  switch (event.type) {
    case 'lock-waiting':
      return `Waiting: ${describeHolder(event.holder)}`;
    case 'lock-taken-over': {
      const { stack, owner } = event.holder;
      const why = event.because === 'gone' ? 'its process is gone' : 'it gave no sign of life';
      return `Took the lock of project ${stack} over from ${describeOwner(owner)}: ${why}`;
    }
    case 'lock-lost':
      return `The lock of project ${event.stack} is lost: finishing what is in flight, starting nothing new`;
    default:
      return unreachable(event);
  }
}
