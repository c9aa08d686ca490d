import { type ContainerEvent, type Engine, EngineError } from '../../engine/engine.ts';
import type { Desired } from '../../model/desired.ts';
import type { Emit } from '../../model/event.ts';
import type { EngineName } from '../../model/id.ts';
import type { Observed } from '../../model/observed.ts';
import type { UpRequest } from '../../model/request.ts';
import { observeQuery } from '../../plan/query.ts';
import { type Clock, isAborted } from '../clock.ts';
import { readHolder } from '../lock/claim.ts';
import { askAll, observedOf, watchOver } from '../observe.ts';
import { type Attempts, attempted, mended } from './backoff.ts';
import { type Decision, decide, requestFor } from './decide.ts';
import { standSentry } from './sentry.ts';
import { adopt, type Cause, type Wanted } from './wanted.ts';

export interface WatchdogOptions {
  readonly stack: string;
  /** What the file says at this moment; `undefined`: it cannot be read, and what was read before counts on. */
  readonly load: () => Promise<Desired | undefined>;
  readonly desired: Desired;
  readonly engines: readonly Engine[];
  readonly clock: Clock;
  readonly lostAfterMs: number;
  readonly emit: Emit;
  /** Carries a request out under the stack's lock. Hears of each plan, and which engines are known to be lost. */
  readonly carryOut: (carrying: Carrying) => Promise<void>;
  /** Tells a person what keeps it from its work. */
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

export interface Carrying {
  readonly desired: Desired;
  readonly request: UpRequest;
  readonly lost: ReadonlyMap<EngineName, EngineError>;
  readonly onPlan: (plan: Parameters<typeof mended>[0]) => void;
}

/** A look without any cause, in case an event was lost. */
const restMs = 30_000;
/** Events come in bursts. */
const gatherMs = 100;
/** How often a lock is asked for whose end was not heard of. */
const patienceMs = 1_000;

interface Watching {
  readonly options: WatchdogOptions;
  readonly engines: readonly Engine[];
  readonly lost: Map<EngineName, EngineError>;
  /** Locks of others, by engine: the command that has them. */
  readonly foreign: Map<EngineName, string>;
  desired: Desired;
  wanted: Wanted;
  attempts: Attempts;
  /** What people have done since the last look. */
  cause: Cause | undefined;
  warned: string;
  wake: AbortController;
}

/**
 * Keeps a stack as people left it until the signal fires: replicas of lost engines run elsewhere, what has died or is
 * unhealthy is put right, drained engines are emptied, and what is there twice goes. It acts on signs, and costs next
 * to nothing as long as there are none. While a person's run changes the stack it waits.
 */
export async function watchStack(options: WatchdogOptions): Promise<void> {
  const { engines, clock, signal, lostAfterMs, stack } = options;
  const watching: Watching = {
    options,
    engines: watchOver(engines, clock),
    lost: new Map(),
    foreign: new Map(),
    desired: options.desired,
    wanted: new Map(),
    attempts: new Map(),
    cause: 'start',
    warned: '',
    wake: new AbortController(),
  };
  const sentries = engines.map((engine) =>
    standSentry(engine, hearingOf(watching, engine), { stack, clock, lostAfterMs, signal }),
  );
  while (!isAborted(signal)) {
    watching.wake = new AbortController();
    const againMs = await round(watching);
    await clock.sleep(Math.max(0, againMs - clock.now()), AbortSignal.any([signal, watching.wake.signal]));
    // What a person's run has left is looked at before anything else can happen to it.
    if (watching.cause === undefined) await clock.sleep(gatherMs, signal);
  }
  await Promise.all(sentries);
}

function hearingOf(watching: Watching, { name }: Engine): Parameters<typeof standSentry>[1] {
  const { emit, clock } = watching.options;
  const wake = (): void => watching.wake.abort();
  return {
    lost(error) {
      watching.lost.set(name, error);
      watching.foreign.delete(name);
      const message = `${error.message}; what it holds is unknown`;
      emit({ atMs: clock.now(), type: 'engine-state', engine: name, state: 'lost', message });
      wake();
    },
    back() {
      if (watching.lost.delete(name))
        emit({ atMs: clock.now(), type: 'engine-state', engine: name, state: 'back', message: 'answers again' });
      wake();
    },
    gap: wake,
    event(event) {
      if (event.mark?.kind === 'lock') hearLock(watching, name, { ...event, mark: event.mark });
      if (isWorthALook(event)) wake();
    },
  };
}

type LockEvent = ContainerEvent & { readonly mark: Extract<ContainerEvent['mark'], { readonly kind: 'lock' }> };

function hearLock(watching: Watching, engine: EngineName, { action, mark: { command } }: LockEvent): void {
  // Its own lock, or one of another watchdog, which wants what it wants.
  if (command === 'watchdog') return;
  if (action === 'create') watching.foreign.set(engine, command);
  if (action !== 'destroy') return;
  watching.foreign.delete(engine);
  watching.cause = causeOf(command);
}

const causeOf = (command: string): Cause =>
  command === 'up' || command === 'down' || command === 'stop' ? command : 'other';

const signs = new Set(['die', 'destroy', 'oom', 'pause', 'health_status: unhealthy']);

const isWorthALook = ({ action, mark }: ContainerEvent): boolean => mark !== undefined || signs.has(action);

/** Looks, and does what there is to do. Gives the time at which there may be more without any sign of it. */
async function round(watching: Watching): Promise<number> {
  const { options } = watching;
  const { clock, stack, signal } = options;
  let cause: Cause | undefined;
  try {
    if (await isInOtherHands(watching)) return clock.now() + patienceMs;
    cause = watching.cause;
    watching.cause = undefined;
    const observed = await look(watching);
    if (cause !== undefined && cause !== 'start') watching.desired = (await options.load()) ?? watching.desired;
    if (cause !== undefined) watching.wanted = adopt(watching.desired, observed, watching.wanted, cause);
    const { desired, wanted, attempts } = watching;
    const decision = decide({ stack, desired, observed, wanted, attempts, nowMs: clock.now() });
    warn(watching, decision);
    if (decision.request !== undefined) {
      await act(watching, decision.request);
      return clock.now() + patienceMs;
    }
    return Math.min(clock.now() + restMs, decision.againMs ?? Number.POSITIVE_INFINITY);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    watching.cause ??= cause;
    if (!isAborted(signal)) warn(watching, { refusals: [`engine ${error.engine}: ${error.message}`] });
    return clock.now() + patienceMs;
  }
}

/** Whether somebody changes the stack. The end of a lock that was not heard of is found by asking. */
async function isInOtherHands(watching: Watching): Promise<boolean> {
  const { options, foreign, engines } = watching;
  const { stack, clock, signal } = options;
  for (const [name, command] of foreign) {
    const engine = engines.find((candidate) => candidate.name === name);
    const holder = engine && (await readHolder(engine, { stack, clock, abort: signal }));
    if (holder !== undefined) return true;
    foreign.delete(name);
    watching.cause ??= causeOf(command);
  }
  return false;
}

async function look({ options, engines, lost, desired, wanted }: Watching): Promise<Observed> {
  const { stack, clock, signal } = options;
  const request = requestFor(desired.services, wanted, new Set());
  const asked = engines.filter(({ name }) => !lost.has(name));
  const query = observeQuery(stack, desired, request, engines.length);
  const answers = await askAll(asked, query, { signal, clock });
  return observedOf(new Map([...answers, ...lost]));
}

async function act(watching: Watching, request: UpRequest): Promise<void> {
  const { options, desired, lost } = watching;
  await options.carryOut({
    desired,
    request,
    lost: new Map(lost),
    onPlan: (plan) => {
      watching.attempts = attempted(watching.attempts, mended(plan), options.clock.now());
    },
  });
}

/** Says what keeps it from its work, once as long as it stays the same. */
function warn(watching: Watching, { refusals }: Pick<Decision, 'refusals'>): void {
  const text = refusals.join('; ');
  if (text !== '' && text !== watching.warned) watching.options.warn(text);
  watching.warned = text;
}
