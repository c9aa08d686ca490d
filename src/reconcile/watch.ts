import type { Engine } from '../engine/engine.ts';
import type { ContainerId } from '../model/id.ts';
import type { Clock } from './clock.ts';

/** Wakes whoever waits for a container when the engine reports a change of it. */
export interface Watcher {
  /** The next event of this container, counted from this call. */
  readonly next: (container: ContainerId) => Awaited;
  readonly end: () => void;
}

interface Awaited {
  /** Resolves with the event, after that time, or when the signal is aborted. */
  readonly orAfter: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Listens to one engine from the first wait on. Events only wake; a broken stream costs nothing but speed,
 * because whoever waits looks again by itself.
 */
export function watchContainers(engine: Engine, stack: string, clock: Clock): Watcher {
  const end = new AbortController();
  const sleepers = new Map<ContainerId, Set<AbortController>>();
  let isListening = false;
  return {
    next: (container) => {
      if (!isListening) void listen();
      isListening = true;
      const event = new AbortController();
      const waiting = sleepers.get(container) ?? new Set();
      sleepers.set(container, waiting.add(event));
      return {
        orAfter: async (ms, signal) => {
          await clock.sleep(ms, AbortSignal.any([signal, event.signal, end.signal]));
          waiting.delete(event);
        },
      };
    },
    end: () => end.abort('end'),
  };

  async function listen(): Promise<void> {
    try {
      for await (const { container } of engine.events(stack, end.signal)) {
        for (const event of sleepers.get(container) ?? []) event.abort('event');
      }
    } catch {
      // Whoever waits looks again without events.
    }
  }
}
