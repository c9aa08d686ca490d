import type { NamedEndpoint } from '../endpoint.ts';
import { EngineError } from '../engine.ts';
import { call } from '../errors.ts';
import { ping, type Wire } from './modem.ts';

/** The newest Engine API whose meaning this program knows. */
const newestKnown = '1.51';
/** Docker 20.10. Below it, health checks, platforms and networks lack what a stack needs. */
const oldestSupported = '1.41';

/**
 * Which Engine API to speak: the engine's newest or ours, whichever is older.
 * Refuses an engine that is too old, and whatever is no Docker engine, with `incompatible`.
 */
export async function negotiate(
  target: NamedEndpoint,
  wire: Omit<Wire, 'version'>,
  signal: AbortSignal,
): Promise<string> {
  const { headers } = await call(target, 'connect', signal, () => ping(wire, signal));
  const theirs = headers['api-version'];
  if (typeof theirs !== 'string' || !/^\d{1,3}\.\d{1,4}$/.test(theirs)) {
    throw new EngineError('incompatible', target.name, `what answers at ${target.address} is no Docker engine`);
  }
  if (isOlder(theirs, oldestSupported)) {
    const docker = /^Docker\/(\S+)/.exec(String(headers['server']))?.[1] ?? 'unknown';
    const message = `engine ${target.name} (${target.address}) runs Docker ${docker}, whose API is ${theirs}; API ${oldestSupported} or newer is needed`;
    throw new EngineError('incompatible', target.name, message, { hint: 'upgrade it to Docker 20.10 or newer' });
  }
  return isOlder(newestKnown, theirs) ? newestKnown : theirs;
}

/** Compares API versions such as `1.9` and `1.41` by number. */
export function isOlder(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA === majorB ? minorA < minorB : majorA < majorB;
}
