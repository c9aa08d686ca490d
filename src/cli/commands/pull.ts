import type { Invocation } from '../arguments/command.ts';
import { carryOut } from '../carry-out.ts';
import { done, type Ending, exitCodes } from '../exit.ts';
import { pullRequest } from '../requests.ts';
import type { PullValues } from '../usage/images.ts';

/** `stack pull`. */
export async function runPull({ context, root, flags, operands }: Invocation<PullValues>): Promise<Ending> {
  const request = pullRequest(flags, operands);
  const ending = await carryOut({ context, root, operands, request }, { isQuiet: flags.quiet, needsFile: true });
  return flags.ignorePullFailures && ending.code === exitCodes.failed ? done : ending;
}
