import type { Invocation } from '../arguments/command.ts';
import { carryOut } from '../carry-out.ts';
import { type Ending, UsageError } from '../exit.ts';
import { scaleRequest } from '../requests.ts';
import type { ScaleValues } from '../usage/lifecycle.ts';
import { parseScale } from '../usage/shared.ts';

/** `stack scale web=3`. */
export async function runScale({ context, root, flags, operands }: Invocation<ScaleValues>): Promise<Ending> {
  const scale = operands.map((operand) => {
    const parsed = parseScale(operand);
    if (!parsed.ok) throw new UsageError(parsed.error);
    return parsed.value;
  });
  const request = scaleRequest(scale, {
    withDependencies: !flags.noDeps,
    rebalance: flags.rebalance,
    leaveDataBehind: flags.leaveDataBehind,
  });
  return carryOut({ context, root, operands: request.services, request }, { needsFile: true });
}
