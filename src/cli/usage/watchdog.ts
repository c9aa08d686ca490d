import { declare } from '../arguments/command.ts';
import { type FlagValues, seconds } from '../arguments/flag.ts';

const watchdogFlags = {
  lostAfter: seconds('--lost-after <seconds>', 'An engine that gives no sign of life for so long is lost (default: 3)'),
} as const;

export type WatchdogValues = FlagValues<typeof watchdogFlags>;

export const watchdog = declare({
  name: 'watchdog',
  summary: 'Keep the stack as the last up, scale, stop or down left it, until a signal ends it',
  group: 'Lifecycle',
  flags: watchdogFlags,
  examples: [
    ['stack watchdog', 'replicas of a lost engine run elsewhere, what dies or is unhealthy is put right'],
    ['stack scale web=3', 'meanwhile, in another terminal: three is what it keeps from then on'],
    ['stack --progress json watchdog', 'one JSON event a line'],
  ],
});
