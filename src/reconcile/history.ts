import type { ContainerId } from '../model/id.ts';
import type { Operation, Plan, Step } from '../model/plan.ts';
import type { GivenUp, History } from '../model/request.ts';
import type { Executed } from './execute.ts';
import type { StepFailure } from './failure.ts';
import { type Made, resolver } from './perform.ts';

/** A step that failed for good. */
export interface Failure extends StepFailure {
  readonly step: Step;
}

/** Failures of one kind at one place, counted over the rounds of a run. */
export type Tries = Map<string, number>;

/** Somebody else's change, or an answer that got lost, is worth so many new looks. */
const maxTries = 3;

/**
 * What the next round must know of this one. Failures that trying again cannot cure are given up at once,
 * others after three tries.
 */
export function advance(history: History, plan: Plan, executed: Executed, tries: Tries): Advanced {
  const next = {
    freshImages: new Set(history.freshImages),
    freshContainers: new Set(history.freshContainers),
    failed: new Map(history.failed),
    hooksDone: new Map(history.hooksDone),
    heldBack: new Set(history.heldBack),
    freshServices: new Set(history.freshServices),
    givenUp: [...history.givenUp],
  };
  const failures: Failure[] = [];
  for (const step of plan.steps) {
    const result = executed.results.get(step.id);
    if (result?.kind === 'done') recordDone(next, step, executed.made);
    if (result?.kind !== 'failed') continue;
    if (isUnknown(result.failure)) recordStart(next, step, executed.made);
    if (!isFinal(step, result.failure, tries)) continue;
    if (!isTolerated(step, result.failure)) failures.push({ ...result.failure, step });
    if (!isUnneeded(step, result.failure)) next.givenUp.push(giveUp(step, result.failure.message));
    if (step.operation.kind === 'run-pre-stop')
      next.heldBack.add(resolver(executed.made).container(step.operation.container));
    const container = failedContainer(step, executed.made);
    if (container !== undefined) next.failed.set(container, result.failure.message);
  }
  return { history: next, failures };
}

export interface Advanced {
  readonly history: History;
  /** Those given up in this round. */
  readonly failures: readonly Failure[];
}

const giveUp = ({ operation: { engine, address, kind } }: Step, reason: string): GivenUp => ({
  engine,
  address,
  kind,
  reason,
});

interface Growing {
  readonly freshImages: Set<string>;
  readonly freshContainers: Set<ContainerId>;
  readonly hooksDone: Map<ContainerId, number>;
  readonly freshServices: Set<string>;
}

function recordDone(
  { freshImages, freshContainers, hooksDone, freshServices }: Growing,
  { id, operation }: Step,
  made: Made,
): void {
  const { kind } = operation;
  if (kind === 'pull-image' || kind === 'build-image' || kind === 'copy-image') freshImages.add(operation.image);
  if (kind === 'create-container') freshContainers.add(resolver(made).container({ from: 'step', step: id }));
  const started = recordStart({ hooksDone }, { operation }, made);
  if (started !== undefined) freshContainers.add(started);
  const service = changedService(operation);
  if (service !== undefined) freshServices.add(service);
  if (kind === 'run-post-start') hooksDone.set(resolver(made).container(operation.container), operation.index + 1);
}

/** Whoever may have been started owes its hooks, if it turns out to run. */
function recordStart(
  { hooksDone }: Pick<Growing, 'hooksDone'>,
  { operation }: Pick<Step, 'operation'>,
  made: Made,
): ContainerId | undefined {
  const { kind } = operation;
  if (kind !== 'start-container' && kind !== 'restart-container') return undefined;
  const container = kind === 'restart-container' ? operation.container : resolver(made).container(operation.container);
  hooksDone.set(container, 0);
  return container;
}

/** Whether the engine did what was asked is not known. */
const isUnknown = ({ code }: StepFailure): boolean => ['lost', 'timeout', 'aborted'].includes(code);

function changedService(operation: Operation): string | undefined {
  const { kind } = operation;
  if (kind === 'create-swarm-service' || kind === 'update-swarm-service') return operation.creation.name;
  return kind === 'rollback-swarm-service' || kind === 'restart-swarm-service' ? operation.name : undefined;
}

function isFinal(step: Step, { code }: StepFailure, tries: Tries): boolean {
  const { engine, address, kind } = step.operation;
  const key = `${engine} ${kind} ${address}`;
  const count = (tries.get(key) ?? 0) + 1;
  tries.set(key, count);
  const mayPass = ['lost', 'timeout', 'unreachable', 'aborted', 'conflict', 'not-found'].includes(code);
  return !mayPass || count >= maxTries;
}

/** Its failure is none of the run's: what waits for it can do without, or gets it in another way. */
const isTolerated = (step: Step, failure: StepFailure): boolean =>
  isUnneeded(step, failure) || (step.operation.kind === 'pull-image' && step.operation.isOptional === true);

/** What waits for it can do without; an engine that does not answer is another matter. */
const isUnneeded = ({ operation }: Step, { code }: StepFailure): boolean =>
  operation.kind === 'wait-container' && operation.isOptional === true && code === 'wait';

/** The container that would not start or did not prove itself. */
function failedContainer({ operation }: Step, made: Made): ContainerId | undefined {
  const { kind } = operation;
  const isAboutStarting = kind === 'start-container' || kind === 'run-post-start' || kind === 'wait-container';
  const isAboutPreparing = kind === 'write-files' || kind === 'connect-network' || kind === 'probe-container';
  return isAboutStarting || isAboutPreparing ? resolver(made).container(operation.container) : undefined;
}
