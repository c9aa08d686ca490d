import { expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/cli/arguments/parse.ts';
import { commands } from '../../../src/cli/commands.ts';

type Environment = Readonly<Record<string, string>>;

/** Reads a command line as a shell without quotes would hand it over. */
function parse(line: string, environment: Environment = {}): ReturnType<typeof parseCommandLine> {
  const words = line.split(' ').filter((word) => word !== '');
  return parseCommandLine(words, commands, new Map(Object.entries(environment)));
}

function run(line: string, environment: Environment = {}): Extract<ReturnType<typeof parse>, { kind: 'run' }> {
  const parsed = parse(line, environment);
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed;
}

/** Message of a command line that is refused. */
function misuse(line: string, environment: Environment = {}): string {
  const parsed = parse(line, environment);
  return parsed.kind === 'misuse' ? parsed.message : `accepted as ${parsed.kind}`;
}

test.each([
  ['-f a.yaml -p shop up -d', { files: ['a.yaml'], projectName: 'shop' }],
  ['up -d -f a.yaml -p shop', { files: ['a.yaml'], projectName: 'shop' }],
  ['-f a.yaml up -f b.yaml', { files: ['a.yaml', 'b.yaml'] }],
  ['-p first up -p second', { projectName: 'second' }],
  ['--profile a up --profile b', { profiles: ['a', 'b'] }],
  ['-f a.yaml logs -f', { files: ['a.yaml'] }],
  ['logs --file a.yaml -f', { files: ['a.yaml'] }],
  ['-H tcp://10.0.0.1:2376 ps', { hosts: ['tcp://10.0.0.1:2376'] }],
  ['ps -c remote', { contexts: ['remote'] }],
  ['--dry-run up', { isDryRun: true }],
  ['up --dry-run', { isDryRun: true }],
  ['--parallel 3 up', { parallel: 3 }],
  ['--parallel -1 up', { parallel: Number.POSITIVE_INFINITY }],
  ['--strict config -q', { isStrict: true }],
  ['plan down -p shop', { projectName: 'shop' }],
])('%s: root flags count on both sides of the command', (line, root) => {
  expect(run(line).root).toMatchObject(root);
});

test.each([
  ['up', { COMPOSE_PROGRESS: 'plain' }, { progress: 'plain' }],
  ['up', { COMPOSE_PROGRESS: 'plain', STACK_PROGRESS: 'json' }, { progress: 'json' }],
  ['--progress quiet up', { COMPOSE_PROGRESS: 'plain' }, { progress: 'quiet' }],
  ['up', { COMPOSE_ANSI: 'never' }, { ansi: 'never' }],
  ['up', { COMPOSE_PARALLEL_LIMIT: '2' }, { parallel: 2 }],
  ['up', { COMPOSE_PARALLEL_LIMIT: '0' }, { parallel: undefined }],
  ['up', { COMPOSE_PROGRESS: '' }, { progress: 'auto' }],
] as const)('%s with %o', (line, environment, root) => {
  expect(run(line, environment).root).toMatchObject(root);
});

test.each([
  ['up -dV web', { detach: true, renewAnonymousVolumes: true }],
  ['up --build', { build: true, noBuild: false }],
  ['up --no-build', { build: false, noBuild: true }],
  ['up -t 5', { timeout: 5000 }],
  ['up -t5', { timeout: 5000 }],
  ['up --timeout=5', { timeout: 5000 }],
  [
    'up --scale web=3 --scale db=1',
    {
      scale: [
        { service: 'web', replicas: 3 },
        { service: 'db', replicas: 1 },
      ],
    },
  ],
  ['up --remove-orphans=true', { removeOrphans: true }],
  ['up --remove-orphans=false', { removeOrphans: false }],
  ['ps --orphans=false', { noOrphans: true }],
  ['down -v --rmi local -y', { volumes: true, rmi: 'local', yes: true }],
  ['logs -n 10 -ft', { tail: 10, follow: true, timestamps: true }],
  ['logs --tail all', { tail: 'all' }],
  ['logs --tail=-1', { tail: 'all' }],
  ['ps --filter status=running --status exited', { filter: { key: 'status', value: 'running' }, statuses: ['exited'] }],
  [
    'build --build-arg A=1=2 --build-arg B',
    {
      args: [
        ['A', '1=2'],
        ['B', undefined],
      ],
    },
  ],
  ['config --hash *', { hash: '*' }],
  ['convert --format json', { format: 'json' }],
  ['plan --format steps --detailed-exitcode', { format: 'steps', detailedExitCode: true }],
  ['plan down -v', { volumes: true }],
  ['version -f json', { format: 'json' }],
])('%s: flags are read', (line, flags) => {
  expect(run(line).flags).toMatchObject(flags);
});

test.each([
  ['up -d web db', 'up', ['web', 'db']],
  ['up web -d db', 'up', ['web', 'db']],
  ['scale web=3 db=1', 'scale', ['web=3', 'db=1']],
  ['plan web', 'plan', ['web']],
  ['plan down web', 'plan down', ['web']],
  ['up -- -web', 'up', ['-web']],
])('%s: words that are no flags are operands', (line, name, operands) => {
  expect(run(line)).toMatchObject({ name, operands });
});

test.each([
  ['up --detatch', "unknown option '--detatch' (Did you mean --detach?)"],
  ['upp', "unknown command 'upp' (Did you mean up?)"],
  ['up --scale web', 'invalid value for --scale: "web" is not of the form SERVICE=REPLICAS'],
  ['up --scale web=-1', 'invalid value for --scale: "web=-1" is not of the form SERVICE=REPLICAS'],
  ['up -t -1', 'invalid value for --timeout: a whole number of seconds is wanted'],
  ['up -t soon', 'invalid value for --timeout: a whole number of seconds is wanted'],
  ['up --pull sometimes', 'invalid value for --pull: one of always, missing, never, build is wanted'],
  ['up --build --no-build', '--build and --no-build cannot stand together'],
  ['up -d --abort-on-container-exit', '--detach and --abort-on-container-exit cannot stand together'],
  ['--progress loud up', 'invalid value for --progress: one of auto, tty, plain, json, quiet is wanted'],
  ['--parallel -2 up', 'invalid value for --parallel: a whole number from -1 up is wanted'],
  ['logs -n many', 'invalid value for --tail: a number of lines or "all" is wanted'],
  ['logs --index 0 web', 'invalid value for --index: a whole number from 1 up is wanted'],
  ['ps --filter name=x', 'invalid value for --filter: "name=x": known filters are status'],
  ['scale', "missing required argument 'SERVICE=REPLICAS'"],
  ['version now', "too many arguments for 'version'. Expected 0 arguments but got 1: now."],
  ['up -f', "option '-f, --file <path>' argument missing"],
  ['help nope', "no help for 'nope'"],
])('%s is refused: %s', (line, message) => {
  expect(misuse(line)).toBe(message);
});

test('a variable with a wrong value is refused by its name', () => {
  expect(misuse('up', { COMPOSE_PROGRESS: 'loud' })).toBe(
    'invalid value for the variable COMPOSE_PROGRESS: one of auto, tty, plain, json, quiet is wanted',
  );
});

test('a flag of every command is suggested too', () => {
  expect(misuse('up --projet-name x')).toBe("unknown option '--projet-name' (Did you mean --project-name?)");
});

test.each([
  ['', 'Usage: stack [OPTIONS] COMMAND'],
  ['--help', 'Everyday:'],
  ['up --help', 'Attached to the output:'],
  ['help up', 'Attached to the output:'],
  ['help plan down', 'Show what down would do'],
  ['help exit-codes', 'refused, because data would be lost'],
  ['help environment', 'COMPOSE_PROJECT_NAME'],
  ['plan down --help', 'Examples:'],
  ['-v', 'stack version '],
  ['--version', 'stack version '],
])('"%s" prints help', (line, part) => {
  const parsed = parse(line);
  expect(parsed.kind === 'text' && parsed.text).toContain(part);
});
