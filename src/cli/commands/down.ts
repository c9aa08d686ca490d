import type { Invocation } from '../arguments/command.ts';
import { carryOut } from '../carry-out.ts';
import { confirmVolumes } from '../confirm.ts';
import type { Ending } from '../exit.ts';
import { downRequest } from '../requests.ts';
import type { DownValues } from '../usage/down.ts';

/** `stack down`. */
export async function runDown({ context, root, flags, operands }: Invocation<DownValues>): Promise<Ending> {
  const request = downRequest(flags, operands, context.environment);
  return carryOut({ context, root, operands, request }, { confirm: confirmVolumes(context, flags.yes) });
}
