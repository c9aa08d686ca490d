import type { Invocation } from '../arguments/command.ts';
import { carryOut } from '../carry-out.ts';
import type { Ending } from '../exit.ts';
import { lifecycleRequest } from '../requests.ts';
import type { RestartValues } from '../usage/lifecycle.ts';

/** `stack restart`. */
export async function runRestart({ context, root, flags, operands }: Invocation<RestartValues>): Promise<Ending> {
  const { timeout, noDeps } = flags;
  const request = lifecycleRequest('restart', operands, { withDependencies: !noDeps, stopTimeoutMs: timeout });
  return carryOut({ context, root, operands, request });
}
