import { describeHolder, type LockHolder, shortLockId } from '../../model/lock.ts';
import type { Invocation } from '../arguments/command.ts';
import { done, type Ending, exitCodes, failure } from '../exit.ts';
import { lockHolders } from '../locks.ts';
import { look, withEngines } from '../observing.ts';
import { enginesFor } from '../swarm/engines.ts';
import { findTarget } from '../target.ts';
import { safeText } from '../text/safe-text.ts';

/** `stack unlock ID`: takes away the lock of a run that its owner knows to be dead. The id names that lock alone. */
export async function runUnlock(invocation: Invocation<unknown>): Promise<Ending> {
  const { context, root, operands } = invocation;
  const found = await findTarget(context, root, { services: [], needsFile: false });
  if (!found.ok) return found.ending;
  const { name: stack, stack: loaded } = found.target;
  const [id = ''] = operands;
  return withEngines(invocation, async (connected) => {
    const engines = await enginesFor(connected, { context, target: loaded?.target ?? root.target });
    return look(context, async (signal) => {
      const holders = await lockHolders(context, { engines, stack }, signal);
      const named = holders.filter((holder) => isNamed(holder, id));
      if (named.length === 0) return notHeld(stack, holders);
      for (const { engine: name, id: lock } of named) {
        await engines.find((engine) => engine.name === name)?.releaseLock(lock, signal);
      }
      context.stderr.write(safeText(`Unlocked project ${stack}`) + '\n');
      return done;
    });
  });
}

const isNamed = ({ id }: LockHolder, given: string): boolean => id === given || shortLockId(id) === given;

function notHeld(stack: string, [other]: readonly LockHolder[]): Ending {
  if (other === undefined) return failure(exitCodes.failed, `project ${stack} is not locked`);
  return failure(exitCodes.failed, `${describeHolder(other)}, with the lock ${shortLockId(other.id)}`);
}
