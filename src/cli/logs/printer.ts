import type { LogLine } from '../../engine/engine.ts';
import { safeOutput, safeText } from '../text/safe-text.ts';
import { mergeByTime } from './merge.ts';
import { type Ordering, orderByTime } from './order.ts';
import { placeInTime } from './place.ts';
import { createPrefixes, type Speaker } from './prefix.ts';
import { openSink } from './sink.ts';

/** The output of one container. */
export interface LogSource extends Speaker {
  readonly lines: AsyncIterable<LogLine>;
}

export interface LogPrinterOptions {
  readonly stdout: NodeJS.WritableStream;
  /** Takes what containers write to their standard error. */
  readonly stderr: NodeJS.WritableStream;
  /** Colours the prefixes, and lets colours of containers through. */
  readonly hasColor: boolean;
  /** Puts the engine's time before each line. */
  readonly timestamps: boolean;
  /** False is `--no-log-prefix`. */
  readonly prefix: boolean;
  /** The names that are known to come: they decide how wide prefixes are. */
  readonly names: readonly string[];
  /** Puts followed lines in the order of time. Default: they are printed as they come. */
  readonly ordering?: Ordering;
}

/**
 * Prints what containers say, at the pace of whoever reads it. A line cannot act on the terminal nor pass for
 * another container's.
 */
export interface LogPrinter {
  /** Prints lines as they come until the source ends; for any number of sources at once, at any time. */
  follow(source: LogSource): Promise<void>;
  /** Prints all lines of sources that end, in the order of time. */
  merge(sources: readonly LogSource[]): Promise<void>;
  /** A line about a container: `web-1 exited with code 0`. */
  notice(name: string, service: string, text: string): Promise<void>;
}

/** Rejects with what a source throws; returns early when the reader of the output has gone. */
export function createLogPrinter(options: LogPrinterOptions): LogPrinter {
  const sinks = { stdout: openSink(options.stdout), stderr: openSink(options.stderr) };
  const prefixes = createPrefixes(options.names, options.hasColor);

  function print(speaker: Speaker, { stream, timestamp, text }: LogLine): Promise<void> | undefined {
    const prefix = options.prefix ? prefixes.of(speaker) : '';
    const time = options.timestamps ? `${safeText(timestamp)} ` : '';
    const output = safeOutput(text, { keepColors: options.hasColor });
    return sinks[stream].write(`${prefix}${time}${output}\n`);
  }

  const orderer = options.ordering && orderByTime(options.ordering);

  return {
    async follow(source) {
      for await (const line of source.lines) {
        await (orderer === undefined
          ? print(source, line)
          : orderer.add(placeInTime(line.timestamp), () => print(source, line)));
        if (sinks[line.stream].isClosed()) return;
      }
      await orderer?.settled();
    },
    async merge(sources) {
      for await (const { source, line } of mergeByTime(sources)) {
        await print(source, line);
        if (sinks[line.stream].isClosed()) return;
      }
    },
    async notice(name, service, text) {
      await orderer?.settled();
      await sinks.stdout.write(`${prefixes.nameOf({ name, service })} ${safeText(text)}\n`);
    },
  };
}
