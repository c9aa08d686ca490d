import type { Request } from '../model/request.ts';
import { apply, endingOfApplied, type Job } from './apply.ts';
import type { Root } from './arguments/root.ts';
import type { Context } from './context.ts';
import { type PlanStyle, plainPlan, showPlan } from './dry-run.ts';
import type { Ending } from './exit.ts';
import { withEngines } from './observing.ts';
import { requireServices } from './requests.ts';
import { enginesFor } from './swarm/engines.ts';
import { declaredServices, findTarget } from './target.ts';

/** A command that is one request to the planner. */
export interface Order {
  readonly context: Context;
  readonly root: Root;
  readonly operands: readonly string[];
  readonly request: Request;
}

export interface OrderOptions extends Pick<Job, 'confirm' | 'isQuiet' | 'limitMs'> {
  /** What is wanted stands in the file alone: `-p` does not do without it. Default: false. */
  readonly needsFile?: boolean;
  /** Show the plan in this style and change nothing. Default: only with `--dry-run`. */
  readonly plan?: PlanStyle;
}

/** Loads the stack, connects, and carries the request out, or with `--dry-run` shows its plan. */
export async function carryOut(order: Order, options: OrderOptions = {}): Promise<Ending> {
  const { context, root, operands, request } = order;
  const { needsFile = false, plan = root.isDryRun ? plainPlan : undefined, ...jobOptions } = options;
  const found = await findTarget(context, root, { services: operands, needsFile, format: plan?.format });
  if (!found.ok) return found.ending;
  const { name: stack, stack: loaded } = found.target;
  if (loaded !== undefined) requireServices(operands, declaredServices(loaded.desired));
  return withEngines(order, async (connected) => {
    const engines = await enginesFor(connected, { context, target: loaded?.target ?? root.target });
    const job = { context, root, stack, desired: loaded?.desired, request, engines };
    if (plan !== undefined) return showPlan(job, plan);
    return endingOfApplied(await apply({ ...job, ...jobOptions }));
  });
}
