import { err, ok, type Result } from '../../model/result.ts';
import { parseDuration } from '../../spec/values/duration.ts';
import { isOn, variable } from '../context.ts';
import { choice, count, type FlagValues, parsed, text, texts, toggle } from './flag.ts';

/** Flags of every command, before or after its name. */
export const rootFlags = {
  files: texts('-f, --file <path>', 'Stack file; many are merged in order, - is standard input'),
  projectName: text('-p, --project-name <name>', 'Name of the stack on engines'),
  projectDirectory: text(
    '--project-directory <path>',
    'Where relative paths start (default: folder of the first file)',
  ),
  profiles: texts('--profile <name>', 'Enable a profile; may be given many times'),
  envFiles: texts('--env-file <path>', 'Variables for interpolation instead of .env; may be given many times'),
  progress: choice('--progress <how>', ['auto', 'tty', 'plain', 'json', 'quiet'], 'How progress is shown'),
  ansi: choice('--ansi <when>', ['never', 'always', 'auto'], 'When to colour'),
  parallel: count('--parallel <calls>', 'Most calls to one engine at a time; -1 is no limit', -1),
  lockTimeout: parsed(
    '--lock-timeout <duration>',
    'How long to wait for another run on the same stack (default: 60s)',
    parseWaiting,
  ),
  isDryRun: toggle('--dry-run', 'Show the plan and change nothing'),
  hosts: texts(
    '-H, --host <address>',
    'Engine: unix://, tcp:// or ssh:// address, or NAME=ADDRESS; many are many engines',
  ),
  contexts: texts('-c, --context <name>', 'Engine: name of a docker context; many are many engines'),
  enginesFile: text('--engines <file>', 'Engines: a list of them (default: engines.yaml beside the stack file)'),
  target: choice(
    '--target <kind>',
    ['engines', 'swarm'],
    'What the stack runs on (default: x-stack.target of the file, else engines)',
  ),
  isStrict: toggle('--strict', 'Warnings about the stack file are errors'),
} as const;

export type RootValues = FlagValues<typeof rootFlags>;

/** What the flags of every command and their variables mean together. */
export interface Root {
  /** As `-f` said, in order; empty where it was not given. */
  readonly files: readonly string[];
  readonly projectName: string | undefined;
  readonly projectDirectory: string | undefined;
  readonly profiles: readonly string[];
  readonly envFiles: readonly string[];
  readonly progress: 'auto' | 'tty' | 'plain' | 'json' | 'quiet';
  readonly ansi: 'never' | 'always' | 'auto';
  /** `undefined`: the executor's own bound. */
  readonly parallel: number | undefined;
  readonly lockTimeoutMs: number;
  readonly isDryRun: boolean;
  readonly hosts: readonly string[];
  readonly contexts: readonly string[];
  readonly enginesFile: string | undefined;
  /** `undefined`: what the stack file says. */
  readonly target: 'engines' | 'swarm' | undefined;
  readonly isStrict: boolean;
}

/** Lists of both places are joined; of single values the one after the command's name counts. */
export function joinRoots(before: RootValues, after: RootValues): RootValues {
  return {
    files: [...before.files, ...after.files],
    projectName: after.projectName ?? before.projectName,
    projectDirectory: after.projectDirectory ?? before.projectDirectory,
    profiles: [...before.profiles, ...after.profiles],
    envFiles: [...before.envFiles, ...after.envFiles],
    progress: after.progress ?? before.progress,
    ansi: after.ansi ?? before.ansi,
    parallel: after.parallel ?? before.parallel,
    lockTimeout: after.lockTimeout ?? before.lockTimeout,
    isDryRun: after.isDryRun || before.isDryRun,
    hosts: [...before.hosts, ...after.hosts],
    contexts: [...before.contexts, ...after.contexts],
    enginesFile: after.enginesFile ?? before.enginesFile,
    target: after.target ?? before.target,
    isStrict: after.isStrict || before.isStrict,
  };
}

/** Fills what no flag said from the environment: `STACK_…`, then Compose's variable. */
export function resolveRoot(values: RootValues, environment: ReadonlyMap<string, string>): Result<Root, string> {
  const progress = fromVariable(environment, 'PROGRESS', rootFlags.progress.read);
  if (!progress.ok) return progress;
  const ansi = fromVariable(environment, 'ANSI', rootFlags.ansi.read);
  if (!ansi.ok) return ansi;
  const target = fromVariable(environment, 'TARGET', rootFlags.target.read);
  if (!target.ok) return target;
  const limits = resolveLimits(values, environment);
  if (!limits.ok) return limits;
  return ok({
    ...values,
    progress: values.progress ?? progress.value ?? 'auto',
    ansi: values.ansi ?? ansi.value ?? 'auto',
    ...limits.value,
    target: values.target ?? target.value,
    isStrict: values.isStrict || isOn(environment, 'STRICT'),
  });
}

const defaultLockTimeoutMs = 60_000;

function resolveLimits(
  values: RootValues,
  environment: ReadonlyMap<string, string>,
): Result<Pick<Root, 'parallel' | 'lockTimeoutMs'>, string> {
  const parallel = fromVariable(environment, 'PARALLEL_LIMIT', rootFlags.parallel.read);
  if (!parallel.ok) return parallel;
  const lockTimeout = fromVariable(environment, 'LOCK_TIMEOUT', rootFlags.lockTimeout.read);
  if (!lockTimeout.ok) return lockTimeout;
  return ok({
    parallel: boundOf(values.parallel ?? parallel.value),
    lockTimeoutMs: values.lockTimeout ?? lockTimeout.value ?? defaultLockTimeoutMs,
  });
}

/** `1m30s`, or whole seconds as other flags have them. */
function parseWaiting(given: string): Result<number, string> {
  return /^\d{1,9}$/.test(given) ? ok(Number(given) * 1000) : parseDuration(given);
}

/** -1 is Compose's word for no limit, and 0 its way of not saying. */
function boundOf(parallel: number | undefined): number | undefined {
  return parallel === -1 ? Number.POSITIVE_INFINITY : parallel === 0 ? undefined : parallel;
}

function fromVariable<T>(
  environment: ReadonlyMap<string, string>,
  name: string,
  read: (given: readonly string[]) => Result<T, string>,
): Result<T | undefined, string> {
  const found = variable(environment, name);
  if (found === undefined) return ok(undefined);
  const result = read([found.value]);
  return result.ok ? result : err(`invalid value for the variable ${found.name}: ${result.error}`);
}
