import type { Availability } from '../model/inventory.ts';
import { tolerate } from './errors.ts';
import { createMarker } from './marker.ts';
import { listAt, pairsAt } from './read/answer.ts';
import type { Session } from './session.ts';

/** Beside the containers of stacks, an engine keeps one that says what a person wants of it. */
export const availabilityLabel = 'stack.availability';
const words = ['pause', 'drain'] as const;
const markerName = (word: (typeof words)[number]): string => `stack-availability-${word}`;

/**
 * Remembers on the engine itself what a person wants of it; `active` forgets. The word is written before the other
 * one is taken away, so that an engine which is drained does not count as active in between.
 */
export function setAvailability(session: Session, availability: Availability, signal: AbortSignal): Promise<void> {
  return session.call(`set availability ${availability}`, signal, async (docker) => {
    for (const word of words.filter((each) => each === availability)) {
      const marker = { name: markerName(word), labels: { [availabilityLabel]: word } };
      await tolerate([409], () => createMarker(session, docker, marker, signal));
    }
    for (const word of words.filter((each) => each !== availability)) {
      await tolerate([404, 409], () => docker.getContainer(markerName(word)).remove({ abortSignal: signal }));
    }
  });
}

/** What a person said of the engine, the stricter of two words; `undefined`: nothing. */
export function readAvailability(session: Session, signal: AbortSignal): Promise<Availability | undefined> {
  return session.call('list marks', signal, async (docker) => {
    const options = { abortSignal: signal, _query: { all: 1, filters: { label: [availabilityLabel] } } };
    const list = listAt({ list: await docker.listContainers(options) }, 'list');
    const said = new Set(list.map((container) => new Map(pairsAt(container, 'Labels')).get(availabilityLabel)));
    return words.toReversed().find((word) => said.has(word));
  });
}
