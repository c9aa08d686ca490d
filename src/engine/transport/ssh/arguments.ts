import type { SshEndpoint } from '../../target.ts';

/** Sockets of this machine through which one ssh connection is shared. */
export interface SharedSockets {
  /** Where further `ssh` find the connection that stands. */
  readonly control: string;
  /** What is connected here comes out at the engine's socket over there. */
  readonly forwarded: string;
}

/** What an engine listens on where nothing else is said. */
const usualSocket = '/var/run/docker.sock';

/**
 * Arguments of the `ssh` that keeps the connection and carries the engine's socket over.
 *
 * It runs `cat` over there, which ends when we do, however we end; with `-N` the connection would outlive us.
 */
export const masterArguments = (endpoint: SshEndpoint, { control, forwarded }: SharedSockets): readonly string[] => [
  ...['-M', '-S', control, '-o', 'ControlPersist=no', '-o', 'ExitOnForwardFailure=yes'],
  ...['-L', `${forwarded}:${endpoint.path ?? usualSocket}`],
  ...destination(endpoint),
  'cat',
];

/** Arguments of an `ssh` that runs the docker client over there, as the docker client does, on the connection that stands. */
export const dialArguments = (endpoint: SshEndpoint, { control }: SharedSockets): readonly string[] => [
  ...['-S', control],
  ...destination(endpoint),
  // The far side's shell reads the rest; a path has no character that means something there.
  'docker',
  ...(endpoint.path === undefined ? [] : ['--host', `unix://${endpoint.path}`]),
  'system',
  'dial-stdio',
];

/** Never a shell line, and never a question; the endpoint's grammar has refused what `ssh` would take for an option. */
function destination({ user, host, port, identity, knownHosts }: SshEndpoint): readonly string[] {
  return [
    ...['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
    // A link that is cut is found out, and not only by the deadlines of calls.
    ...['-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=2'],
    ...(identity === undefined ? [] : ['-i', identity, '-o', 'IdentitiesOnly=yes']),
    ...(knownHosts === undefined ? [] : onlyKnown(knownHosts)),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    host,
  ];
}

const onlyKnown = (file: string): readonly string[] => [
  ...['-o', `UserKnownHostsFile=${quoted(file)}`, '-o', 'GlobalKnownHostsFile=/dev/null'],
  ...['-o', 'StrictHostKeyChecking=yes'],
];

/** The value of this option is a list of paths, split at spaces. */
const quoted = (path: string): string => `"${path}"`;
