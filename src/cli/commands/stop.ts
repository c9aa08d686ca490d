import type { Invocation } from '../arguments/command.ts';
import { carryOut } from '../carry-out.ts';
import type { Ending } from '../exit.ts';
import { lifecycleRequest } from '../requests.ts';
import type { StopValues } from '../usage/lifecycle.ts';

/** `stack stop`. */
export async function runStop({ context, root, flags, operands }: Invocation<StopValues>): Promise<Ending> {
  const request = lifecycleRequest('stop', operands, { stopTimeoutMs: flags.timeout });
  return carryOut({ context, root, operands, request });
}
