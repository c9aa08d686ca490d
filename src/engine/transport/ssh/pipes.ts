import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';

/** `ssh` could not carry the connection; the message is what it said. */
export class SshError extends Error {
  override readonly name = 'SshError';
}

const maxComplaintLength = 4096;

/** Starts the system's own `ssh`, so that its configuration, keys and known hosts count. */
export function startSsh(words: readonly string[]): ChildProcessWithoutNullStreams {
  // A session of its own: Ctrl-C at the terminal is for us, who may still wait for what is under way.
  return spawn('ssh', words, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
}

/** Resolves when `ssh` has ended, with the reason that it gave, and with `undefined` where it ended well. */
export function endOfSsh(child: ChildProcessWithoutNullStreams): Promise<SshError | undefined> {
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, maxComplaintLength);
  });
  // Its own end is told by 'close', which knows whether it failed.
  child.stdin.on('error', () => undefined);
  return new Promise((resolve) => {
    child.on('error', (cause) => {
      resolve(new SshError(`ssh cannot be run: ${cause.message}`, { cause }));
    });
    child.on('close', (code) => {
      resolve(
        code === 0 ? undefined : new SshError(complaint.trim() || `ssh ended with exit code ${code ?? 'unknown'}`),
      );
    });
  });
}

/** Both pipes of an `ssh` as one stream, which ends in an error if the process does. */
export function joinPipes(child: ChildProcessWithoutNullStreams): Duplex {
  const joined = new Duplex({
    read: () => child.stdout.resume(),
    write: (chunk, _encoding, done) => child.stdin.write(chunk, done),
    final: (done) => child.stdin.end(done),
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (!joined.push(chunk)) child.stdout.pause();
  });
  void endOfSsh(child).then((error) => {
    if (error === undefined) joined.push(null);
    else joined.destroy(error);
  });
  return joined;
}
