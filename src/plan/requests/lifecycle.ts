import { replicaAddress, serviceAddress } from '../../model/id.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { Refusal, StepId, WaitCondition } from '../../model/plan.ts';
import type { LifecycleRequest } from '../../model/request.ts';
import { unreachable } from '../../model/result.ts';
import type { PlanBuilder } from '../builder.ts';
import { isLive, type Located } from '../fleet.ts';
import type { PlanInput } from '../input.ts';
import { provenName } from '../names.ts';
import { addHooksLeft, addRestart, addStart, addStop } from '../steps.ts';
import { addWait, observedRef, proofOf } from '../up/replica/gate.ts';
import type { Replica } from '../up/site.ts';
import { chooseStanding, gatherStanding, type Standing } from './standing.ts';

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
  const life: Life = { input, request, builder, chosen, steps: new Map() };
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
  readonly chosen: readonly Standing[];
  /** The last steps of each service so far. */
  readonly steps: Map<string, readonly StepId[]>;
}

type Act = (life: Life, located: Placed, after: readonly StepId[]) => StepId | undefined;

interface Placed extends Located {
  readonly isNameTaken: boolean;
}

function run(life: Life, service: Standing, act: Act): void {
  const after = service.needs.flatMap((name) => life.steps.get(name) ?? []);
  const wish = waitFor(life, service);
  const names = service.containers.map(({ container }) => container.name);
  const done = service.containers.flatMap((located) => {
    const { name } = located.container;
    const isNameTaken = name !== provenName(name) && names.includes(provenName(name));
    const step = act(life, { ...located, isNameTaken }, after);
    const started = step === undefined ? [] : [step];
    return wish === undefined ? started : prove(life, located, { ...wish, started });
  });
  life.steps.set(service.name, done.length > 0 ? done : after);
}

interface Wish {
  /** `undefined`: what proves the container. */
  readonly until: WaitCondition | undefined;
  readonly reason: string;
}

/** Why the containers of a service are waited for: the request says so, or what starts after them needs it. */
function waitFor({ input, request, chosen }: Life, { name }: Standing): Wish | undefined {
  if (request.wait) return { until: undefined, reason: '--wait was asked for' };
  if (request.kind !== 'start') return undefined;
  for (const dependent of chosen.filter(({ containers }) => containers.some(({ container }) => mayStart(container)))) {
    const declared = input.desired?.services.find((service) => service.name === dependent.name);
    const condition = declared?.dependsOn.find(({ service }) => service === name)?.condition;
    if (condition === 'healthy' || condition === 'completed') {
      return { until: condition, reason: `${dependent.name} waits for ${name}` };
    }
  }
  return undefined;
}

function prove(
  { input, builder }: Life,
  { engine, container }: Located,
  { until, reason, started }: Wish & { readonly started: readonly StepId[] },
): readonly StepId[] {
  if (input.history.failed.has(container.id)) return [];
  if (started.length === 0 && (holds(container, until) || !isLive(container))) return [];
  const { id, slot, spec, service, image } = container;
  const replica: Replica = {
    engine,
    slot,
    container: observedRef(id),
    kept: container,
    started,
    proofs: new Map(),
    ended: [],
  };
  return addWait(builder, replica, { service, spec, until: until ?? proofOf(spec, engine.images.get(image)), reason });
}

const holds = ({ state, health }: ObservedContainer, until: WaitCondition | undefined): boolean =>
  until !== 'completed' && state === 'running' && (health === 'none' || health === 'healthy');

const mayStart = ({ state }: ObservedContainer): boolean => state === 'created' || state === 'exited';

function startOne(life: Life, located: Placed, after: readonly StepId[]): StepId | undefined {
  const { input, builder } = life;
  const { engine, container, isNameTaken } = located;
  const { history } = input;
  if (!mayStart(container) || history.freshContainers.has(container.id) || history.failed.has(container.id))
    return finishOne(life, located, after);
  const address = replicaAddress(container.service, container.slot);
  const base = { engine: engine.name, address, reasons: [`the container is ${container.state}`] };
  return addStart({ builder, base, container, isNameTaken }, after)[0];
}

function restartOne(life: Life, located: Placed, after: readonly StepId[]): StepId | undefined {
  const { builder, request } = life;
  const { engine, container, isNameTaken } = located;
  const { history } = life.input;
  if (history.freshContainers.has(container.id) || history.failed.has(container.id))
    return finishOne(life, located, after);
  const base = {
    engine: engine.name,
    address: replicaAddress(container.service, container.slot),
    reasons: ['restart was asked for'],
  };
  const awake =
    container.state === 'paused'
      ? [builder.add({ kind: 'unpause-container', ...base, container: container.id }, after)]
      : after;
  return addRestart({ builder, base, container, request, isNameTaken }, awake)[0];
}

/** What is left of the hooks of a container that runs; none if it failed. */
function finishOne(
  { input, builder }: Life,
  { engine, container, isNameTaken }: Placed,
  after: readonly StepId[],
): StepId | undefined {
  if (input.history.failed.has(container.id) || !isLive(container)) return undefined;
  const base = {
    engine: engine.name,
    address: replicaAddress(container.service, container.slot),
    reasons: ['its post_start hooks have not run'],
  };
  return addHooksLeft({ builder, base, container, isNameTaken }, after)[0];
}

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
  { stack, desired, observed: { absent = [] } }: PlanInput,
  { kind, services }: LifecycleRequest,
  { replicas, builder }: Emptiness,
): void {
  const wanted = services.length > 0 ? services : (desired?.services.map(({ name }) => name) ?? []);
  const empty = wanted.filter((name) => !replicas.some((it) => it.name === name && it.containers.length > 0));
  const isAllEmpty = wanted.length > 0 && empty.length === wanted.length;
  if (!isAllEmpty && (services.length === 0 || empty.length === 0)) return;
  const [where, cure] =
    absent.length > 0 ? [' on the engines that answer', 'bring the others back, or create it'] : ['', 'create it'];
  builder.refuse(noContainers({ stack, empty, what: `${kind}${where}`, hint: `${cure} with \`stack up\`` }));
}

interface Missing {
  readonly stack: string;
  readonly empty: readonly string[];
  readonly what: string;
  readonly hint: string;
}

const noContainers = ({ stack, empty, what, hint }: Missing): Refusal => ({
  kind: 'impossible',
  code: 'no-containers',
  address: empty[0] === undefined ? undefined : serviceAddress(empty[0]),
  message: `${empty.join(', ')} of stack ${stack} ${empty.length === 1 ? 'has' : 'have'} no container to ${what}`,
  hint,
});
