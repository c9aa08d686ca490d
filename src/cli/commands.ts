import { type Command, defineCommand } from './arguments/command.ts';
import { ls, unlock, version } from './usage/about.ts';
import { config } from './usage/config.ts';
import { down } from './usage/down.ts';
import { engines, enginesActivate, enginesCheck, enginesDrain, enginesJoin, enginesPause } from './usage/engines.ts';
import { build, pull } from './usage/images.ts';
import { restart, scale, start, stop } from './usage/lifecycle.ts';
import { logs } from './usage/logs.ts';
import { plan, planDown } from './usage/plan.ts';
import { ps } from './usage/ps.ts';
import { rollback } from './usage/rollback.ts';
import { up } from './usage/up.ts';
import { watchdog } from './usage/watchdog.ts';

/** Every command, in the order of the help. What does the work is loaded when the command runs. */
export const commands: readonly Command[] = [
  defineCommand(up, async () => (await import('./commands/up.ts')).runUp),
  defineCommand(down, async () => (await import('./commands/down.ts')).runDown),
  defineCommand(plan, async () => (await import('./commands/plan.ts')).runPlan, [
    defineCommand(planDown, async () => (await import('./commands/plan.ts')).runPlanDown),
  ]),
  defineCommand(ps, async () => (await import('./commands/ps.ts')).runPs),
  defineCommand(logs, async () => (await import('./commands/logs.ts')).runLogs),
  defineCommand(config, async () => (await import('./commands/config.ts')).runConfig),
  defineCommand(ls, async () => (await import('./commands/ls.ts')).runLs),
  defineCommand(engines, async () => (await import('./commands/engines.ts')).runEngines, [
    defineCommand(enginesCheck, async () => (await import('./commands/engines.ts')).runEnginesCheck),
    defineCommand(enginesJoin, async () => (await import('./commands/engines-join.ts')).runEnginesJoin),
    defineCommand(enginesDrain, async () => (await import('./commands/engines.ts')).runEnginesMark('drain')),
    defineCommand(enginesPause, async () => (await import('./commands/engines.ts')).runEnginesMark('pause')),
    defineCommand(enginesActivate, async () => (await import('./commands/engines.ts')).runEnginesMark('active')),
  ]),
  defineCommand(start, async () => (await import('./commands/start.ts')).runStart),
  defineCommand(stop, async () => (await import('./commands/stop.ts')).runStop),
  defineCommand(restart, async () => (await import('./commands/restart.ts')).runRestart),
  defineCommand(scale, async () => (await import('./commands/scale.ts')).runScale),
  defineCommand(rollback, async () => (await import('./commands/rollback.ts')).runRollback),
  defineCommand(watchdog, async () => (await import('./commands/watchdog.ts')).runWatchdog),
  defineCommand(pull, async () => (await import('./commands/pull.ts')).runPull),
  defineCommand(build, async () => (await import('./commands/build.ts')).runBuild),
  defineCommand(unlock, async () => (await import('./commands/unlock.ts')).runUnlock),
  defineCommand(version, async () => (await import('./commands/version.ts')).runVersion),
];
