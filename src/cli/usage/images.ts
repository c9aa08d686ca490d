import { ok } from '../../model/result.ts';
import { declare } from '../arguments/command.ts';
import { choice, type FlagValues, hidden, parsedEach, toggle } from '../arguments/flag.ts';

const pullFlags = {
  policy: choice('--policy <policy>', ['missing', 'always'], 'What to pull'),
  includeDeps: toggle('--include-deps', 'Also what the services depend on'),
  ignoreBuildable: toggle('--ignore-buildable', 'Leave out images that can be built'),
  ignorePullFailures: toggle('--ignore-pull-failures', 'Exit with 0 even if an image cannot be pulled'),
  quiet: toggle('-q, --quiet', 'Show no progress'),
} as const;

const buildFlags = {
  noCache: toggle('--no-cache', 'Build every layer anew'),
  pull: toggle('--pull', 'Pull newer versions of base images'),
  args: parsedEach('--build-arg <name=value>', 'Set a build argument; a bare name takes the variable', parseBuildArg),
  withDependencies: toggle('--with-dependencies', 'Also what the services depend on'),
  quiet: toggle('-q, --quiet', 'Show no progress'),
  ...hidden({ noRm: toggle('--no-rm', ''), forceRm: toggle('--force-rm', ''), compress: toggle('--compress', '') }),
} as const;

function parseBuildArg(given: string): { readonly ok: true; readonly value: readonly [string, string | undefined] } {
  const at = given.indexOf('=');
  return ok(at === -1 ? ([given, undefined] as const) : ([given.slice(0, at), given.slice(at + 1)] as const));
}

export type PullValues = FlagValues<typeof pullFlags>;
export type BuildValues = FlagValues<typeof buildFlags>;

export const pull = declare({
  name: 'pull',
  summary: 'Pull the images of services',
  group: 'Images',
  operands: '[SERVICE...]',
  flags: pullFlags,
  examples: [['stack pull --policy missing', 'only images that are not there']],
});

export const build = declare({
  name: 'build',
  summary: 'Build the images of services',
  group: 'Images',
  operands: '[SERVICE...]',
  flags: buildFlags,
  examples: [['stack build --no-cache --build-arg VERSION=2 web', 'build web anew with an argument']],
});
