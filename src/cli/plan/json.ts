import { type LockHolder, shortLockId } from '../../model/lock.ts';
import type { Plan } from '../../model/plan.ts';
import { safeJson } from '../text/safe-text.ts';
import { changesOf, countActions } from './changes.ts';

/**
 * The plan for programs, one document, with the locks of runs that change the stack at this moment. Steps leave out
 * what a call carries: it may hold what only the container should see.
 */
export function planJson(stack: string, plan: Plan, holders: readonly LockHolder[]): string {
  const changes = changesOf(plan);
  const document = {
    version: 1,
    stack,
    summary: { create: 0, recreate: 0, remove: 0, ...Object.fromEntries(countActions(changes)) },
    changes,
    steps: plan.steps.map(({ id, after, operation: { engine, kind, address, reasons } }) => ({
      id,
      after,
      engine,
      kind,
      address,
      reasons,
    })),
    notices: plan.notices,
    locks: holders.map(({ engine, id, owner: { user, host, pid, command }, heldMs }) => ({
      engine,
      id: shortLockId(id),
      user,
      host,
      pid,
      command,
      heldMs,
    })),
  };
  return `${safeJson(document, 2)}\n`;
}
