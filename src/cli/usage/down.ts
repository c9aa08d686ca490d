import { declare } from '../arguments/command.ts';
import { choice, type FlagValues, toggle } from '../arguments/flag.ts';
import { removeOrphans, stopTimeout, yes } from './shared.ts';

/** What `down` removes: shared with `plan down`. */
export const removalFlags = {
  volumes: toggle('-v, --volumes', 'Remove the volumes that the file declares, and anonymous ones, with their data'),
  rmi: choice('--rmi <which>', ['local', 'all'], 'Remove images, local ones have no tag of their own'),
  removeOrphans: removeOrphans(),
  timeout: stopTimeout(),
} as const;

const downFlags = { ...removalFlags, yes: yes() } as const;

export type RemovalValues = FlagValues<typeof removalFlags>;
export type DownValues = FlagValues<typeof downFlags>;

export const down = declare({
  name: 'down',
  summary: 'Stop and remove containers and networks; volumes stay',
  group: 'Everyday',
  operands: '[SERVICE...]',
  flags: downFlags,
  examples: [
    ['stack down', 'take the stack away and keep its data'],
    ['stack down -v', 'its volumes too, after asking on a terminal'],
    ['stack -p shop down', 'by name, without the file'],
  ],
});
