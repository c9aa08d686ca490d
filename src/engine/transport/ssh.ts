import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';

import type { SshEndpoint } from '../target.ts';

/** `ssh` could not carry the connection; the message is what it said. */
class SshError extends Error {
  override readonly name = 'SshError';
}

const maxComplaintLength = 4096;

/**
 * A connection to an engine on another machine: the system's own `ssh` runs `docker system dial-stdio` there, as the
 * docker client does, so its configuration, keys and known hosts count. Never asks for a password.
 */
export function openSsh(endpoint: SshEndpoint): Duplex {
  // A session of its own: Ctrl-C at the terminal is for us, who may still wait for what is under way.
  const child = spawn('ssh', sshArguments(endpoint), { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  return asSocket(joinPipes(child));
}

/** Arguments, never a shell line; the endpoint's grammar has refused what `ssh` would take for an option. */
export function sshArguments({ user, host, port, path }: SshEndpoint): readonly string[] {
  return [
    ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-T'],
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    host,
    // The far side's shell reads the rest; a path has no character that means something there.
    'docker',
    ...(path === undefined ? [] : ['--host', `unix://${path}`]),
    'system',
    'dial-stdio',
  ];
}

/** Both pipes of a process as one stream, which ends in an error if the process does. */
function joinPipes(child: ChildProcessWithoutNullStreams): Duplex {
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, maxComplaintLength);
  });
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
  // Its own end is told by 'close', which knows whether it failed.
  child.stdin.on('error', () => undefined);
  child.on('error', (cause) => joined.destroy(new SshError(`ssh cannot be run: ${cause.message}`, { cause })));
  child.on('close', (code) => {
    if (code === 0) joined.push(null);
    else joined.destroy(new SshError(complaint.trim() || `ssh ended with exit code ${code ?? 'unknown'}`));
  });
  return joined;
}

/** The methods of a network socket that an HTTP agent calls, which pipes lack. */
function asSocket(joined: Duplex): Duplex {
  const nothing = (): Duplex => joined;
  return Object.assign(joined, {
    setTimeout: nothing,
    setNoDelay: nothing,
    setKeepAlive: nothing,
    ref: nothing,
    unref: nothing,
  });
}
