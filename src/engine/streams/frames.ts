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

/**
 * Takes apart the engine's multiplexed output: eight bytes of header (stream, length), then content.
 * Linear in its input however small the frames are, and holds one piece at a time however large they are.
 */
export async function* readFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  const header = createGatherer();
  const piece = createGatherer();
  header.expect(headerLength);
  let frame: { readonly stream: Frame['stream']; readonly left: number; readonly isStart: boolean } | undefined;
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
        frame = { stream: streamOf(bytes), left, isStart: true };
      } else {
        left = frame.left - bytes.length;
        yield { stream: frame.stream, isStart: frame.isStart, content: bytes };
        frame = { stream: frame.stream, left, isStart: false };
      }
      if (left === 0) frame = undefined;
      (left === 0 ? header : piece).expect(left === 0 ? headerLength : Math.min(left, maxPiece));
    }
  }
}

function streamOf(header: Buffer): Frame['stream'] {
  const [kind = 0, ...zeros] = header.subarray(0, 4);
  if (kind > 2 || zeros.some((byte) => byte !== 0)) throw new UnexpectedAnswer('the stream of output is corrupt');
  return kind === 2 ? 'stderr' : 'stdout';
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
