import type { IncomingMessage } from 'node:http';

/** More than any answer of an engine that is well; less than what would exhaust our memory. */
const maxBodyBytes = 64 * 1024 * 1024;
/** An error's text is for people. */
const maxErrorBytes = 64 * 1024;

/** An answer that no Docker engine gives: something else listens there, or something between us garbles it. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
}

/** Reads a whole answer and gives up, connection and all, on one that is over the limit. */
export async function readBody(response: IncomingMessage, limit: number = maxBodyBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) {
      response.destroy();
      throw new UnexpectedAnswer(`the answer is over ${limit} bytes`);
    }
    chunks.push(chunk);
  }
  if (!response.complete) throw Object.assign(new Error('the answer was cut off'), { code: 'ECONNRESET' });
  return Buffer.concat(chunks);
}

/** Text of an error answer, cut at the limit instead of refused: its beginning says what is wrong. */
export async function readErrorText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, maxErrorBytes - size));
    size += chunk.length;
    if (size >= maxErrorBytes) {
      response.destroy();
      break;
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** JSON of an answer; an empty body is `undefined`. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (cause) {
    throw new UnexpectedAnswer('the answer is not JSON', { cause });
  }
}
