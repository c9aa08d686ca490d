import type { Desired, DesiredService } from '../../model/desired.ts';
import type { ContainerId } from '../../model/id.ts';
import type { Observed, ObservedContainer } from '../../model/observed.ts';
import { emptyHistory, type UpRequest } from '../../model/request.ts';
import { plan } from '../../plan/plan.ts';
import { type Attempts, dueMs, mended } from './backoff.ts';
import type { Wanted } from './wanted.ts';

/** What a look at the engines calls for. */
export interface Decision {
  /** `undefined`: nothing is to be done at this moment. */
  readonly request: UpRequest | undefined;
  /** When something that has to wait may be done; `undefined`: nothing waits. */
  readonly againMs: number | undefined;
  /** Why nothing can be planned; empty: it can. */
  readonly refusals: readonly string[];
}

export interface Situation {
  readonly stack: string;
  readonly desired: Desired;
  readonly observed: Observed;
  readonly wanted: Wanted;
  readonly attempts: Attempts;
  readonly nowMs: number;
}

/**
 * Decides what to put right: what is missing, has died, is unhealthy, is on a drained engine, or is there twice.
 * Containers stay as they are whatever the file says by now: changes are for people to make.
 *
 * A service with a replica that was put right a moment ago waits with all its replicas.
 */
export function decide(situation: Situation): Decision {
  const { stack, desired, observed, wanted, attempts, nowMs } = situation;
  const waiting = new Map<string, number>();
  for (;;) {
    const services = desired.services.filter((it) => mayAct(it, situation) && !waiting.has(it.name));
    const againMs = waiting.size === 0 ? undefined : Math.min(...waiting.values());
    if (services.length === 0) return { request: undefined, againMs, refusals: [] };
    const request = requestFor(services, wanted, unhealthyOf(observed));
    const planned = plan({ stack, desired, observed, request, history: emptyHistory });
    if (!planned.ok) return { request: undefined, againMs, refusals: planned.error.map(({ message }) => message) };
    const early = [...mended(planned.value)].filter((address) => dueMs(attempts, address) > nowMs);
    if (early.length === 0)
      return { request: planned.value.steps.length > 0 ? request : undefined, againMs, refusals: [] };
    for (const address of early) {
      const service = address.split('/')[1] ?? '';
      waiting.set(service, Math.max(waiting.get(service) ?? 0, dueMs(attempts, address)));
    }
  }
}

/** A job that has ended well is not run again. */
function mayAct({ name, container }: DesiredService, { wanted, observed }: Situation): boolean {
  if (!wanted.has(name)) return false;
  const standing = containersOf(observed).filter(({ service }) => service === name);
  const isJob = container.restart.condition === 'no' || container.restart.condition === 'on-failure';
  const isDone = standing.length > 0 && standing.every(({ state, exitCode }) => state === 'exited' && exitCode === 0);
  return !(isJob && isDone);
}

const containersOf = ({ engines }: Observed): readonly ObservedContainer[] =>
  engines.flatMap(({ containers }) => containers).filter(({ isOneOff }) => !isOneOff);

const unhealthyOf = (observed: Observed): ReadonlySet<ContainerId> =>
  new Set(
    containersOf(observed).flatMap(({ id, state, health }) =>
      state === 'running' && health === 'unhealthy' ? [id] : [],
    ),
  );

/** An `up` that changes no container that is as it was made. */
export function requestFor(
  services: readonly DesiredService[],
  wanted: Wanted,
  mend: ReadonlySet<ContainerId>,
): UpRequest {
  return {
    kind: 'up',
    services: services.map(({ name }) => name),
    withDependencies: false,
    scale: new Map(services.flatMap(({ name }) => [[name, wanted.get(name) ?? 0] as const])),
    recreate: 'never',
    recreateDependencies: false,
    renewAnonymousVolumes: false,
    pull: 'missing',
    build: 'missing',
    start: true,
    removeOrphans: false,
    wait: false,
    stopTimeoutMs: undefined,
    mend,
  };
}
