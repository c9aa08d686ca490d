/** A stream that is written to by several readers, none of which runs ahead of it. */
export interface Sink {
  /** Resolves when more may be written; `undefined` says at once that it may. Nothing is written to a closed stream. */
  write(text: string): Promise<void> | undefined;
  /** The reader on the other side has gone: `stack logs | head`. */
  isClosed(): boolean;
}

/** Keeps one wait for all writers of a stream, however many there are. */
export function openSink(stream: NodeJS.WritableStream): Sink {
  let draining: Promise<void> | undefined;
  const write = (text: string): Promise<void> | undefined => {
    if (!stream.writable) return undefined;
    if (draining) return draining.then(() => write(text));
    if (stream.write(text)) return undefined;
    draining = drained(stream).finally(() => (draining = undefined));
    return draining;
  };
  return { write, isClosed: () => !stream.writable };
}

/** A stream that closes or fails will never drain. */
function drained(stream: NodeJS.WritableStream): Promise<void> {
  const events = ['drain', 'close', 'error'];
  return new Promise((resolve) => {
    const finish = (): void => {
      for (const event of events) stream.off(event, finish);
      resolve();
    };
    for (const event of events) stream.once(event, finish);
  });
}
