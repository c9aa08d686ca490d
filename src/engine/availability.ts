import type { Availability } from '../model/inventory.ts';
import type { Session } from './session.ts';

/** Remembers on the engine itself what a person wants of it. */
export function setAvailability(session: Session, availability: Availability, signal: AbortSignal): Promise<void> {
  return session.call(`set availability ${availability}`, signal, () => {
    throw new Error('engines cannot be drained yet');
  });
}
