import { EngineError } from '../engine.ts';
import { call, isNotFound } from '../errors.ts';
import type { NamedEndpoint } from '../target.ts';
import { ping, type Wire } from './modem.ts';

/** The newest Engine API whose meaning this program knows. */
const newestKnown = '1.51';
/** Docker 20.10. Below it, health checks, platforms and networks lack what a stack needs. */
const oldestSupported = '1.41';

/**
 * Which Engine API to speak: the wanted one, or else the engine's newest or ours, whichever is older.
 * Refuses an engine that is too old, and whatever is no Docker engine, with `incompatible`; a wanted version likewise
 * that we do not speak.
 */
export async function negotiate(
  target: NamedEndpoint,
  wire: Omit<Wire, 'version'>,
  { wanted, signal }: { readonly wanted: string | undefined; readonly signal: AbortSignal },
): Promise<string> {
  if (wanted !== undefined) requireSpoken(target, wanted);
  const headers = await call(target, 'connect', signal, async () => (await ping(wire, signal)).headers).catch(
    (cause: unknown) => {
      throw isNotFound(cause) ? notDocker(target, cause) : cause;
    },
  );
  const theirs = headers['api-version'];
  if (typeof theirs !== 'string' || !/^\d{1,3}\.\d{1,4}$/.test(theirs)) throw notDocker(target);
  if (isOlder(theirs, oldestSupported)) {
    const docker = /^Docker\/(\S+)/.exec(String(headers['server']))?.[1] ?? 'unknown';
    const message = `engine ${target.name} (${target.address}) runs Docker ${docker}, whose API is ${theirs}; API ${oldestSupported} or newer is needed`;
    throw new EngineError('incompatible', target.name, message, { hint: 'upgrade it to Docker 20.10 or newer' });
  }
  return wanted ?? (isOlder(newestKnown, theirs) ? newestKnown : theirs);
}

function requireSpoken({ name }: NamedEndpoint, wanted: string): void {
  const isVersion = /^\d{1,3}\.\d{1,4}$/.test(wanted);
  if (isVersion && !isOlder(wanted, oldestSupported) && !isOlder(newestKnown, wanted)) return;
  const message = `DOCKER_API_VERSION is "${wanted}", and this program speaks ${oldestSupported} to ${newestKnown}`;
  throw new EngineError('incompatible', name, message, { hint: 'unset DOCKER_API_VERSION' });
}

function notDocker({ name, address }: NamedEndpoint, cause?: unknown): EngineError {
  return new EngineError('incompatible', name, `what answers at ${address} is no Docker engine`, { cause });
}

/** Compares API versions such as `1.9` and `1.41` by number. */
export function isOlder(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA === majorB ? minorA < minorB : majorA < majorB;
}
