import type { Address } from '../../model/id.ts';
import type { Plan } from '../../model/plan.ts';

/** How often each replica was put right lately, and when last. */
export type Attempts = ReadonlyMap<Address, Attempt>;

interface Attempt {
  readonly count: number;
  readonly atMs: number;
}

const firstMs = 1_000;
const longestMs = 5 * 60_000;
/** After so long without a new attempt a replica counts as well. */
const forgetMs = 10 * 60_000;

/** Replicas that this plan creates, starts or restarts. */
export function mended({ steps }: Plan): ReadonlySet<Address> {
  const kinds = new Set(['create-container', 'start-container', 'restart-container']);
  return new Set(steps.flatMap(({ operation }) => (kinds.has(operation.kind) ? [operation.address] : [])));
}

/** One more attempt for each of these. */
export function attempted(attempts: Attempts, addresses: ReadonlySet<Address>, nowMs: number): Attempts {
  const fresh = [...attempts].filter(([, { atMs }]) => nowMs - atMs < forgetMs);
  const next = new Map(fresh);
  for (const address of addresses) next.set(address, { count: (next.get(address)?.count ?? 0) + 1, atMs: nowMs });
  return next;
}

/**
 * When a replica may be put right again: at once the first time, then after a pause that doubles from a second to
 * five minutes, so that one that never stays up does not keep everybody busy.
 */
export function dueMs(attempts: Attempts, address: Address): number {
  const attempt = attempts.get(address);
  if (attempt === undefined) return 0;
  return attempt.atMs + Math.min(longestMs, firstMs * 2 ** (attempt.count - 1));
}
