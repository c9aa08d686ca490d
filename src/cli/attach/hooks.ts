import { Readable } from 'node:stream';
import type { Event } from '../../model/event.ts';
import { type Address, replicaAddress } from '../../model/id.ts';
import type { Located } from '../list/containers.ts';
import type { LogSource } from '../logs/printer.ts';

/** A line that a `post_start` hook printed. */
export interface HookLine {
  readonly address: Address;
  readonly engine: string;
  readonly text: string;
}

/** What the event tells of a hook's output. */
export function hookLines(event: Event): readonly HookLine[] {
  if (event.type !== 'step-progress' || event.progress.kind !== 'text') return [];
  const { kind, address, engine } = event.step.operation;
  return kind === 'run-post-start' ? [{ address, engine, text: event.progress.text }] : [];
}

/** The output of hooks, for each container that has some, under its name and an arrow as Compose shows it. */
export function hookSources(
  located: readonly Located[],
  hooked: readonly HookLine[],
  { nameOf, timestamp }: { readonly nameOf: (located: Located) => string; readonly timestamp: string },
): readonly LogSource[] {
  return located.flatMap((each) => {
    const { engine, container } = each;
    const address = replicaAddress(container.service, container.slot);
    const own = hooked.filter((line) => line.address === address && line.engine === engine);
    const name = `${nameOf(each)} ->`;
    return own.length === 0
      ? []
      : [
          {
            name,
            service: container.service,
            lines: Readable.from(own.map(({ text }) => ({ stream: 'stdout', timestamp, text }))),
          },
        ];
  });
}
