import type { Event } from '../../model/event.ts';
import type { Address } from '../../model/id.ts';
import type { OperationKind } from '../../model/plan.ts';
import { apply, endingOfApplied } from '../apply.ts';
import type { Invocation } from '../arguments/command.ts';
import { attach } from '../attach/attach.ts';
import { selectedServices, shownServices } from '../attach/choose.ts';
import { type HookLine, hookLines } from '../attach/hooks.ts';
import { confirmShrinking } from '../confirm.ts';
import { plainPlan, showPlan } from '../dry-run.ts';
import type { Ending } from '../exit.ts';
import { withEngines } from '../observing.ts';
import { requireServices, upRequest } from '../requests.ts';
import { loadFor } from '../stack.ts';
import { enginesFor } from '../swarm/engines.ts';
import { declaredServices } from '../target.ts';
import type { UpValues } from '../usage/up.ts';

/** Of what hooks print no more is kept until it is shown. */
const mostHookLines = 10_000;

/** `stack up`: converges, then stays with the output of the containers unless it is told to return. */
export async function runUp(invocation: Invocation<UpValues>): Promise<Ending> {
  const { context, root, flags, operands } = invocation;
  const loaded = await loadFor(context, root, { services: operands });
  if (!loaded.ok) return loaded.ending;
  const { desired, project, target } = loaded.value;
  const wait = flags.wait || flags.waitTimeout !== undefined;
  // Services of a swarm live on without us: their output is for `logs`.
  const isAttached = target === 'engines' && !(flags.detach || wait || flags.noStart);
  requireServices([...operands, ...namedByFlags(flags)], declaredServices(desired));
  const request = upRequest(flags, operands, { wait, environment: context.environment });
  const started = new Set<Address>();
  const hooked: HookLine[] = [];

  return withEngines(invocation, async (connected) => {
    const engines = await enginesFor(connected, { context, target });
    const job = { context, root, stack: project.name, desired, request, engines };
    if (root.isDryRun) return showPlan(job, plainPlan);
    const applied = await apply({
      ...job,
      limitMs: flags.waitTimeout,
      shows(event) {
        if (event.type === 'step-done' && starts.has(event.step.operation.kind)) {
          started.add(event.step.operation.address);
        }
        if (isAttached && hooked.length < mostHookLines) hooked.push(...hookLines(event));
        return isShown(event, flags);
      },
      ...(flags.yes ? {} : { confirm: confirmShrinking(context, { engines, stack: project.name }) }),
    });
    const { outcome } = applied;
    const isUp = outcome.kind === 'converged' || (outcome.kind === 'partial' && engines.length > 1);
    if (!isUp || !isAttached) return endingOfApplied(applied);
    const { observed } = outcome;
    const services = selectedServices(desired, request);
    const ending = await attach({
      ...job,
      observed,
      services,
      shown: shownServices(desired, request, flags),
      started,
      hooked,
      flags,
    });
    return ending.code === 0 ? endingOfApplied(applied) : ending;
  });
}

function namedByFlags({ attach: attached, noAttach, exitCodeFrom, scale }: UpValues): readonly string[] {
  const named = [...attached, ...noAttach, ...scale.map(({ service }) => service)];
  return exitCodeFrom === undefined ? named : [...named, exitCodeFrom];
}

const starts: ReadonlySet<OperationKind> = new Set(['start-container', 'restart-container']);

/** `--quiet-pull`: a pull is told of when it is done, not while it goes on. */
function isShown(event: Event, { quietPull }: UpValues): boolean {
  return !(quietPull && event.type === 'step-progress' && event.step.operation.kind === 'pull-image');
}
