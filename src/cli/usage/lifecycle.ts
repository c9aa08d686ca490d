import { declare } from '../arguments/command.ts';
import { type FlagValues, seconds, toggle } from '../arguments/flag.ts';
import { leaveDataBehind, rebalance, stopTimeout } from './shared.ts';

const noDeps = toggle('--no-deps', 'Leave out what the services depend on');
const startFlags = {
  wait: toggle('--wait', 'Return when services run, and are healthy where they have a healthcheck'),
  waitTimeout: seconds('--wait-timeout <seconds>', 'Longest time to wait with --wait'),
} as const;
const stopFlags = { timeout: stopTimeout() } as const;
const restartFlags = { timeout: stopTimeout(), noDeps } as const;
const scaleFlags = { noDeps, rebalance: rebalance(), leaveDataBehind: leaveDataBehind() } as const;

export type StartValues = FlagValues<typeof startFlags>;
export type StopValues = FlagValues<typeof stopFlags>;
export type RestartValues = FlagValues<typeof restartFlags>;
export type ScaleValues = FlagValues<typeof scaleFlags>;

export const start = declare({
  name: 'start',
  summary: 'Start containers that exist',
  group: 'Lifecycle',
  operands: '[SERVICE...]',
  flags: startFlags,
  examples: [['stack start web', 'start the containers of web']],
});

export const stop = declare({
  name: 'stop',
  summary: 'Stop containers and keep them',
  group: 'Lifecycle',
  operands: '[SERVICE...]',
  flags: stopFlags,
  examples: [['stack stop -t 30', 'give each container 30 seconds']],
});

export const restart = declare({
  name: 'restart',
  summary: 'Restart containers',
  group: 'Lifecycle',
  operands: '[SERVICE...]',
  flags: restartFlags,
  examples: [['stack restart web', 'restart web, and what asks to be restarted with it']],
});

export const scale = declare({
  name: 'scale',
  summary: 'Set how many replicas services have',
  group: 'Lifecycle',
  operands: '<SERVICE=REPLICAS...>',
  flags: scaleFlags,
  examples: [['stack scale web=3 worker=2', 'three replicas of web, two of worker']],
});
