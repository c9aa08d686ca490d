import { StringDecoder } from 'node:string_decoder';

import { UnexpectedAnswer } from '../transport/body.ts';

/** One message is small; whoever sends more without a line end is no engine. */
const maxMessageLength = 1024 * 1024;

/** JSON values, one a line, as the engine streams progress and events. Bounded in what it holds. */
export async function* readJsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxMessageLength) throw new UnexpectedAnswer(`a message is over ${maxMessageLength} bytes`);
    for (const line of lines) if (line.trim() !== '') yield parse(line);
  }
  if (rest.trim() !== '') yield parse(rest);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (cause) {
    throw new UnexpectedAnswer('a message is not JSON', { cause });
  }
}
