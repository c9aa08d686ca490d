import { declare } from '../arguments/command.ts';
import type { FlagValues } from '../arguments/flag.ts';
import { stopTimeout } from './shared.ts';

const rollbackFlags = { timeout: stopTimeout() } as const;

export type RollbackValues = FlagValues<typeof rollbackFlags>;

export const rollback = declare({
  name: 'rollback',
  summary: 'Go back to the version before, one step',
  group: 'Lifecycle',
  operands: '[SERVICE...]',
  flags: rollbackFlags,
  examples: [
    ['stack rollback web', 'web as it was before its last update'],
    ['stack --dry-run rollback', 'what would change, for all services'],
  ],
});
