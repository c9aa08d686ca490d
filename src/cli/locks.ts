import type { Engine } from '../engine/engine.ts';
import { describeHolder, type LockHolder, shortLockId } from '../model/lock.ts';
import type { Request } from '../model/request.ts';
import { unreachable } from '../model/result.ts';
import { sleep } from '../reconcile/clock.ts';
import { readHolder } from '../reconcile/lock/claim.ts';
import type { LockProblem, LockSettings } from '../reconcile/lock/settings.ts';
import type { Root } from './arguments/root.ts';
import type { Context } from './context.ts';
import { type Ending, exitCodes, failure } from './exit.ts';
import { askEach } from './observing.ts';

interface Applying {
  readonly context: Context;
  readonly root: Root;
  readonly request: Request;
}

/** How a request takes the stack's lock; `undefined` for those that change no more than images. */
export async function lockSettings({ context, root, request }: Applying): Promise<LockSettings | undefined> {
  if (request.kind === 'pull' || request.kind === 'build') return undefined;
  const { owner, isGone, random } = await context.locker();
  return { owner: owner(request.kind), timeoutMs: root.lockTimeoutMs, random, isGone };
}

/** A run that could not have the stack's lock, or lost it. */
export function lockedOut(problem: LockProblem): Ending {
  switch (problem.kind) {
    case 'held':
      return failure(
        exitCodes.locked,
        describeHolder(problem.holder),
        `wait longer with --lock-timeout; if you know that run to be dead, ${unlockHint(problem.holder)}`,
      );
    case 'lost':
      return failure(
        exitCodes.locked,
        `the lock of project ${problem.stack} on engine ${problem.engine} is lost: nothing more was begun`,
        'somebody took it while this run gave no sign of life, or unlocked the project; run it again',
      );
    case 'same-engine':
      return failure(exitCodes.badInput, `${problem.engines.join(' and ')} are the same engine`, 'name it once');
    default:
      return unreachable(problem);
  }
}

/** Whoever holds the stack's lock, on each engine where somebody does, as far as engines answer. Rejects if none does. */
export async function lockHolders(
  context: Context,
  { engines, stack }: { readonly engines: readonly Engine[]; readonly stack: string },
  signal: AbortSignal,
): Promise<readonly LockHolder[]> {
  const clock = { now: context.now, sleep };
  const { answers } = await askEach(context, engines, (engine) => readHolder(engine, { stack, clock, abort: signal }));
  return answers.filter((holder) => holder !== undefined);
}

/** `take its lock away with …` */
export const unlockHint = ({ stack, id }: LockHolder): string =>
  `take its lock away with \`stack -p ${stack} unlock ${shortLockId(id)}\``;
