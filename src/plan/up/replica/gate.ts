import type { ContainerSpec } from '../../../model/container.ts';
import { replicaAddress } from '../../../model/id.ts';
import type { ObservedImage } from '../../../model/observed.ts';
import type { ContainerRef, StepId, WaitCondition } from '../../../model/plan.ts';
import { unreachable } from '../../../model/result.ts';
import type { PlanBuilder } from '../../builder.ts';
import { healthyWithinMs } from '../../health.ts';
import type { Replica } from '../site.ts';

/** What proves a container: its healthcheck, or that it stays up where it has none. */
export function proofOf(spec: ContainerSpec | undefined, image: ObservedImage | undefined): 'running' | 'healthy' {
  const healthcheck = spec?.healthcheck;
  if (healthcheck?.kind === 'disabled') return 'running';
  // The image may bring a healthcheck; until it is known, `healthy` means either.
  return healthcheck !== undefined || image === undefined || image.hasHealthcheck ? 'healthy' : 'running';
}

/** How long a wait may take. */
export function deadlineOf(spec: ContainerSpec | undefined, until: WaitCondition): number {
  switch (until) {
    case 'running':
      return 30_000;
    case 'completed':
      return 24 * 3_600_000;
    case 'elapsed':
      return 0;
    case 'healthy':
      return healthyWithinMs(spec?.healthcheck);
    default:
      return unreachable(until);
  }
}

/** A wait that somebody needs. */
export interface Wait {
  readonly service: string;
  readonly spec: ContainerSpec | undefined;
  readonly until: WaitCondition;
  readonly reason: string;
  /** Whoever waits can do without. Default: false. */
  readonly isOptional?: boolean;
}

/** Waits for a replica, once for each condition: whoever asks again shares the step. */
export function addWait(builder: PlanBuilder, replica: Replica, wait: Wait): readonly StepId[] {
  const { proofs } = replica;
  // A gate chose between these two by whether there is a healthcheck, so it answers for either.
  const planned =
    wait.until === 'completed' ? proofs.get('completed') : (proofs.get('healthy') ?? proofs.get('running'));
  if (planned !== undefined) return [planned];
  if (replica.container === undefined) return [];
  const base = {
    engine: replica.engine.name,
    address: replicaAddress(wait.service, replica.slot),
    reasons: [wait.reason],
  };
  const waiting = { container: replica.container, until: wait.until, deadlineMs: deadlineOf(wait.spec, wait.until) };
  const optional = wait.isOptional === true ? { isOptional: true } : {};
  const step = builder.add({ kind: 'wait-container', ...base, ...waiting, ...optional }, replica.started);
  proofs.set(wait.until, step);
  return [step];
}

/** A reference to something that exists. */
export const observedRef = (id: Extract<ContainerRef, { from: 'observed' }>['id']): ContainerRef => ({
  from: 'observed',
  id,
});
