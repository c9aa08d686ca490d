import type { LogLine } from '../../engine/engine.ts';
import { isBefore, type Place, placeInTime } from './place.ts';

/** A line and where it came from. */
export interface Merged<Source> {
  readonly source: Source;
  readonly line: LogLine;
}

/** A source's next line, and its place in time. */
interface Head<Source> extends Merged<Source>, Place {
  readonly lines: AsyncIterator<LogLine>;
}

/**
 * Lines of several sources in the order of the engines' clocks. A source's own lines keep their order, and of equal
 * times the earlier source comes first. Holds one line of each source; when it stops, for whatever reason, so do all.
 */
export async function* mergeByTime<Source extends { readonly lines: AsyncIterable<LogLine> }>(
  sources: readonly Source[],
): AsyncGenerator<Merged<Source>> {
  const iterators = sources.map((source) => ({ source, lines: source.lines[Symbol.asyncIterator]() }));
  try {
    const first = await Promise.all(iterators.map(({ source, lines }) => nextHead(source, lines)));
    const heads = first.filter((head) => head !== undefined);
    while (heads.length > 0) {
      const index = earliest(heads);
      const head = heads[index];
      if (!head) return;
      yield { source: head.source, line: head.line };
      const next = await nextHead(head.source, head.lines);
      if (next) heads[index] = next;
      else heads.splice(index, 1);
    }
  } finally {
    await Promise.allSettled(iterators.map(async ({ lines }) => lines.return?.()));
  }
}

async function nextHead<Source>(source: Source, lines: AsyncIterator<LogLine>): Promise<Head<Source> | undefined> {
  const next = await lines.next();
  return next.done ? undefined : { source, lines, line: next.value, ...placeInTime(next.value.timestamp) };
}

function earliest(heads: readonly Head<unknown>[]): number {
  return heads.reduce((best, head, index) => (isBefore(head, heads[best] ?? head) ? index : best), 0);
}
