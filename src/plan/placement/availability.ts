import type { Availability } from '../../model/inventory.ts';
import type { ObservedEngine } from '../../model/observed.ts';

const strictness: readonly Availability[] = ['active', 'pause', 'drain'];

/** The strictest of what the inventory says of an engine and what is kept on the engine itself. */
export function availabilityOf({ member, availability }: ObservedEngine): Availability {
  return strictest([member?.availability, availability]);
}

/** What is left of it for containers on networks that span engines: they need a place in the swarm too. */
export const overlayAvailabilityOf = (engine: ObservedEngine): Availability =>
  strictest([availabilityOf(engine), engine.info.swarm?.availability]);

const strictest = (words: readonly (Availability | undefined)[]): Availability =>
  strictness.findLast((word) => words.includes(word)) ?? 'active';
