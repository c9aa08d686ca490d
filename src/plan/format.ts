import type { Plan } from '../model/plan.ts';

/** One line a step: `#3 (1,2) alpha stop-container service/web/1: reason; reason`. Equal plans give equal bytes. */
export function formatPlan(plan: Plan): string {
  return plan.steps
    .map(({ id, after, operation: { engine, kind, address, reasons } }) => {
      const waits = after.length > 0 ? ` (${after.join(',')})` : '';
      return `#${id}${waits} ${engine} ${kind} ${address}: ${reasons.join('; ')}\n`;
    })
    .join('');
}
