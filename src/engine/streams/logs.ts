import type { IncomingMessage } from 'node:http';

import type { ContainerId } from '../../model/id.ts';
import type { LogLine, LogOptions } from '../engine.ts';
import { engineError } from '../errors.ts';
import { at } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { readFrames } from './frames.ts';
import { createLineAssembler } from './lines.ts';

/** A container's output, line by line; reads no faster than the lines are taken. */
export async function* readLogs(
  session: Session,
  id: ContainerId,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const what = `read logs of container ${id.slice(0, 12)}`;
  const { follow, tail } = options;
  const [since, until] = [options.since, options.until].map((time) => time && engineTime(time));
  const { chunks, hasTerminal } = await session.call(what, signal, async (docker) => {
    const container = docker.getContainer(id);
    const inspected = await container.inspect({ abortSignal: signal });
    const query = { stdout: 1, stderr: 1, timestamps: 1, follow: follow ? 1 : 0, tail: tail ?? 'all', since, until };
    // `follow` beside the query makes dockerode stream, rather than gather it all in memory.
    const answer = await container.logs({ follow: true, abortSignal: signal, _query: query });
    return { chunks: answer as IncomingMessage, hasTerminal: at(inspected, 'Config', 'Tty') === true };
  });
  try {
    yield* hasTerminal ? readTerminal(chunks) : readMultiplexed(chunks);
  } catch (cause) {
    throw engineError(session.target, what, cause, signal);
  } finally {
    chunks.destroy();
  }
}

/** RFC 3339, as the engine tells times, becomes seconds since 1970, as it is told them; to the nanosecond. */
export function engineTime(time: string): string {
  const [, whole = '', fraction = '', zone = ''] = /^([^.]*:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  return whole === '' ? time : `${Date.parse(whole + zone) / 1000}.${fraction.slice(0, 9).padEnd(9, '0')}`;
}

/** One stream without frames, in which each line begins with its time. */
export async function* readTerminal(chunks: AsyncIterable<Buffer>): AsyncGenerator<LogLine> {
  const lines = createLineAssembler();
  for await (const chunk of chunks) for (const line of lines.add(chunk)) yield { stream: 'stdout', ...line };
  for (const line of lines.end()) yield { stream: 'stdout', ...line };
}

/** Standard output and error in frames. */
export async function* readMultiplexed(chunks: AsyncIterable<Buffer>): AsyncGenerator<LogLine> {
  const lines = { stdout: createLineAssembler(), stderr: createLineAssembler() };
  for await (const { stream, isStart, content } of readFrames(chunks)) {
    const done = isStart ? lines[stream].begin(content) : lines[stream].add(content);
    for (const line of done) yield { stream, ...line };
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    for (const line of lines[stream].end()) yield { stream, ...line };
  }
}
