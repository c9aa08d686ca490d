import { type LoadedModel, type LoadedStack, type LoadRequest, loadModel, loadStack } from '../spec/load.ts';
import type { Loaded, Sources } from '../spec/sources.ts';
import type { Root } from './arguments/root.ts';
import { type Context, variable } from './context.ts';
import { type Ending, exitCodes } from './exit.ts';
import { fileSources, largestFile } from './sources.ts';
import { hasColor } from './style.ts';
import { diagnosticsToJson, renderDiagnostics } from './text/diagnostics.ts';

export type LoadOutcome<T> =
  | { readonly ok: true; readonly value: T }
  /** `isMissing`: there is no stack file, and none was named. */
  | { readonly ok: false; readonly ending: Ending; readonly isMissing: boolean };

/** What a command says of loading beside the flags of every command. */
export interface LoadOptions extends Partial<Pick<LoadRequest, 'services' | 'skip'>> {
  /** How diagnostics are printed: `json` is one document on standard error. Default: for people. */
  readonly format?: string | undefined;
}

/** Loads the stack that the command line and the environment name. Warnings are printed; errors are the ending. */
export async function loadFor(context: Context, root: Root, options: LoadOptions): Promise<LoadOutcome<LoadedStack>> {
  return report(loadStack(loadRequest(root, options), await sourcesFor(context, root)), { context, root, ...options });
}

/** The same for printing: what only matters when the stack runs is not looked at. */
export async function loadModelFor(
  context: Context,
  root: Root,
  options: LoadOptions,
): Promise<LoadOutcome<LoadedModel>> {
  return report(loadModel(loadRequest(root, options), await sourcesFor(context, root)), { context, root, ...options });
}

/** Standard input is read here, where waiting for it leaves room for signals; loading itself waits for nothing. */
async function sourcesFor(context: Context, { files }: Root): Promise<Sources> {
  const listed = variable(context.environment, 'FILE')?.value;
  const wantsStdin = files.includes('-') || (files.length === 0 && listed === '-');
  return fileSources(context, wantsStdin ? await context.readStdin(largestFile) : undefined);
}

function loadRequest(
  { files, projectDirectory, projectName, profiles, envFiles, isStrict, target }: Root,
  { services = [], skip = new Set() }: LoadOptions,
): LoadRequest {
  return { files, projectDirectory, projectName, profiles, envFiles, isStrict, services, skip, target };
}

interface Reporting {
  readonly context: Context;
  readonly root: Root;
  readonly format?: string | undefined;
}

function report<T>(loaded: Loaded<T>, { context, root, format }: Reporting): LoadOutcome<T> {
  const found = loaded.ok ? loaded.warnings : loaded.diagnostics;
  const style = { hasColor: hasColor(context, root, context.stderr) };
  const text = format === 'json' ? diagnosticsToJson(found) : renderDiagnostics(found, loaded.texts, style);
  if (!loaded.ok) {
    const isMissing = found.some(({ code }) => code === 'no-stack-file');
    return { ok: false, ending: { code: exitCodes.badInput, lines: [text.trimEnd()] }, isMissing };
  }
  if (found.length > 0) context.stderr.write(text);
  return { ok: true, value: loaded.value };
}
