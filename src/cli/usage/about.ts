import { declare } from '../arguments/command.ts';
import { choice, type FlagValues, toggle } from '../arguments/flag.ts';
import { filter } from './shared.ts';

const versionFlags = {
  short: toggle('--short', 'Only the number'),
  format: choice('-f, --format <format>', ['pretty', 'json'], 'How it is printed'),
} as const;

const lsFlags = {
  all: toggle('-a, --all', 'Also stacks without a running container'),
  format: choice('--format <format>', ['table', 'json'], 'How stacks are printed'),
  quiet: toggle('-q, --quiet', 'Only names'),
  filter: filter('--filter <filter>', ['name']),
} as const;

export type VersionValues = FlagValues<typeof versionFlags>;
export type LsValues = FlagValues<typeof lsFlags>;

export const version = declare({
  name: 'version',
  summary: 'Show the version',
  group: 'Other',
  flags: versionFlags,
  examples: [],
});

export const ls = declare({
  name: 'ls',
  summary: 'List the stacks on the engine',
  group: 'Inspect',
  flags: lsFlags,
  examples: [['stack ls -a', 'also stacks that are stopped']],
});
