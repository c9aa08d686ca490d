import { Duplex } from 'node:stream';

/**
 * A socket that is there at once, of a connection that is still being made: an HTTP request that has no socket yet
 * could not be aborted. Ends in the error of the connection if there is none.
 */
export function lateSocket(opening: Promise<Duplex>): Duplex {
  const late = new Duplex({
    read: () => {
      withInner((inner) => inner.resume());
    },
    write: (chunk, _encoding, done) => {
      withInner((inner) => inner.write(chunk, done));
    },
    final: (done) => {
      withInner((inner) => inner.end(done));
    },
    destroy: (error, done) => {
      withInner((inner) => inner.destroy());
      done(error);
    },
  });
  const withInner = (use: (inner: Duplex) => unknown): void => {
    opening.then(use, () => undefined);
  };
  opening.then(
    (inner) => {
      inner.on('data', (chunk: Buffer) => {
        if (!late.push(chunk)) inner.pause();
      });
      inner.on('end', () => late.push(null));
      inner.on('error', (error) => late.destroy(error));
      inner.on('close', () => late.destroy());
    },
    (cause: unknown) => late.destroy(cause instanceof Error ? cause : new Error(String(cause))),
  );
  return withSocketMethods(late);
}

/** The methods of a network socket that an HTTP agent calls, which other streams lack. */
function withSocketMethods(stream: Duplex): Duplex {
  const nothing = (): Duplex => stream;
  return Object.assign(stream, {
    setTimeout: nothing,
    setNoDelay: nothing,
    setKeepAlive: nothing,
    ref: nothing,
    unref: nothing,
  });
}
