import type { Desired } from '../model/desired.ts';
import type { ContainerId } from '../model/id.ts';
import type { StepId } from '../model/plan.ts';
import type { PlanBuilder } from './builder.ts';
import { compareText, type Located } from './fleet.ts';
import type { PlanInput } from './input.ts';
import { addRemoval } from './steps.ts';

/** Containers of the stack whose service the stack file does not have, and one-off ones that ended. */
export function findOrphans({ observed }: PlanInput, desired: Desired): readonly Located[] {
  const known = new Set([...desired.services.map(({ name }) => name), ...desired.disabledServices]);
  return observed.engines.flatMap((engine) =>
    engine.containers
      .filter(({ service, isOneOff, state }) =>
        isOneOff ? state === 'exited' || state === 'dead' : !known.has(service),
      )
      .filter(({ state }) => state !== 'removing')
      .toSorted((a, b) => compareText(b.name, a.name))
      .map((container) => ({ engine, container })),
  );
}

/** Removes orphans if the request says so, else mentions them. Returns the removals by container. */
export function planOrphans(
  builder: PlanBuilder,
  orphans: readonly Located[],
  request: { readonly removeOrphans: boolean; readonly stopTimeoutMs: number | undefined },
): ReadonlyMap<ContainerId, StepId> {
  if (request.removeOrphans) {
    const reasons = ['the stack file has no such service'];
    return new Map(
      orphans.map(({ engine, container }) => [
        container.id,
        addRemoval(
          {
            builder,
            engine,
            container,
            request,
            reasons: container.isOneOff ? ['a one-off container that ended'] : reasons,
          },
          [],
        ),
      ]),
    );
  }
  const names = orphans.filter(({ container }) => !container.isOneOff).map(({ container }) => container.name);
  if (names.length > 0) {
    builder.notice({
      code: 'orphans',
      address: undefined,
      message: `containers of services that the stack file does not have: ${names.toSorted().join(', ')}`,
      hint: 'remove them with --remove-orphans',
    });
  }
  return new Map();
}
