import { declare } from '../arguments/command.ts';
import { choice, type FlagValues, grouped, toggle } from '../arguments/flag.ts';
import { removalFlags } from './down.ts';
import { convergeFlags } from './up.ts';

const output = {
  format: choice('--format <format>', ['text', 'json', 'steps'], 'How the plan is printed'),
  detailedExitCode: toggle('--detailed-exitcode', 'Exit with 3 where there is something to do'),
} as const;

const planFlags = { ...output, ...grouped('What would be asked', convergeFlags) } as const;
const planDownFlags = { ...output, ...grouped('What would be asked', removalFlags) } as const;

export type PlanOutput = FlagValues<typeof output>;

export const planDown = declare({
  name: 'down',
  summary: 'Show what down would do',
  group: 'Inspect',
  operands: '[SERVICE...]',
  flags: planDownFlags,
  examples: [['stack plan down -v', 'which data would go']],
});

export const plan = declare({
  name: 'plan',
  summary: 'Show what up would do, and why; changes nothing',
  group: 'Everyday',
  operands: '[SERVICE...]',
  flags: planFlags,
  conflicts: [
    ['build', 'noBuild'],
    ['forceRecreate', 'noRecreate'],
  ],
  examples: [
    ['stack plan', 'what up would do'],
    ['stack plan down', 'what down would do'],
    ['stack plan --detailed-exitcode', '0: nothing to do, 3: changes'],
    ['stack plan --format json', 'every operation, for scripts'],
  ],
});
