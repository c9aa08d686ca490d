import type { Request } from '../../model/request.ts';
import type { Invocation } from '../arguments/command.ts';
import { carryOut } from '../carry-out.ts';
import type { Ending } from '../exit.ts';
import { downRequest, upRequest } from '../requests.ts';
import type { RemovalValues } from '../usage/down.ts';
import type { PlanOutput } from '../usage/plan.ts';
import type { ConvergeValues } from '../usage/up.ts';

/** `stack plan`: what `up` would do. */
export async function runPlan(invocation: Invocation<PlanOutput & ConvergeValues>): Promise<Ending> {
  const { context, flags, operands } = invocation;
  const request = upRequest(flags, operands, { wait: false, environment: context.environment });
  return show(invocation, request, { needsFile: true });
}

/** `stack plan down`. */
export async function runPlanDown(invocation: Invocation<PlanOutput & RemovalValues>): Promise<Ending> {
  const { context, flags, operands } = invocation;
  return show(invocation, downRequest(flags, operands, context.environment), { needsFile: false });
}

function show(
  { context, root, flags, operands }: Invocation<PlanOutput>,
  request: Request,
  { needsFile }: { readonly needsFile: boolean },
): Promise<Ending> {
  const plan = { format: flags.format ?? 'text', detailedExitCode: flags.detailedExitCode } as const;
  return carryOut({ context, root, operands, request }, { plan, needsFile });
}
