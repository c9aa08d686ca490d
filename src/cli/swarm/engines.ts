import type { Engine } from '../../engine/engine.ts';
import type { TargetKind } from '../../model/target.ts';
import type { Context } from '../context.ts';
import { look } from '../observing.ts';

/** The engines themselves, or for a swarm the first manager among them, which stands in for it. */
export async function enginesFor(
  connected: readonly Engine[],
  { context, target }: { readonly context: Context; readonly target: TargetKind | undefined },
): Promise<readonly Engine[]> {
  if (target !== 'swarm') return connected;
  const { asSwarm, findManager } = await import('../../engine/swarm/target.ts');
  return [await asSwarm(await look(context, (signal) => findManager(connected, signal)))];
}
