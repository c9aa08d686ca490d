import type { Desired } from '../model/desired.ts';
import { completeSwarms } from '../model/membership.ts';
import type { Plan, Refusal } from '../model/plan.ts';
import { ok, type Result, unreachable } from '../model/result.ts';
import { withBalancers } from './balance/desired.ts';
import { PlanBuilder } from './builder.ts';
import { refuseHeldPorts } from './held-ports.ts';
import type { PlanInput } from './input.ts';
import { prune } from './prune.ts';
import { planBuild, planPull } from './requests/artifacts.ts';
import { planDown } from './requests/down.ts';
import { planLifecycle } from './requests/lifecycle.ts';
import { planRollback } from './requests/rollback.ts';
import { findSwarm, planSwarm } from './swarm/plan.ts';
import { planUp } from './up/up.ts';

export type { PlanInput } from './input.ts';

/**
 * Decides everything: what to do on which engine, in which order, and why.
 *
 * Pure and deterministic. An empty plan means that the request is fulfilled, as far as it can be in this run.
 */
export function plan(asked: PlanInput): Result<Plan, readonly Refusal[]> {
  const engines = completeSwarms(asked.observed.engines);
  const input = withBalancers({ ...asked, observed: { ...asked.observed, engines } });
  const builder = new PlanBuilder(input);
  fill(input, builder);
  refuseHeldPorts(input, builder);
  const built = builder.build();
  return built.ok ? ok(prune(built.value, input.history)) : built;
}

function fill(input: PlanInput, builder: PlanBuilder): void {
  const { request } = input;
  const swarm = findSwarm(input);
  if (swarm !== undefined) {
    planSwarm(input, swarm, builder);
    return;
  }
  switch (request.kind) {
    case 'up':
      planUp(input, declared(input), request, builder);
      return;
    case 'rollback':
      planRollback(input, declared(input), request, builder);
      return;
    case 'down':
      planDown(input, request, builder);
      return;
    case 'start':
    case 'stop':
    case 'restart':
      planLifecycle(input, request, builder);
      return;
    case 'pull':
      planPull(input, declared(input), request, builder);
      return;
    case 'build':
      planBuild(input, declared(input), request, builder);
      return;
    default:
      unreachable(request);
  }
}

function declared({ desired, request }: PlanInput): Desired {
  if (desired === undefined) throw new Error(`${request.kind} needs a stack file`);
  return desired;
}
