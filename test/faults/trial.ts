import { removeProject } from '../support/real/api.ts';
import type { TestEngine } from '../support/real/engines.ts';
import { type FaultyEngine, openFaultyEngine, type Strike, type Verdict } from '../support/real/fault-proxy.ts';
import { openStack, type Ran, type Running, type TestStack } from '../support/real/stack.ts';
import type { Scenario } from './scenarios.ts';
import {
  type Attendance,
  type Bystander,
  flaws,
  hasLock,
  openAttendance,
  openBystander,
  volumesBorn,
} from './witness.ts';

/** A stack behind a faulty engine, on which one scenario is tried again and again. */
export interface Trial {
  readonly stack: TestStack;
  readonly scenario: Scenario;
  readonly faulty: FaultyEngine;
  readonly bystander: Bystander;
  readonly attendance: Attendance;
  /** How often it was tried, and in what state that left the stack: the stack file, or none. */
  times: number;
  left: string | undefined;
}

export async function openTrial(engine: TestEngine, scenario: Scenario): Promise<Trial> {
  const faulty = await openFaultyEngine(engine);
  const stack = await openStack(engine, {}, { environment: { DOCKER_HOST: faulty.host } });
  const bystander = await openBystander(stack);
  const attendance = await openAttendance(stack);
  return { stack, scenario, faulty, bystander, attendance, times: 0, left: undefined };
}

/** A blow, told of the run that it falls upon. */
export interface Blow extends Omit<Strike, 'act'> {
  readonly act: (run: Running) => Verdict | Promise<Verdict>;
  /** Waits, after the run, until the engine is itself again. */
  readonly settle?: () => Promise<void>;
}

/** What was wrong after a run that was disturbed and one more `up`. */
export interface Aftermath<R> {
  readonly ran: R;
  readonly wrong: readonly string[];
}

/** How a run ended that was struck, and whether the blow came at all. */
export interface Struck extends Ran {
  readonly calls: readonly string[];
  readonly hasStruck: boolean;
}

/** Strikes one run. */
export function strikeOnce(trial: Trial, blow: Blow | undefined): Promise<Aftermath<Struck>> {
  const { stack, scenario, faulty } = trial;
  return disturb(trial, async () => {
    let running: Running | undefined;
    const act = (): Verdict | Promise<Verdict> => (running === undefined ? 'pass' : (blow?.act(running) ?? 'pass'));
    faulty.arm(blow === undefined ? undefined : { ...blow, act });
    running = stack.start('up', '-d', ...(scenario.options ?? []));
    const ran = await running.ended;
    await blow?.settle?.();
    return { ...ran, calls: faulty.calls(), hasStruck: faulty.hasStruck() };
  });
}

/** Brings the stack to where the scenario begins, lets a run and one more `up` follow, and looks. */
export async function disturb<R>(trial: Trial, run: () => Promise<R>): Promise<Aftermath<R>> {
  const { stack, scenario, faulty, attendance, bystander } = trial;
  const n = (trial.times += 1);
  await goToStart(trial, n);
  const [foreign, volumesAtFirst] = [await bystander.identity(), await volumesBorn(stack)];
  await attendance.restart();
  await stack.write({ 'compose.yaml': scenario.after(n) });
  const ran = await run();
  faulty.arm(undefined);
  const volumes = new Set([...volumesAtFirst, ...(await volumesBorn(stack))]);
  const wrong = [...(await complete(trial, n))];
  const kept = new Set(await volumesBorn(stack));
  wrong.push(...[...volumes].filter((it) => !kept.has(it)).map((it) => `lost volume ${it}`));
  if ((await bystander.identity()) !== foreign) wrong.push('something foreign was touched');
  for (const service of scenario.alwaysUp) {
    if (attendance.fewest(service) < 1) wrong.push(`${service} was down`);
  }
  trial.left = wrong.length === 0 ? endOf(scenario, n) : undefined;
  return { ran, wrong };
}

/** One more `up` must do, and find nothing to do after that. */
async function complete({ stack, scenario, faulty }: Trial, n: number): Promise<readonly string[]> {
  const { options = [], isBad = false } = scenario;
  const wrong: string[] = [];
  const again = await stack.run('up', '-d', ...options);
  if (again.code !== (isBad ? 1 : 0)) wrong.push(`one more up: exit code ${again.code ?? 'none'} ${again.stderr}`);
  // A run that finds nothing to do changes nothing: a dead holder's lock stays for the next that does.
  if (faulty.calls().length > 0 && (await hasLock(stack))) wrong.push('the lock is still there');
  wrong.push(...(await flaws(stack, scenario, n)));
  const third = await stack.run('plan', '--detailed-exitcode');
  if (third.code !== (isBad ? 3 : 0)) wrong.push(`the third plan: exit code ${third.code ?? 'none'} ${third.stdout}`);
  return wrong;
}

/** The stack file that describes what a scenario leaves behind. */
const endOf = ({ isBad = false, before, after }: Scenario, n: number): string | undefined =>
  isBad ? before(n) : after(n);

async function goToStart({ stack, scenario, faulty, left }: Trial, n: number): Promise<void> {
  faulty.arm(undefined);
  const start = scenario.before(n);
  if (start !== undefined && start === left) return;
  if (start === undefined || left === undefined) await removeProject(stack.engine, stack.project);
  if (start === undefined) return;
  await stack.write({ 'compose.yaml': start });
  await stack.ok('up', '-d', '--remove-orphans');
}
