import type { Invocation } from '../arguments/command.ts';
import { carryOut } from '../carry-out.ts';
import type { Ending } from '../exit.ts';
import { lifecycleRequest } from '../requests.ts';
import type { StartValues } from '../usage/lifecycle.ts';

/** `stack start`. */
export async function runStart({ context, root, flags, operands }: Invocation<StartValues>): Promise<Ending> {
  const wait = flags.wait || flags.waitTimeout !== undefined;
  const request = lifecycleRequest('start', operands, { withDependencies: true, wait });
  return carryOut({ context, root, operands, request }, { limitMs: flags.waitTimeout });
}
