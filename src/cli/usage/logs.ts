import { err, ok, type Result } from '../../model/result.ts';
import { declare } from '../arguments/command.ts';
import { count, type FlagValues, parsed, text, toggle } from '../arguments/flag.ts';
import { noColor, noLogPrefix } from './shared.ts';

const logsFlags = {
  follow: toggle('-f, --follow', 'Go on until interrupted'),
  tail: parsed('-n, --tail <lines>', "Lines from the end of each container's log, or all", parseTail),
  since: text('--since <time>', 'Lines since a time (2026-01-02T13:23:37Z) or an age (42m)'),
  until: text('--until <time>', 'Lines before a time or an age'),
  timestamps: toggle('-t, --timestamps', 'Show when each line was written'),
  noColor: noColor(),
  noLogPrefix: noLogPrefix(),
  index: count('--index <number>', 'Only this replica of a service', 1),
} as const;

function parseTail(given: string): Result<number | 'all', string> {
  if (given === 'all' || given === '-1') return ok('all');
  return /^\d{1,9}$/.test(given) ? ok(Number(given)) : err('a number of lines or "all" is wanted');
}

export type LogsValues = FlagValues<typeof logsFlags>;

export const logs = declare({
  name: 'logs',
  summary: 'Show the output of containers',
  group: 'Everyday',
  operands: '[SERVICE...]',
  flags: logsFlags,
  examples: [
    ['stack logs -f web', 'follow one service'],
    ['stack logs --since 10m -n 100', 'at most 100 lines each of the last ten minutes'],
  ],
});
