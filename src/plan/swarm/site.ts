import { type Address, type EngineName, serviceAddress } from '../../model/id.ts';
import type { StepId } from '../../model/plan.ts';
import type { History } from '../../model/request.ts';
import type { ObservedSwarm, ObservedSwarmService, SwarmServiceSpec } from '../../model/swarm.ts';
import type { PlanBuilder } from '../builder.ts';
import { healthyWithinMs } from '../health.ts';
import { serviceName } from './names.ts';

/** What every planner of a swarm works with. */
export interface SwarmSite {
  readonly stack: string;
  readonly engine: EngineName;
  readonly swarm: ObservedSwarm;
  readonly history: History;
  readonly builder: PlanBuilder;
}

/** The head of an operation on a service. */
export function onService(
  { engine }: SwarmSite,
  service: string,
  reasons: readonly string[],
): { readonly engine: EngineName; readonly address: Address; readonly reasons: readonly string[] } {
  return { engine, address: serviceAddress(service), reasons };
}

/** The service of the file as the swarm has it. */
export function findService({ stack, swarm }: SwarmSite, service: string): ObservedSwarmService | undefined {
  return swarm.services.find(({ name }) => name === serviceName(stack, service));
}

/** Whether this run has failed at the service for good. */
export const isGivenUp = ({ history }: SwarmSite, service: string): boolean =>
  history.givenUp.some(({ address }) => address === serviceAddress(service));

/** Whether this run changed the service already. */
export const isFresh = ({ history, stack }: SwarmSite, service: string): boolean =>
  history.freshServices?.has(serviceName(stack, service)) === true;

interface WaitWords {
  readonly service: string;
  /** `undefined`: an earlier step makes it. */
  readonly serviceId: string | undefined;
  readonly until: 'running' | 'completed' | 'rolled-back' | 'gone';
  readonly reasons: readonly string[];
  readonly deadlineMs: number;
}

/** Waits until the swarm has made of the service what it is to be. */
export function addServiceWait(
  site: SwarmSite,
  { service, serviceId, until, reasons, deadlineMs }: WaitWords,
  after: readonly StepId[],
): StepId {
  const name = serviceName(site.stack, service);
  const head = onService(site, service, reasons);
  return site.builder.add({ kind: 'wait-swarm-service', ...head, name, serviceId, until, deadlineMs }, after);
}

/** Time that a service may take for one more of its tasks, by what it says of itself. */
export function deadlineOf({ container, update }: Pick<SwarmServiceSpec, 'container' | 'update'>): number {
  const pauses = (update.delayMs ?? 0) + (update.monitorMs ?? 5000);
  return healthyWithinMs(container.healthcheck) + (container.stopGracePeriodMs ?? 10_000) + pauses;
}

/** What a service that only has to go may take. */
export const goneMs = 180_000;
