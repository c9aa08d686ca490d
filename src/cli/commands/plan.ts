import type { Request } from '../../model/request.ts';
import type { Invocation } from '../arguments/command.ts';
import { showPlan } from '../dry-run.ts';
import type { Ending } from '../exit.ts';
import { withEngines } from '../observing.ts';
import { downRequest, requireServices, upRequest } from '../requests.ts';
import { declaredServices, findTarget } from '../target.ts';
import type { RemovalValues } from '../usage/down.ts';
import type { PlanOutput } from '../usage/plan.ts';
import type { ConvergeValues } from '../usage/up.ts';

/** `stack plan`: what `up` would do. */
export async function runPlan(invocation: Invocation<PlanOutput & ConvergeValues>): Promise<Ending> {
  const { context, flags, operands } = invocation;
  return show(invocation, upRequest(flags, operands, { wait: false, environment: context.environment }));
}

/** `stack plan down`. */
export async function runPlanDown(invocation: Invocation<PlanOutput & RemovalValues>): Promise<Ending> {
  const { context, flags, operands } = invocation;
  return show(invocation, downRequest(flags, operands, context.environment));
}

async function show(invocation: Invocation<PlanOutput>, request: Request): Promise<Ending> {
  const { context, root, flags, operands } = invocation;
  const found = findTarget(context, root, { services: operands, needsFile: false });
  if (!found.ok) return found.ending;
  const { name: stack, stack: loaded } = found.target;
  if (loaded !== undefined) requireServices(operands, declaredServices(loaded.desired));
  return withEngines(invocation, (engines) =>
    showPlan(
      { context, root, stack, desired: loaded?.desired, request, engines },
      { format: flags.format ?? 'text', detailedExitCode: flags.detailedExitCode },
    ),
  );
}
