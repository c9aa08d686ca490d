import type { Operation } from '../model/plan.ts';

/** How long observing one engine may take. */
export const observeMs = 30_000;
/** How long one question may take. */
export const inspectMs = 10_000;

const second = 1000;
const minute = 60 * second;

/**
 * How long the call may take; of pulls and builds, how long it may be silent.
 *
 * A container whose grace period we do not know may have a long one.
 */
export function deadlineOf(operation: Operation): number {
  switch (operation.kind) {
    case 'pull-image':
      return minute;
    case 'build-image':
      return 30 * minute;
    case 'start-container':
    case 'remove-image':
      return minute;
    case 'stop-container':
      return (operation.graceMs ?? 5 * minute) + 15 * second;
    case 'restart-container':
      return (operation.graceMs ?? 5 * minute) + 75 * second;
    case 'wait-container':
      return operation.deadlineMs;
    default:
      return 30 * second;
  }
}
