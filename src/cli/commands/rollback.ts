import type { Invocation } from '../arguments/command.ts';
import { carryOut } from '../carry-out.ts';
import type { Ending } from '../exit.ts';
import { rollbackRequest } from '../requests.ts';
import type { RollbackValues } from '../usage/rollback.ts';

/** `stack rollback`. The file says which services there are; the containers remember what they were. */
export async function runRollback({ context, root, flags, operands }: Invocation<RollbackValues>): Promise<Ending> {
  const request = rollbackRequest(flags, operands);
  return carryOut({ context, root, operands, request }, { needsFile: true });
}
