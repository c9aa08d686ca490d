import type { Engine } from '../engine/engine.ts';
import type { Plan } from '../model/plan.ts';
import type { Context } from './context.ts';
import { observeStack } from './observing.ts';
import { changesOf } from './plan/changes.ts';
import { safeText } from './text/safe-text.ts';

/** Asks before volumes go. Without a terminal the words of the command are enough, as for Compose. */
export function confirmVolumes(context: Context, isAnswered: boolean): (plan: Plan) => Promise<boolean> {
  return async (plan) => {
    const volumes = volumesToRemove(plan);
    if (volumes.length === 0) return true;
    context.stderr.write(`These volumes go with all their data:\n${volumes.map((name) => `  ${name}\n`).join('')}`);
    return isAnswered || (await agrees(context, 'Remove them?'));
  };
}

/** Asks before an `up` that would take away more than half of what runs: more often a slip than a wish. */
export function confirmShrinking(
  context: Context,
  { engines, stack }: { readonly engines: readonly Engine[]; readonly stack: string },
): (plan: Plan) => Promise<boolean> {
  return async (plan) => {
    const removed = new Set(
      changesOf(plan).flatMap(({ action, address }) =>
        action === 'remove' && address.startsWith('service/') ? [address] : [],
      ),
    );
    if (removed.size === 0 || context.ask === undefined) return true;
    const observed = await observeStack(engines, stack, AbortSignal.timeout(10_000));
    const running = observed.engines
      .flatMap(({ containers }) => containers)
      .filter(({ state, isOneOff }) => state === 'running' && !isOneOff);
    const going = running.filter(({ service, slot }) => removed.has(`service/${service}/${slot}`));
    if (going.length * 2 <= running.length) return true;
    const names = going.map(({ name }) => `  ${safeText(name)}\n`).join('');
    context.stderr.write(`${going.length} of ${running.length} running containers would be removed:\n${names}`);
    return agrees(context, 'Go on?');
  };
}

function volumesToRemove({ steps }: Plan): readonly string[] {
  const hasEngines = new Set(steps.map(({ operation }) => operation.engine)).size > 1;
  return steps.flatMap(({ operation }) => {
    if (operation.kind !== 'remove-volume') return [];
    return [safeText(hasEngines ? `${operation.name} on ${operation.engine}` : operation.name)];
  });
}

/** Where nobody can answer nobody is asked. */
async function agrees({ ask }: Context, question: string): Promise<boolean> {
  if (ask === undefined) return true;
  return isYes(await ask(`${question} [y/N] `));
}

/** Only a clear yes is one. */
export const isYes = (answer: string): boolean => /^(y|yes)$/i.test(answer.trim());
