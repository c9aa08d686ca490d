import manifest from '../../package.json' with { type: 'json' };
import type { Root } from './arguments/root.ts';
import { type Context, isOn } from './context.ts';
import { createReporter } from './report/report.ts';
import type { Reporter } from './report/reporter.ts';
import { hasColor } from './style.ts';

/** Tells how a run goes: on standard error, because standard output is for results. */
export function openProgress(context: Context, root: Root, isQuiet: boolean): Reporter {
  const { environment, stdout, stderr } = context;
  const output = isOn(environment, 'STATUS_STDOUT') ? stdout : stderr;
  return createReporter({
    progress: isQuiet ? 'quiet' : root.progress,
    output: output.stream,
    hasColor: hasColor(context, root, output),
    environment: Object.fromEntries(environment),
    now: context.now,
    date: context.today,
    version: manifest.version,
  });
}
