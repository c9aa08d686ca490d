import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';

import type { SshEndpoint } from '../endpoint.ts';

/** `ssh` ended instead of carrying the connection; the message is what it said. */
export class SshError extends Error {
  override readonly name = 'SshError';
}

const maxComplaint = 4096;

/**
 * A connection to an engine on another machine: the system's own `ssh` runs `docker system dial-stdio` there, as the
 * docker client does, so its configuration, keys and known hosts count. Never asks for a password.
 */
export function openSsh(endpoint: SshEndpoint): Duplex {
  const child = spawn('ssh', sshArguments(endpoint), { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, maxComplaint);
  });
  const socket = Duplex.from({ readable: child.stdout, writable: child.stdin });
  child.on('error', (cause) => socket.destroy(new SshError(`ssh cannot be run: ${cause.message}`, { cause })));
  child.on('close', (code) => {
    if (code !== 0 && code !== null) {
      socket.destroy(new SshError(complaint.trim() || `ssh ended with exit code ${code}`));
    }
  });
  socket.on('close', () => child.kill());
  return asSocket(socket);
}

/** Arguments, never a shell line: the endpoint's grammar has refused what `ssh` would take for an option. */
export function sshArguments(endpoint: SshEndpoint): readonly string[] {
  return [
    ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-T'],
    ...(endpoint.user === undefined ? [] : ['-l', endpoint.user]),
    ...(endpoint.port === undefined ? [] : ['-p', String(endpoint.port)]),
    '--',
    endpoint.host,
    ...(endpoint.path === undefined
      ? ['docker', 'system', 'dial-stdio']
      : // The far side's shell reads this line; the path's grammar has no quote in it.
        ['docker', '--host', `'unix://${endpoint.path}'`, 'system', 'dial-stdio']),
  ];
}

/** The methods of a network socket that an HTTP agent calls, which a pair of pipes lacks. */
function asSocket(socket: Duplex): Duplex {
  const itself = (): Duplex => socket;
  return Object.assign(socket, {
    setTimeout: itself,
    setNoDelay: itself,
    setKeepAlive: itself,
    ref: itself,
    unref: itself,
  });
}
