import { type Engine, EngineError } from '../../engine/engine.ts';
import type { Invocation } from '../arguments/command.ts';
import { isYes } from '../confirm.ts';
import type { Context } from '../context.ts';
import { advertiseOf, carryOutJoin, type Joiner } from '../engines/join.ts';
import { type JoinPlan, planJoin } from '../engines/join-plan.ts';
import { chooseEngines, seeEngines } from '../engines/seen.ts';
import { done, type Ending, exitCodes, failure, UsageError } from '../exit.ts';
import { look, withEngines } from '../observing.ts';
import { joinLines } from '../text/safe-text.ts';
import type { JoinValues } from '../usage/engines.ts';

/** `stack engines join`: says what it will do, asks, and makes one swarm of the engines. */
export async function runEnginesJoin(invocation: Invocation<JoinValues>): Promise<Ending> {
  const { context, root, flags, operands } = invocation;
  return withEngines(invocation, async (all) => {
    const engines = chooseEngines(all, operands);
    const advertised = flags.advertise.map(({ name }) => name);
    chooseEngines(engines, advertised);
    const joiners = await look(context, (signal) => joinersOf(engines, flags, signal));
    const plan = planJoin(joiners);
    if (!plan.ok) return failure(exitCodes.failed, plan.error.message, plan.error.hint);
    context.stdout.write(joinLines(planLines(plan.value, joiners)));
    if (root.isDryRun || isDone(plan.value)) return done;
    if (!flags.yes && !(await agrees(context))) return { code: exitCodes.failed, lines: ['Nothing was changed.'] };
    return carryOut(context, joiners, plan.value);
  });
}

/** An engine that does not answer cannot be asked whose it is; to leave it out is for the person to say. */
async function joinersOf(
  engines: readonly Engine[],
  { advertise }: JoinValues,
  signal: AbortSignal,
): Promise<readonly Joiner[]> {
  const seen = await seeEngines(engines, signal);
  const joiners = seen.map(async (each): Promise<Joiner> => {
    if (each.kind === 'silent') throw each.error;
    const { engine, info } = each;
    const setup = await engine.openSetup?.();
    if (setup === undefined) throw new UsageError(`engine ${engine.name} cannot be made a member of a swarm`);
    const said = advertise.find(({ name }) => name === engine.name)?.address;
    return { engine, setup, info, name: engine.name, advertise: said ?? (await advertiseOf(engine)) };
  });
  return Promise.all(joiners);
}

const isDone = ({ begins, managers, workers }: JoinPlan): boolean =>
  begins === undefined && managers.length === 0 && workers.length === 0;

function planLines(plan: JoinPlan, joiners: readonly Joiner[]): readonly string[] {
  const at = (name: string): string =>
    joiners.find((joiner) => joiner.name === name)?.advertise ?? 'an address of its own choice';
  if (isDone(plan)) return [`${plan.members.join(', ')}: in one swarm already`];
  return [
    ...plan.members.map((name) => `  ${name}  is in the swarm already`),
    ...(plan.begins === undefined
      ? []
      : [`+ ${plan.begins}  begins a swarm as its first manager, at ${at(plan.begins)}`]),
    ...plan.managers.map((name) => `+ ${name}  joins as a manager, at ${at(name)}`),
    ...plan.workers.map((name) => `+ ${name}  joins as a worker, at ${at(name)}`),
    'Members reach each other on tcp 2377, tcp and udp 7946, and udp 4789.',
  ];
}

/** Where nobody can answer, the words of the command have to say yes. */
async function agrees({ ask }: Context): Promise<boolean> {
  if (ask === undefined) throw new UsageError('engines are joined only after a yes', 'give it with --yes');
  return isYes(await ask('Make this swarm? [y/N] '));
}

/** Longest time for joining; every engine answers within some seconds. */
const deadlineMs = 120_000;

async function carryOut(context: Context, joiners: readonly Joiner[], plan: JoinPlan): Promise<Ending> {
  const tell = (line: string): void => {
    context.stdout.write(joinLines([line]));
  };
  try {
    await look(context, (signal) => carryOutJoin(joiners, plan, { signal, tell }), deadlineMs);
  } catch (error) {
    if (!(error instanceof EngineError && error.message.includes('address to advertise'))) throw error;
    const hint = `say by which address the others reach it: --advertise-addr ${error.engine}=ADDRESS`;
    return failure(exitCodes.failed, `engine ${error.engine}: ${error.message}`, hint);
  }
  tell(`${joiners.length} engines are one swarm: networks span them`);
  return done;
}
