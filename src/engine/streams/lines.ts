import { StringDecoder } from 'node:string_decoder';

/** What is kept of one line; the rest up to its end is dropped. */
const maxLineLength = 64 * 1024;

/** The engine's clock before each message: `2026-11-21T09:30:00.123456789Z text`. */
const timestampPattern = /^(\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d))(?: |$)/;
const maxTimestamp = 40;

interface TimedLine {
  readonly timestamp: string;
  readonly text: string;
}

export interface LineAssembler {
  /** A message's beginning, which carries a timestamp even in the middle of a line: a long line comes in parts. */
  readonly begin: (bytes: Buffer) => readonly TimedLine[];
  readonly add: (bytes: Buffer) => readonly TimedLine[];
  /** The last line, which may have no end. */
  readonly end: () => readonly TimedLine[];
}

/** Puts lines together from pieces that may end anywhere, in the middle of a character too. */
export function createLineAssembler(): LineAssembler {
  const decoder = new StringDecoder('utf8');
  let line = emptyLine;
  const add = (bytes: Buffer): readonly TimedLine[] => {
    const [first = '', ...rest] = decoder.write(bytes).split('\n');
    line = extend(line, first);
    return rest.map((next) => {
      const done = finish(line);
      line = extend(emptyLine, next);
      return done;
    });
  };
  return {
    add,
    begin: (bytes) => {
      const timestamp = timestampPattern.exec(bytes.subarray(0, maxTimestamp).toString('latin1'));
      if (timestamp === null) return add(bytes);
      if (line.length === 0 && line.timestamp === '') line = { ...line, timestamp: timestamp[1] ?? '' };
      return add(bytes.subarray(timestamp[0].length));
    },
    end: () => {
      line = extend(line, decoder.end());
      return line.length > 0 ? [finish(line)] : [];
    },
  };
}

interface Growing {
  readonly timestamp: string;
  readonly text: string;
  /** Of the whole line, cut or not. */
  readonly length: number;
}

const emptyLine: Growing = { timestamp: '', text: '', length: 0 };

function extend({ timestamp, text, length }: Growing, more: string): Growing {
  return { timestamp, text: text + more.slice(0, Math.max(0, maxLineLength - length)), length: length + more.length };
}

function finish(line: Growing): TimedLine {
  const text = line.text.replace(/\r$/, '');
  if (line.timestamp !== '') return { timestamp: line.timestamp, text };
  const found = timestampPattern.exec(text.slice(0, maxTimestamp));
  return found === null ? { timestamp: '', text } : { timestamp: found[1] ?? '', text: text.slice(found[0].length) };
}
