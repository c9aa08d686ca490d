import { type LoadedModel, type LoadedStack, type LoadRequest, loadModel, loadStack } from '../spec/load.ts';
import type { Loaded, Sources } from '../spec/sources.ts';
import type { Root } from './arguments/root.ts';
import { type Context, variable } from './context.ts';
import { type Ending, exitCodes } from './exit.ts';
import { fileSources, largestFile } from './sources.ts';
import { hasColor } from './style.ts';
import { renderDiagnostics } from './text/diagnostics.ts';

export type LoadOutcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly ending: Ending };

/** What a command says of loading beside the flags of every command. */
export type LoadOptions = Partial<Pick<LoadRequest, 'services' | 'skip'>>;

/** Loads the stack that the command line and the environment name. Warnings are printed; errors are the ending. */
export async function loadFor(context: Context, root: Root, options: LoadOptions): Promise<LoadOutcome<LoadedStack>> {
  return report(context, root, loadStack(loadRequest(root, options), await sourcesFor(context, root)));
}

/** The same for printing: what only matters when the stack runs is not looked at. */
export async function loadModelFor(
  context: Context,
  root: Root,
  options: LoadOptions,
): Promise<LoadOutcome<LoadedModel>> {
  return report(context, root, loadModel(loadRequest(root, options), await sourcesFor(context, root)));
}

/** Standard input is read here, where waiting for it leaves room for signals; loading itself waits for nothing. */
async function sourcesFor(context: Context, { files }: Root): Promise<Sources> {
  const listed = variable(context.environment, 'FILE')?.value;
  const wantsStdin = files.includes('-') || (files.length === 0 && listed === '-');
  return fileSources(context, wantsStdin ? await context.readStdin(largestFile) : undefined);
}

function loadRequest(
  { files, projectDirectory, projectName, profiles, envFiles, isStrict }: Root,
  options: LoadOptions,
): LoadRequest {
  return { files, projectDirectory, projectName, profiles, envFiles, isStrict, services: [], ...options };
}

function report<T>(context: Context, root: Root, loaded: Loaded<T>): LoadOutcome<T> {
  const style = { hasColor: hasColor(context, root, context.stderr) };
  if (loaded.ok) {
    context.stderr.write(renderDiagnostics(loaded.warnings, loaded.texts, style));
    return { ok: true, value: loaded.value };
  }
  const text = renderDiagnostics(loaded.diagnostics, loaded.texts, style);
  return { ok: false, ending: { code: exitCodes.badInput, lines: [text.trimEnd()] } };
}
