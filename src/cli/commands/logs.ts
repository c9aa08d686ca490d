import type { Invocation } from '../arguments/command.ts';
import { done, type Ending, UsageError } from '../exit.ts';
import { chooseContainers, type Located } from '../list/containers.ts';
import { look, observeStack, withEngines } from '../observing.ts';
import { requireServices } from '../requests.ts';
import { findTarget, knownServices } from '../target.ts';
import type { LogsValues } from '../usage/logs.ts';

/** `stack logs`. */
export async function runLogs(invocation: Invocation<LogsValues>): Promise<Ending> {
  const { context, root, flags, operands } = invocation;
  return Promise.resolve(done);
}
