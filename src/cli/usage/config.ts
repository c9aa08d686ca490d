import { declare } from '../arguments/command.ts';
import { choice, type FlagValues, grouped, text, toggle } from '../arguments/flag.ts';

const configFlags = {
  format: choice('--format <format>', ['yaml', 'json'], 'How the model, and what is wrong with it, are printed'),
  output: text('-o, --output <path>', 'Write to a file instead of standard output'),
  quiet: toggle('-q, --quiet', 'Only check the file'),
  ...grouped('Print instead of the model', {
    services: toggle('--services', 'Names of services'),
    volumes: toggle('--volumes', 'Names of volumes'),
    networks: toggle('--networks', 'Names of networks'),
    images: toggle('--images', 'Images'),
    models: toggle('--models', 'Names of models'),
    profiles: toggle('--profiles', 'Names of profiles'),
    hash: text('--hash <services>', "Hashes of services, separated by commas; '*' is all"),
    variables: toggle('--variables', 'Variables that the file uses, and their defaults'),
    environment: toggle('--environment', 'Variables that interpolation sees'),
  }),
  resolveImageDigests: toggle('--resolve-image-digests', 'Ask registries for the digests of images, and pin them'),
  lockImageDigests: toggle('--lock-image-digests', 'Print an override file that does nothing but pin images'),
  noInterpolate: toggle('--no-interpolate', 'Leave variables as they are written'),
  noNormalize: toggle('--no-normalize', 'Fill in no defaults'),
  noPathResolution: toggle('--no-path-resolution', 'Leave relative paths relative'),
  noEnvResolution: toggle('--no-env-resolution', 'Leave files of variables unread'),
  noConsistency: toggle('--no-consistency', 'Skip the checks between services, networks and volumes'),
} as const;

export type ConfigValues = FlagValues<typeof configFlags>;

export const config = declare({
  name: 'config',
  aliases: ['convert'],
  summary: 'Check the file and print it with everything resolved',
  group: 'Inspect',
  operands: '[SERVICE...]',
  flags: configFlags,
  examples: [
    ['stack config -q', 'check the file; errors show place and cure'],
    ['stack config --format json', 'the model, for scripts'],
    ['stack config --services', 'names of the enabled services'],
    ['stack config --lock-image-digests -o locked.yaml', 'pin every image; then name both files with -f'],
  ],
});
