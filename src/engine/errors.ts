import { EngineError, type EngineErrorCode } from './engine.ts';
import type { NamedEndpoint } from './target.ts';
import { isAboutCertificate, tlsProblem } from './tls-problem.ts';
import { UnexpectedAnswer } from './transport/body.ts';
import { HttpError } from './transport/modem.ts';

/** A failure in words: what kind, what to say, and what a person can do. */
interface Finding {
  readonly code: EngineErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/** Something on our own side that a call needs is not as it must be, in words for the person who can change it. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
}

/** The engine says in the middle of a stream that it cannot go on. */
export class StreamProblem extends Error {
  override readonly name = 'StreamProblem';
}

/**
 * What a call threw, as an {@link EngineError} that says what was tried. A bug of our own stays what it is.
 */
export function engineError(target: NamedEndpoint, what: string, cause: unknown, signal: AbortSignal): Error {
  if (cause instanceof EngineError) return cause;
  const finding = find(target, cause, signal);
  if (finding === undefined) return cause instanceof Error ? cause : new Error(String(cause));
  const { code, message, hint } = finding;
  return new EngineError(code, target.name, `${what}: ${message}`, { cause, ...(hint !== undefined && { hint }) });
}

/** Runs one call and turns whatever it throws into an {@link EngineError}. */
export async function call<T>(
  target: NamedEndpoint,
  what: string,
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  try {
    signal.throwIfAborted();
    return await run();
  } catch (cause) {
    throw engineError(target, what, cause, signal);
  }
}

/** Counts these statuses as success: 304 where a start or stop finds its work done, 404 where a removal does. */
export async function tolerate(statuses: readonly number[], run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (cause) {
    if (!(cause instanceof HttpError && statuses.includes(cause.status))) throw cause;
  }
}

/** Whether the engine answered that there is no such thing. */
export const isNotFound = (cause: unknown): boolean =>
  (cause instanceof HttpError && cause.status === 404) || (cause instanceof EngineError && cause.code === 'not-found');

/** `undefined` for what is not there. Gone between a list and the inspection is as good as never there. */
export async function orAbsent<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw cause;
  }
}

function find(target: NamedEndpoint, cause: unknown, signal: AbortSignal): Finding | undefined {
  if (signal.aborted) return findAbort(signal.reason);
  if (cause instanceof HttpError) return findStatus(cause);
  if (cause instanceof LocalError || cause instanceof StreamProblem)
    return { code: 'rejected', message: cause.message };
  if (cause instanceof UnexpectedAnswer) {
    return { code: 'incompatible', message: `unexpected answer from ${target.address}: ${cause.message}` };
  }
  return findBroken(target, cause);
}

function findAbort(reason: unknown): Finding {
  const isTimeout = reason instanceof DOMException && reason.name === 'TimeoutError';
  return isTimeout
    ? { code: 'timeout', message: 'no answer before the deadline' }
    : { code: 'aborted', message: 'given up before the answer came' };
}

function findStatus({ status, message }: HttpError): Finding {
  if (/no space left on device/i.test(message)) {
    return {
      code: 'no-space',
      message,
      hint: 'free space on the engine, for example with `docker system df` and removals',
    };
  }
  if (/client sent an HTTP request to an HTTPS server/i.test(message)) {
    return {
      code: 'unreachable',
      message: 'the engine speaks TLS, and it was asked without',
      hint: 'give its certificates: `tls` in the list of engines, DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, or a context',
    };
  }
  if (/client version .* is too (old|new)/i.test(message)) return { code: 'incompatible', message };
  const hint = advice.find(([pattern]) => pattern.test(message))?.[1];
  return { code: codeOf(status, message), message, ...(hint !== undefined && { hint }) };
}

/** What to do about refusals that people meet; first match counts. */
const advice: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /port is already allocated|address already in use/i,
    'publish another port, or stop what holds this one: `docker ps` shows the ports of containers',
  ],
  [/pool overlaps with other one/i, 'choose a `subnet` that no other network has: `docker network inspect` shows them'],
  [
    /fully subnetted|could not find an available,? non-overlapping/i,
    'remove networks that nothing uses (`docker network ls`), or give the network a `subnet`',
  ],
  [
    /bind source path does not exist/i,
    "create the path on the engine's machine, or set `create_host_path: true` on the mount",
  ],
  [/rootfs is marked read-only/i, 'a read-only container takes configs and secrets from a `file` only'],
  [/container name .* is already in use/i, 'rename or remove that container, or choose another project name (-p)'],
];

function codeOf(status: number, message: string): EngineErrorCode {
  if (status === 401) return 'unauthorized';
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  // A network with running containers is refused with 403, a raced update of Swarm's with 500.
  if (/has active endpoints|is in use|update out of sequence/i.test(message)) return 'conflict';
  return 'rejected';
}

/**
 * What a socket's error says. Whoever never got there says `unreachable`; whoever was cut off cannot know, and says
 * `lost`. An error without a code is none of a socket's.
 */
function findBroken(target: NamedEndpoint, cause: unknown): Finding | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { address } = target;
  const text = cause.message;
  if (cause.name === 'SshError') {
    const words = text.replaceAll(/\s*[\r\n]+\s*/g, '; ');
    return { code: 'unreachable', message: `${address}: ${words}`, hint: sshHint(text) };
  }
  const code = 'code' in cause ? String(cause.code) : '';
  if (code === '' || isMisuse(code)) return undefined;
  // What an alert says of a certificate may come with the code of a mismatch.
  const tls = tlsProblem(code, text, showsCertificate(target));
  const reach = isAboutCertificate(text) ? undefined : findReach(code, cause);
  if (reach !== undefined) return { code: 'unreachable', ...reach(address) };
  if (tls !== undefined) return { code: 'unreachable', message: `${address}: ${tls.message}`, hint: tls.hint };
  if (code.startsWith('HPE_')) {
    return { code: 'incompatible', message: `unexpected answer from ${address}: not HTTP (${text})` };
  }
  return { code: 'lost', message: `the connection to ${address} broke (${text || code})` };
}

const showsCertificate = ({ endpoint }: NamedEndpoint): boolean =>
  endpoint.kind === 'tcp' && endpoint.tls?.cert !== undefined;

/** What to do about what `ssh` says. */
function sshHint(text: string): string {
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|host key .* has changed/i.test(text)) {
    return 'somebody may be between; if the machine was set up anew, remove its old key with `ssh-keygen -R HOST`';
  }
  if (/host key verification failed|no .* host key is known/i.test(text)) {
    return "connect once with `ssh` and compare the key with the machine's own, so that it becomes known";
  }
  if (/permission denied/i.test(text)) {
    return 'the key is not accepted there: load it with `ssh-add`, or name it in the list of engines (ssh.identity)';
  }
  return 'check that `ssh` gets there without asking';
}

/** The same codes come up when a connection that stood is broken; that is another matter. */
function findReach(code: string, cause: Error): Reach | undefined {
  if (isTlsMismatch(code)) return tlsMismatch;
  const isUnderWay = 'syscall' in cause && (cause.syscall === 'read' || cause.syscall === 'write');
  return isUnderWay ? undefined : unreachable.get(code);
}

/** Node refused what we asked of it: our mistake, and nothing was sent. */
const isMisuse = (code: string): boolean => /^ERR_(INVALID|UNESCAPED|HTTP_INVALID|OUT_OF_RANGE)/.test(code);

const isTlsMismatch = (code: string): boolean =>
  code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG';

type Reach = (address: string) => Omit<Finding, 'code'>;

const checkAddress = 'check the address given by --host, --context, DOCKER_HOST or the list of engines';

const unreachable: ReadonlyMap<string, Reach> = new Map<string, Reach>([
  [
    'ENOENT',
    (address) => ({
      message: `no Docker engine at ${address}: there is no such socket`,
      hint: 'start Docker (for example `sudo systemctl start docker`), or name another engine with --host or --context',
    }),
  ],
  ['ENOTSOCK', (address) => ({ message: `${address} is not a socket`, hint: checkAddress })],
  ['EACCES', permissionDenied],
  ['EPERM', permissionDenied],
  [
    'ECONNREFUSED',
    (address) => ({
      message: `connection refused by ${address}`,
      hint: 'start Docker there, or name another engine with --host or --context',
    }),
  ],
  ['ENOTFOUND', (address) => ({ message: `the host name of ${address} is not known`, hint: checkAddress })],
  ['EAI_AGAIN', (address) => ({ message: `the host name of ${address} could not be looked up`, hint: checkAddress })],
  ['EHOSTUNREACH', (address) => ({ message: `no route to ${address}`, hint: checkAddress })],
  ['ENETUNREACH', (address) => ({ message: `no network to ${address}`, hint: checkAddress })],
  ['ETIMEDOUT', (address) => ({ message: `${address} did not answer`, hint: checkAddress })],
]);

function tlsMismatch(address: string): Omit<Finding, 'code'> {
  return {
    message: `${address} does not speak TLS as expected`,
    hint: 'if the engine speaks plain HTTP, leave `tls` out of the list of engines, or unset DOCKER_TLS_VERIFY and DOCKER_TLS',
  };
}

function permissionDenied(address: string): Omit<Finding, 'code'> {
  return {
    message: `permission denied at ${address}`,
    hint: 'add yourself to the group docker (`sudo usermod -aG docker $USER`, then log in again), or use sudo',
  };
}
