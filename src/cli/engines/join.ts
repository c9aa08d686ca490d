import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { parseAddress } from '../../engine/address.ts';
import { type Engine, EngineError } from '../../engine/engine.ts';
import type { EngineSetup } from '../../engine/setup/port.ts';
import type { Candidate, JoinPlan } from './join-plan.ts';

/** An engine and what makes a member of it. */
export interface Joiner extends Candidate {
  readonly engine: Engine;
  readonly setup: EngineSetup;
}

/** How long members may take until the managers hear of them. */
const readyMs = 60_000;
const managerPort = 2377;

/** How the others reach an engine, by its endpoint: swarms want addresses, so names are looked up. */
export async function advertiseOf({ address = '' }: Engine): Promise<string | undefined> {
  const reach = parseAddress(address);
  if (!reach.ok || reach.value.kind === 'unix') return undefined;
  const { host } = reach.value;
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host)).address;
  } catch {
    // A name that only the ssh client's configuration knows.
    return undefined;
  }
}

/** Carries a plan out and waits until the managers hear of every member. Begun again after an end halfway, it goes on. */
export async function carryOutJoin(
  joiners: readonly Joiner[],
  plan: JoinPlan,
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: (line: string) => void },
): Promise<void> {
  const named = (name: string): Joiner => {
    const found = joiners.find((joiner) => joiner.name === name);
    if (found === undefined) throw new Error(`no engine ${name}`);
    return found;
  };
  const through = named(plan.through);
  if (plan.begins !== undefined) {
    await through.setup.initSwarm(through.advertise, signal);
    tell(`${through.name} begins the swarm`);
  }
  const tokens = await through.setup.joinTokens(signal);
  const managers = [`${await addressOf(through, signal)}:${managerPort}`];
  const join = async (name: string, role: 'manager' | 'worker'): Promise<void> => {
    const { setup, advertise } = named(name);
    await setup.joinSwarm({ token: tokens[role], managers, advertise }, signal);
    tell(`${name} joined as a ${role}`);
  };
  // One after the other: each new manager has to be known to the others before the next.
  for (const name of plan.managers) await join(name, 'manager');
  await Promise.all(plan.workers.map((name) => join(name, 'worker')));
  await untilReady(through, joiners, signal);
}

async function addressOf({ engine, name }: Joiner, signal: AbortSignal): Promise<string> {
  const address = (await engine.info(signal)).swarm?.nodeAddress ?? '';
  if (address === '')
    throw new EngineError('incompatible', engine.name, `${name} does not tell its address in the swarm`);
  return address.includes(':') ? `[${address}]` : address;
}

async function untilReady(through: Joiner, joiners: readonly Joiner[], signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.timeout(readyMs);
  for (;;) {
    const nodes = (await through.engine.info(signal)).swarm?.nodes ?? [];
    const ready = new Set(nodes.filter(({ isReady }) => isReady).map(({ nodeId }) => nodeId));
    const infos = await Promise.all(
      joiners.map(async ({ engine, name }) => ({ name, swarm: (await engine.info(signal)).swarm })),
    );
    const late = infos.filter(({ swarm }) => swarm?.problem !== undefined || !ready.has(swarm?.nodeId ?? ''));
    if (late.length === 0) return;
    if (patience.aborted) {
      const message = `the managers do not hear of ${late.map(({ name }) => name).join(', ')}`;
      const hint = 'open tcp 2377 and tcp and udp 7946 between the machines';
      throw new EngineError('timeout', through.engine.name, message, { hint });
    }
    await sleep(200, undefined, { signal }).catch(() => undefined);
  }
}
