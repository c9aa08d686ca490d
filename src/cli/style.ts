import type { Root } from './arguments/root.ts';
import type { Context, Output } from './context.ts';
import { decideColor } from './text/color.ts';

/** Whether text for this output is coloured: `--ansi`, then the variables, then whether it is a terminal. */
export function hasColor(context: Pick<Context, 'environment'>, root: Pick<Root, 'ansi'>, output: Output): boolean {
  return decideColor({
    ansi: root.ansi,
    environment: Object.fromEntries(context.environment),
    stream: { isTTY: output.isTerminal },
  });
}
