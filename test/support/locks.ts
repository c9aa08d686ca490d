import { containerId, engineName } from '../../src/model/id.ts';
import type { LockHolder, LockOwner } from '../../src/model/lock.ts';

/** A run on another machine, unless the test says otherwise. */
export const lockOwner = (overrides: Partial<LockOwner> = {}): LockOwner => ({
  run: 'b7c1',
  user: 'anna',
  host: 'ci-7',
  boot: '3f0a',
  pid: 4121,
  pidStart: '880012',
  command: 'up',
  version: '0.1.0',
  ...overrides,
});

export const lockHolder = (overrides: Partial<LockHolder> = {}): LockHolder => ({
  stack: 'app',
  engine: engineName('default'),
  id: containerId('0123456789abcdef'.repeat(4)),
  owner: lockOwner(),
  heldMs: 12_000,
  ...overrides,
});
