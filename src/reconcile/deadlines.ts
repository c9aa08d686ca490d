import type { Operation, OperationKind } from '../model/plan.ts';

const second = 1000;
const minute = 60 * second;

/** How long observing one engine may take. */
export const observeMs = 30 * second;
/** How long one question may take. */
export const inspectMs = 10 * second;

type Fixed = Exclude<OperationKind, 'stop-container' | 'restart-container' | 'wait-container' | 'wait-swarm-service'>;

/** For pulls, builds and hooks: how long they may be silent. */
const fixed: Readonly<Record<Fixed, number>> = {
  'pull-image': minute,
  'build-image': 30 * minute,
  // An engine writes the whole archive to its own disk before its first byte comes.
  'copy-image': 10 * minute,
  'remove-image': minute,
  'create-network': 30 * second,
  'remove-network': 30 * second,
  'create-volume': 30 * second,
  'remove-volume': 30 * second,
  'create-container': 30 * second,
  'connect-network': 30 * second,
  'write-files': 30 * second,
  'probe-container': 30 * second,
  'start-container': minute,
  'run-post-start': 30 * minute,
  'run-pre-stop': 30 * minute,
  balance: 30 * second,
  'unpause-container': 30 * second,
  'rename-container': 30 * second,
  'remove-container': 30 * second,
  'create-swarm-network': 30 * second,
  'create-swarm-file': 30 * second,
  'remove-swarm-file': 30 * second,
  'create-swarm-service': 30 * second,
  'update-swarm-service': 30 * second,
  'rollback-swarm-service': 30 * second,
  'restart-swarm-service': 30 * second,
  'remove-swarm-service': 30 * second,
};

/** A container whose grace period we do not know may have a long one. */
const unknownGraceMs = 5 * minute;

/** How long the call for an operation may take. */
export function deadlineOf(operation: Operation): number {
  const { kind } = operation;
  if (kind === 'wait-container' || kind === 'wait-swarm-service') return operation.deadlineMs;
  if (kind !== 'stop-container' && kind !== 'restart-container') return fixed[kind];
  const stopMs = (operation.graceMs ?? unknownGraceMs) + 15 * second;
  return kind === 'stop-container' ? stopMs : stopMs + fixed['start-container'];
}
