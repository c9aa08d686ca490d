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

export const unlock = declare({
  name: 'unlock',
  summary: 'Take away the lock of a run that is dead',
  group: 'Other',
  operands: '<ID>',
  flags: {},
  examples: [['stack unlock 3f2a9c0d11e4', 'the id stands in the message of the run that could not wait']],
});
