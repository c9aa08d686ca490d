import type { SwarmMode } from '../../model/swarm.ts';
import { differences } from '../compare/difference.ts';

/** How tasks are counted, and how many there are. */
export function compareModes(before: SwarmMode, after: SwarmMode): readonly string[] {
  if (before.kind !== after.kind) return [`deploy.mode: ${before.kind} → ${after.kind}`];
  return 'replicas' in before && 'replicas' in after
    ? differences('replicas', 'replicas', before.replicas, after.replicas)
    : [];
}
