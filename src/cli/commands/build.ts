import type { Invocation } from '../arguments/command.ts';
import { carryOut } from '../carry-out.ts';
import type { Ending } from '../exit.ts';
import { buildRequest } from '../requests.ts';
import type { BuildValues } from '../usage/images.ts';

/** `stack build`. */
export async function runBuild({ context, root, flags, operands }: Invocation<BuildValues>): Promise<Ending> {
  const request = buildRequest(flags, operands);
  return carryOut({ context, root, operands, request }, { isQuiet: flags.quiet, needsFile: true });
}
