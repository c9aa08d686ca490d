import type { Plan } from '../../model/plan.ts';
import { safeJson } from '../text/safe-text.ts';
import { changesOf, countActions } from './changes.ts';

/** The plan for programs, one document. Steps leave out what a call carries: it may hold what only the container should see. */
export function planJson(stack: string, plan: Plan): string {
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
  };
  return `${safeJson(document, 2)}\n`;
}
