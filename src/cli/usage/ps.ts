import { declare } from '../arguments/command.ts';
import { type FlagValues, texts, toggle } from '../arguments/flag.ts';
import { filter, format } from './shared.ts';

export const containerStates = ['paused', 'restarting', 'removing', 'running', 'dead', 'created', 'exited'] as const;

const psFlags = {
  all: toggle('-a, --all', 'Also containers that do not run'),
  format: format("table, json, or a template such as '{{.Name}}: {{.State}}'"),
  filter: filter('--filter <filter>', ['status']),
  statuses: texts('--status <state>', `Only containers in this state: ${containerStates.join(', ')}`),
  services: toggle('--services', 'Only names of services'),
  quiet: toggle('-q, --quiet', 'Only ids'),
  noTrunc: toggle('--no-trunc', 'Cut nothing'),
  orphans: toggle('--orphans', 'Also containers of services that the file does not have (default)'),
  noOrphans: toggle('--no-orphans', 'Only containers of services of the file'),
} as const;

export type PsValues = FlagValues<typeof psFlags>;

export const ps = declare({
  name: 'ps',
  summary: 'List containers',
  group: 'Everyday',
  operands: '[SERVICE...]',
  flags: psFlags,
  examples: [
    ['stack ps -a', 'also containers that have exited'],
    ["stack ps --format '{{.Name}}: {{.Health}}'", 'a line of your own'],
    ['stack ps --format json', 'one JSON object a line'],
  ],
});
