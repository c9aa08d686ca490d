import { expect, test } from 'vitest';
import { parseCommandLine } from '../../src/cli/arguments/parse.ts';
import { commands } from '../../src/cli/commands.ts';
import {
  buildRequest,
  downRequest,
  pullRequest,
  requireServices,
  scaleRequest,
  upRequest,
} from '../../src/cli/requests.ts';
import type { DownValues } from '../../src/cli/usage/down.ts';
import type { BuildValues, PullValues } from '../../src/cli/usage/images.ts';
import type { UpValues } from '../../src/cli/usage/up.ts';

/** Flags and operands of a command line. The caller says of which command. */
function read<Values>(line: string): { readonly flags: Values; readonly operands: readonly string[] } {
  const parsed = parseCommandLine(line.split(' '), commands, new Map());
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return { flags: parsed.flags as unknown as Values, operands: parsed.operands };
}

const nothingSet: ReadonlyMap<string, string> = new Map();
const plainUp = {
  kind: 'up',
  services: [],
  withDependencies: true,
  scale: new Map(),
  recreate: 'changed',
  recreateDependencies: false,
  renewAnonymousVolumes: false,
  pull: undefined,
  build: 'missing',
  start: true,
  removeOrphans: false,
  rebalance: false,
  leaveDataBehind: false,
  wait: false,
  stopTimeoutMs: undefined,
};

test.each([
  ['up', {}],
  ['up web db', { services: ['web', 'db'] }],
  ['up --no-deps web', { services: ['web'], withDependencies: false }],
  ['up --scale web=3 --scale web=2', { scale: new Map([['web', 2]]) }],
  ['up --force-recreate', { recreate: 'always' }],
  ['up --force-recreate --always-recreate-deps', { recreate: 'always', recreateDependencies: true }],
  ['up --no-recreate', { recreate: 'never' }],
  ['up -V', { renewAnonymousVolumes: true }],
  ['up --pull always', { pull: 'always' }],
  ['up --build', { build: 'always' }],
  ['up --no-build', { build: 'never' }],
  ['up --no-start', { start: false }],
  ['up --remove-orphans', { removeOrphans: true }],
  ['up --rebalance', { rebalance: true }],
  ['up --leave-data-behind', { leaveDataBehind: true }],
  ['up -t 3', { stopTimeoutMs: 3000 }],
])('%s asks for %o', (line, asked) => {
  const { flags, operands } = read<UpValues>(line);
  expect(upRequest(flags, operands, { wait: false, environment: nothingSet })).toEqual({ ...plainUp, ...asked });
});

test.each([
  ['down', {}],
  ['down web', { services: ['web'] }],
  ['down -v', { removeVolumes: true }],
  ['down --rmi all', { removeImages: 'all' }],
  ['down --remove-orphans -t 0', { removeOrphans: true, stopTimeoutMs: 0 }],
])('%s asks for %o', (line, asked) => {
  const { flags, operands } = read<DownValues>(line);
  expect(downRequest(flags, operands, nothingSet)).toEqual({
    kind: 'down',
    services: [],
    removeVolumes: false,
    removeImages: 'none',
    removeOrphans: false,
    stopTimeoutMs: undefined,
    ...asked,
  });
});

test('COMPOSE_REMOVE_ORPHANS says the same as the flag', () => {
  const environment = new Map([['COMPOSE_REMOVE_ORPHANS', 'true']]);
  const up = read<UpValues>('up');
  expect(upRequest(up.flags, [], { wait: false, environment }).removeOrphans).toBe(true);
  expect(downRequest(read<DownValues>('down').flags, [], environment).removeOrphans).toBe(true);
});

test('scale is an up of the services that are scaled', () => {
  expect(
    scaleRequest([{ service: 'web', replicas: 3 }], {
      withDependencies: false,
      rebalance: false,
      leaveDataBehind: false,
    }),
  ).toEqual({
    ...plainUp,
    services: ['web'],
    withDependencies: false,
    scale: new Map([['web', 3]]),
  });
});

test('pull asks for images again that are there, unless the policy says missing', () => {
  expect(pullRequest(read<PullValues>('pull').flags, []).policy).toBe('always');
  expect(pullRequest(read<PullValues>('pull --policy missing --include-deps').flags, ['web'])).toEqual({
    kind: 'pull',
    services: ['web'],
    withDependencies: true,
    policy: 'missing',
    ignoreBuildable: false,
  });
});

test('build passes arguments on; a bare name takes the variable', () => {
  expect(buildRequest(read<BuildValues>('build --no-cache --pull --build-arg A=1 --build-arg B').flags, [])).toEqual({
    kind: 'build',
    services: [],
    withDependencies: false,
    noCache: true,
    pull: true,
    args: [
      ['A', '1'],
      ['B', undefined],
    ],
  });
});

test('a service that is not there is refused with the nearest that is', () => {
  expect(() => requireServices(['web', 'wbe'], ['web', 'db'])).toThrow('no such service: wbe');
});
