import { replicaAddress, serviceAddress } from '../model/id.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { StepId } from '../model/plan.ts';
import type { LifecycleRequest } from '../model/request.ts';
import { unreachable } from '../model/result.ts';
import type { PlanBuilder } from './builder.ts';
import { isLive, type Located } from './fleet.ts';
import type { PlanInput } from './input.ts';
import { chooseStanding, gatherStanding, type Standing } from './standing.ts';
import { addStop } from './steps.ts';
import { addWait, observedRef, proofOf } from './up/gate.ts';
import type { Replica } from './up/site.ts';

/** Plans `start`, `stop` and `restart` of containers as they are. Creates nothing and removes nothing. */
export function planLifecycle(input: PlanInput, request: LifecycleRequest, builder: PlanBuilder): void {
  const standing = gatherStanding(input.observed, input.desired);
  const replicas = standing.map((it) => ({
    ...it,
    containers: it.containers.filter(({ container }) => !container.isOneOff),
  }));
  refuseEmpty(input, request, { replicas, builder });
  const isRestart = request.kind === 'restart';
  const chosen = chooseStanding(replicas, isRestart ? { ...request, withDependencies: false } : request);
  const life: Life = { input, request, builder, steps: new Map() };
  switch (request.kind) {
    case 'start':
      for (const service of chosen) run(life, service, startOne);
      return;
    case 'restart':
      for (const service of request.withDependencies ? withFollowers(input, replicas, chosen) : chosen) {
        run(life, service, restartOne);
      }
      return;
    case 'stop':
      for (const service of chosen.toReversed()) stop(life, service, chosen);
      return;
    default:
      unreachable(request.kind);
  }
}

interface Life {
  readonly input: PlanInput;
  readonly request: LifecycleRequest;
  readonly builder: PlanBuilder;
  /** The last steps of each service so far. */
  readonly steps: Map<string, readonly StepId[]>;
}

type Act = (life: Life, located: Located, after: readonly StepId[]) => StepId | undefined;

function run(life: Life, service: Standing, act: Act): void {
  const after = service.needs.flatMap((name) => life.steps.get(name) ?? []);
  const done = service.containers.flatMap((located) => {
    const step = act(life, located, after);
    if (step === undefined && !life.request.wait) return [];
    return life.request.wait ? prove(life, located, step) : (step ?? []);
  });
  life.steps.set(service.name, done.length > 0 ? done : after);
}

function prove(
  { input, builder }: Life,
  { engine, container }: Located,
  started: StepId | undefined,
): readonly StepId[] {
  const isProven = container.state === 'running' && (container.health === 'none' || container.health === 'healthy');
  if (started === undefined && (isProven || !isLive(container))) return [];
  if (input.history.failed.has(container.id)) return [];
  const replica: Replica = {
    engine,
    slot: container.slot,
    container: observedRef(container.id),
    kept: container,
    started: started === undefined ? [] : [started],
    proofs: new Map(),
    ended: [],
  };
  const { spec, service, health } = container;
  const until =
    spec === undefined
      ? health === 'none'
        ? 'running'
        : 'healthy'
      : proofOf(spec, engine.images.get(container.image));
  return addWait(builder, replica, { service, spec, until, reason: '--wait was asked for' });
}

function startOne(
  { input, builder }: Life,
  { engine, container }: Located,
  after: readonly StepId[],
): StepId | undefined {
  const { history } = input;
  const mayStart = container.state === 'created' || container.state === 'exited';
  if (!mayStart || history.freshContainers.has(container.id) || history.failed.has(container.id)) return undefined;
  const base = { engine: engine.name, address: replicaAddress(container.service, container.slot) };
  const reasons = [`the container is ${container.state}`];
  return builder.add({ kind: 'start-container', ...base, reasons, container: observedRef(container.id) }, after);
}

function restartOne(
  { input, builder, request }: Life,
  { engine, container }: Located,
  after: readonly StepId[],
): StepId | undefined {
  const { history } = input;
  if (history.freshContainers.has(container.id) || history.failed.has(container.id)) return undefined;
  const base = {
    engine: engine.name,
    address: replicaAddress(container.service, container.slot),
    reasons: ['restart was asked for'],
  };
  const awake =
    container.state === 'paused'
      ? [builder.add({ kind: 'unpause-container', ...base, container: container.id }, after)]
      : after;
  const graceMs = graceOf(request, container);
  return builder.add({ kind: 'restart-container', ...base, container: container.id, graceMs }, awake);
}

const graceOf = (request: LifecycleRequest, { spec }: ObservedContainer): number | undefined =>
  request.stopTimeoutMs ?? spec?.stopGracePeriodMs;

/** A service stops once those that need it have stopped. */
function stop({ request, builder, steps }: Life, { name, containers }: Standing, chosen: readonly Standing[]): void {
  const after = chosen.filter(({ needs }) => needs.includes(name)).flatMap((it) => steps.get(it.name) ?? []);
  const done = containers.flatMap(({ engine, container }) =>
    addStop({ builder, engine, container, request, reasons: ['stop was asked for'] }, after),
  );
  steps.set(name, done.length > 0 ? done : after);
}

/** Services that ask to be restarted along with one that they depend on, as far as the stack file says. */
function withFollowers(
  { desired }: PlanInput,
  all: readonly Standing[],
  chosen: readonly Standing[],
): readonly Standing[] {
  const names = new Set(chosen.map(({ name }) => name));
  for (const { name } of all) {
    const service = desired?.services.find((it) => it.name === name);
    if (service?.dependsOn.some((it) => it.restart && names.has(it.service))) names.add(name);
  }
  return all.filter(({ name }) => names.has(name));
}

interface Emptiness {
  readonly replicas: readonly Standing[];
  readonly builder: PlanBuilder;
}

function refuseEmpty(
  { stack, desired }: PlanInput,
  { kind, services }: LifecycleRequest,
  { replicas, builder }: Emptiness,
): void {
  const wanted = services.length > 0 ? services : (desired?.services.map(({ name }) => name) ?? []);
  const empty = wanted.filter((name) => !replicas.some((it) => it.name === name && it.containers.length > 0));
  const isAllEmpty = wanted.length > 0 && empty.length === wanted.length;
  if (!isAllEmpty && (services.length === 0 || empty.length === 0)) return;
  builder.refuse({
    kind: 'impossible',
    code: 'no-containers',
    address: empty[0] === undefined ? undefined : serviceAddress(empty[0]),
    message: `${empty.join(', ')} of stack ${stack} ${empty.length === 1 ? 'has' : 'have'} no container to ${kind}`,
    hint: 'create it with `stack up`',
  });
}
