import { StreamProblem } from '../errors.ts';
import { UnexpectedAnswer } from '../transport/body.ts';

/** A piece of one message of a container's output. */
export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  /** The message begins here; the pieces of a long one follow. */
  readonly isStart: boolean;
  readonly content: Buffer;
}

const headerLength = 8;
const maxPiece = 64 * 1024;
const maxProblem = 1000;

/**
 * Takes apart the engine's multiplexed output: eight bytes of header (stream, length), then content.
 * Linear in its input however small the frames are, and holds one piece at a time however large they are.
 * Throws {@link StreamProblem} with what the engine says in place of output: the node of a task is gone.
 */
export async function* readFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  const header = createGatherer();
  const piece = createGatherer();
  header.expect(headerLength);
  let frame: { readonly stream: Source; readonly left: number; readonly isStart: boolean } | undefined;
  for await (const chunk of chunks) {
    let rest = chunk;
    while (rest.length > 0) {
      const gatherer = frame === undefined ? header : piece;
      rest = gatherer.take(rest);
      const bytes = gatherer.full();
      if (bytes === undefined) break;
      let left: number;
      if (frame === undefined) {
        left = bytes.readUInt32BE(4);
        frame = { stream: sourceOf(bytes), left, isStart: true };
      } else {
        left = frame.left - bytes.length;
        yield { stream: outputOf(frame.stream, bytes), isStart: frame.isStart, content: bytes };
        frame = { stream: frame.stream, left, isStart: false };
      }
      if (left === 0) frame = undefined;
      (left === 0 ? header : piece).expect(left === 0 ? headerLength : Math.min(left, maxPiece));
    }
  }
}

type Source = Frame['stream'] | 'engine';

/** Who speaks, by the number in the header. */
const sources: readonly Source[] = ['stdout', 'stdout', 'stderr', 'engine'];

function sourceOf(header: Buffer): Source {
  const [kind = 0, ...zeros] = header.subarray(0, 4);
  const source = sources[kind];
  if (source === undefined || zeros.some((byte) => byte !== 0))
    throw new UnexpectedAnswer('the stream of output is corrupt');
  return source;
}

function outputOf(source: Source, bytes: Buffer): Frame['stream'] {
  if (source === 'engine') throw new StreamProblem(bytes.subarray(0, maxProblem).toString().trim());
  return source;
}

interface Gatherer {
  readonly expect: (size: number) => void;
  /** Takes what it still expects and gives back the rest. */
  readonly take: (bytes: Buffer) => Buffer;
  /** All that it expects, once it is there. */
  readonly full: () => Buffer | undefined;
}

function createGatherer(): Gatherer {
  let parts: Buffer[] = [];
  let missing = 0;
  return {
    expect: (size) => {
      parts = [];
      missing = size;
    },
    take: (bytes) => {
      const part = bytes.subarray(0, missing);
      parts.push(part);
      missing -= part.length;
      return bytes.subarray(part.length);
    },
    full: () => (missing === 0 ? Buffer.concat(parts) : undefined),
  };
}
