import { EngineError } from '../../src/engine/engine.ts';
import type { Desired } from '../../src/model/desired.ts';
import type { Event } from '../../src/model/event.ts';
import type { Request } from '../../src/model/request.ts';
import type { Outcome } from '../../src/reconcile/run.ts';
import { up } from '../support/builders.ts';
import { type TestClock, virtualClock } from '../support/clock.ts';
import { lockOwner } from '../support/locks.ts';
import { type Client, type Fault, openClient } from '../support/memory-client.ts';
import { type MemoryEngine, memoryEngine } from '../support/memory-engine.ts';
import { run } from '../support/run.ts';
import { openStranger } from '../support/stranger.ts';
import { checkEnd, dataOf, watch } from './invariants.ts';
import { behave, type Scenario } from './scenario.ts';

/** What happens to the runs that carry a scenario out. */
export interface History {
  /** What befalls each run; they come one after the other. */
  readonly runs: readonly (readonly Fault[])[];
  /** A run of somebody else begins at the same moment as the first one. Default: nobody else is there. */
  readonly hasCompany?: boolean;
  /** Whoever comes later cannot know whether the process of a dead run is gone. Default: it can. */
  readonly isElsewhere?: boolean;
}

/** What a simulated history left behind, and every rule that was broken on the way. */
export interface Simulated {
  readonly violations: readonly string[];
  /** Mutating calls of the first run. */
  readonly calls: readonly string[];
}

/** A scenario that is carried out. */
interface Stage {
  readonly scenario: Scenario;
  readonly history: History;
  readonly clock: TestClock;
  readonly engines: readonly MemoryEngine[];
  readonly violations: Set<string>;
  readonly dead: Set<string>;
  /** Ends what dead runs wait for, which nobody else would. */
  readonly abort: AbortController;
}

/**
 * Converges the state before, lets runs meet their faults, one after the other, and then runs once more undisturbed.
 * Every run takes the stack's lock. Checks the rules that hold at every moment, and those that hold in the end.
 */
export async function simulate(scenario: Scenario, history: History): Promise<Simulated> {
  const stage = await open(scenario, history);
  const { engines, violations } = stage;
  const worlds = engines.map(({ world }) => world);
  const stopWatching = watch(
    {
      scenario,
      worlds,
      isOutage: isOutage(history),
      isRefused: isRefused(history),
      isCut: isTornApart(scenario, history),
    },
    violations,
  );
  const data = worlds.map(dataOf);
  let calls: readonly string[] | undefined;
  for (const [index, faults] of history.runs.entries()) {
    const client = openClient(stage.clock, faults, `run ${index + 1}`);
    const company = index === 0 && history.hasCompany === true ? accompany(stage) : undefined;
    await suffer(stage, client);
    await company;
    calls ??= client.calls;
    if (client.isDead) stage.dead.add(client.name);
  }
  for (const world of worlds) world.cutUntilMs = 0;
  await finish(stage);
  stopWatching();
  checkEnd({ scenario, worlds, data }, violations);
  stage.abort.abort();
  return { violations: [...violations], calls: calls ?? [] };
}

async function open(scenario: Scenario, history: History): Promise<Stage> {
  const clock = virtualClock();
  const { apiVersion = '1.45', engines: names = ['alpha'], breaks } = scenario;
  let isBroken = false;
  const engines = names.map((name) =>
    memoryEngine({
      name,
      clock,
      apiVersion,
      registry: ['nginx:1.27', 'haproxy:3.0-alpine'],
      behave: (spec, slot) =>
        isBroken && new Map(spec.environment).get('VERSION') === breaks
          ? { refusesToStart: 'no such file or directory' }
          : behave(spec, slot),
    }),
  );
  const stage: Stage = {
    scenario,
    history,
    clock,
    engines,
    violations: new Set(),
    dead: new Set(),
    abort: new AbortController(),
  };
  for (const state of [scenario.earlier, scenario.before]) if (state !== undefined) await settle(stage, state);
  for (const { world } of engines) scenario.meddle?.(world);
  isBroken = breaks !== undefined;
  // An outage ends what runs of others too.
  for (const { world } of isOutage(history) ? [] : engines) {
    const { isTouched } = openStranger(world);
    world.witnesses.add((call) => void (isTouched() && stage.violations.add(`others were touched before ${call}`)));
  }
  return stage;
}

async function settle(stage: Stage, desired: Desired): Promise<void> {
  const request = up({ removeOrphans: true });
  const { outcome } = await runAs(stage, openClient(stage.clock, [], 'before'), { desired, request });
  if (outcome.kind !== 'converged') throw new Error(`the state before did not converge: ${JSON.stringify(outcome)}`);
}

interface Wish {
  readonly desired: Desired;
  readonly request: Request;
}

function runAs({ engines, history, dead, abort }: Stage, client: Client, wish: Wish): ReturnType<typeof run> {
  return run({
    ...wish,
    connections: engines.map((engine) => engine.connectAs(client)),
    abort: abort.signal,
    lock: {
      owner: lockOwner({ run: client.name }),
      timeoutMs: 1_800_000,
      random: () => 0.5,
      isGone: (owner) => history.isElsewhere !== true && dead.has(owner.run),
    },
  });
}

/** A run until it ends or dies. */
async function suffer(stage: Stage, client: Client): Promise<void> {
  const { scenario, violations, history } = stage;
  const living = runAs(stage, client, { desired: scenario.after, request: scenario.request }).catch(
    (cause: unknown) => {
      // Before the first change a run may give up.
      if (!(cause instanceof EngineError) || client.calls.some((call) => !isOfLock(call))) throw cause;
      return undefined;
    },
  );
  const ended = await Promise.race([living, client.crashed]);
  if (ended === undefined) return;
  if (!mayEnd(scenario, history, client.faults).includes(ended.outcome.kind))
    violations.add(`${client.name} ended as ${describe(ended.outcome, ended.events)}`);
}

const isOfLock = (call: string): boolean => /^(create|release)-lock/.test(call);

/** How a run with these faults may end. */
function mayEnd(
  { bad, engines = [] }: Scenario,
  { hasCompany }: History,
  faults: readonly Fault[],
): readonly Outcome['kind'][] {
  const kinds: Outcome['kind'][] = [bad === undefined ? 'converged' : 'failed'];
  // An engine that said no once may be believed, and one that does not come back is lost.
  const cuts = faults.filter(({ kind }) => isCut(kind));
  const isLost = cuts.some(({ forMs }) => forMs === undefined);
  // Where others can take over, nobody waits for long.
  if (isLost || (cuts.length > 0 && engines.length > 1)) kinds.push('partial');
  // What waits for a container that went with its engine has failed.
  if (isLost || faults.some(({ kind }) => kind === 'error' || kind === 'power')) kinds.push('failed');
  if (faults.some(({ kind }) => kind === 'stall') && hasCompany === true) kinds.push('locked');
  return kinds;
}

const isCut = (kind: Fault['kind']): boolean => kind === 'cut' || kind === 'power';
/** Others take over what an engine runs that they cannot ask. */
const isTornApart = ({ engines = [] }: Scenario, { runs }: History): boolean =>
  engines.length > 1 && runs.flat().some(({ kind }) => isCut(kind));
const isRefused = ({ runs }: History): boolean => runs.flat().some(({ kind }) => kind === 'error');
const isOutage = ({ runs }: History): boolean => runs.flat().some(({ kind }) => kind === 'power');

/** Somebody else wants the same at the same time, and nothing happens to that run. */
async function accompany(stage: Stage): Promise<void> {
  const { scenario, violations } = stage;
  const client = openClient(stage.clock, [], 'company');
  const { outcome, events } = await runAs(stage, client, { desired: scenario.after, request: scenario.request });
  const expected = scenario.bad === undefined ? 'converged' : 'failed';
  if (outcome.kind !== expected) violations.add(`the company's run ended as ${describe(outcome, events)}`);
}

/** One more run as the person would make it, and one that must find nothing to do. */
async function finish(stage: Stage): Promise<void> {
  const { scenario, violations, engines } = stage;
  const { after: desired, bad, again = /^$/ } = scenario;
  const request =
    scenario.request.kind === 'up' ? { ...scenario.request, recreate: 'changed' as const } : scenario.request;
  const client = openClient(stage.clock, [], 'one more run');
  const { outcome, events } = await runAs(stage, client, { desired, request });
  const expected = bad === undefined ? 'converged' : 'failed';
  if (outcome.kind !== expected) violations.add(`one more run ended as ${describe(outcome, events)}`);
  const isLocked = engines.some(({ world }) => world.locks.size > 0);
  if (client.calls.length > 0 && isLocked) violations.add('the lock is there after one more run');
  if (bad !== undefined) return;
  const third = openClient(stage.clock, [], 'third run');
  await runAs(stage, third, { desired, request });
  const done = third.calls.filter((call) => !again.test(call) && !isOfLock(call));
  if (done.length > 0) violations.add(`a third run still did: ${done.join(', ')}`);
}

function describe(outcome: Outcome, events: readonly Event[]): string {
  const failed = events.flatMap((event) =>
    event.type === 'step-failed'
      ? `${event.step.operation.kind} ${event.step.operation.address}: ${event.message}`
      : [],
  );
  const refused = outcome.kind === 'refused' ? outcome.refusals.map(({ message }) => message) : [];
  return `${outcome.kind} (${[...failed, ...refused].join('; ')})`;
}
