import type { Desired } from '../model/desired.ts';
import type { Observed } from '../model/observed.ts';
import type { LoadedStack } from '../spec/load.ts';
import type { Root } from './arguments/root.ts';
import { type Context, variable } from './context.ts';
import { type Ending, UsageError } from './exit.ts';
import { loadFor } from './stack.ts';

/** The stack that a command is about. Without a file it is known by its name, and by what its labels say. */
export interface Target {
  readonly name: string;
  readonly stack: LoadedStack | undefined;
}

export type TargetOutcome =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly ending: Ending };

/** What a command says of the stack beside its name and its files. */
export interface Wanted {
  readonly services: readonly string[];
  /** The name alone will not do. */
  readonly needsFile: boolean;
  /** How what is wrong with the file is printed. */
  readonly format?: string | undefined;
}

/**
 * Finds the stack by its file; `-p` without `-f` means whatever bears that name, wherever its file is. A name in the
 * environment does so only where there is no file.
 */
export async function findTarget(
  context: Context,
  root: Root,
  { services, needsFile, format }: Wanted,
): Promise<TargetOutcome> {
  const { projectName, files } = root;
  if (projectName !== undefined && !needsFile && files.length === 0 && !variable(context.environment, 'FILE')) {
    return { ok: true, target: { name: checkedName(projectName), stack: undefined } };
  }
  const loaded = await loadFor(context, root, { services, format });
  if (!loaded.ok) {
    const named = variable(context.environment, 'PROJECT_NAME')?.value;
    if (!loaded.isMissing || needsFile || !named) return loaded;
    return { ok: true, target: { name: checkedName(named), stack: undefined } };
  }
  return { ok: true, target: { name: loaded.value.project.name, stack: loaded.value } };
}

/** Services that may be named: those of the file, else those of the containers. */
export function knownServices({ stack }: Target, observed: Observed): readonly string[] {
  const present = observed.engines.flatMap(({ containers }) => containers.map(({ service }) => service));
  return [...new Set([...(stack === undefined ? [] : declaredServices(stack.desired)), ...present])];
}

/** Every service of the file, switched off ones too. */
export function declaredServices({ services, disabledServices }: Desired): readonly string[] {
  return [...services.map(({ name }) => name), ...disabledServices];
}

function checkedName(name: string): string {
  if (/^[a-z0-9][a-z0-9_-]*$/.test(name)) return name;
  throw new UsageError(
    `invalid project name "${name}"`,
    'use lowercase letters, digits, hyphens and underscores, a letter or a digit first',
  );
}
