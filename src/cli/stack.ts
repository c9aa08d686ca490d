import { type LoadedStack, type LoadRequest, loadStack } from '../spec/load.ts';
import type { Root } from './arguments/root.ts';
import { type Context, variable } from './context.ts';
import { type Ending, exitCodes } from './exit.ts';
import { fileSources } from './sources.ts';
import { hasColor } from './style.ts';
import { renderDiagnostics } from './text/diagnostics.ts';

export type LoadOutcome =
  | { readonly ok: true; readonly stack: LoadedStack }
  | { readonly ok: false; readonly ending: Ending };

/** Loads the stack that the command line and the environment name. Warnings are printed; errors are the ending. */
export function loadFor(
  context: Context,
  root: Root,
  options: Partial<Pick<LoadRequest, 'services'>> = {},
): LoadOutcome {
  const loaded = loadStack({ ...loadRequest(root, context.environment), ...options }, fileSources(context));
  const style = { hasColor: hasColor(context, root, context.stderr) };
  if (loaded.ok) {
    context.stderr.write(renderDiagnostics(loaded.warnings, loaded.texts, style));
    return { ok: true, stack: loaded.value };
  }
  const text = renderDiagnostics(loaded.diagnostics, loaded.texts, style);
  return { ok: false, ending: { code: exitCodes.badInput, lines: [text.trimEnd()] } };
}

/** What to load: flags, then variables. */
export function loadRequest(root: Root, environment: ReadonlyMap<string, string>): LoadRequest {
  return {
    files: root.files,
    projectDirectory: root.projectDirectory,
    projectName: root.projectName ?? variable(environment, 'PROJECT_NAME'),
    profiles: root.profiles,
    envFiles: root.envFiles,
    services: [],
    isStrict: root.isStrict,
  };
}
