import type { Root } from '../arguments/root.ts';
import type { Context } from '../context.ts';
import { hasColor } from '../style.ts';
import { orderingOf } from './order.ts';
import { createLogPrinter, type LogPrinter } from './printer.ts';

/** What a command line says of how output is printed. */
export interface LogStyle {
  readonly noColor: boolean;
  readonly noLogPrefix: boolean;
  readonly timestamps: boolean;
}

/** A printer as the command line wants it. Lines of several engines are put in the order of time. */
export function openLogPrinter(
  { context, root, flags }: { readonly context: Context; readonly root: Root; readonly flags: LogStyle },
  names: readonly string[],
  hasEngines: boolean,
): LogPrinter {
  return createLogPrinter({
    stdout: context.stdout.stream,
    stderr: context.stderr.stream,
    hasColor: !flags.noColor && hasColor(context, root, context.stdout),
    timestamps: flags.timestamps,
    prefix: !flags.noLogPrefix,
    names,
    ...(hasEngines ? { ordering: orderingOf(context) } : {}),
  });
}
