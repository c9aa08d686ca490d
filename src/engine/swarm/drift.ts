import { keysAt, objectOf } from '../read/answer.ts';

/** What a swarm never fills in by itself: held although it was not sent, somebody added it. */
const ours: ReadonlySet<string> = new Set([
  'Args',
  'CapabilityAdd',
  'CapabilityDrop',
  'Command',
  'Configs',
  'Constraints',
  'Dir',
  'Env',
  'Groups',
  'Healthcheck',
  'Hostname',
  'Hosts',
  'Limits',
  'Mounts',
  'Placement',
  'Ports',
  'Reservations',
  'Resources',
  'Secrets',
  'User',
]);

/**
 * Paths at which what a swarm holds is not what was sent, in the words of the API. What was not sent and the swarm
 * may have filled in counts for nothing.
 */
export function driftOf(sent: unknown, held: unknown, path = ''): readonly string[] {
  if (isNothing(sent)) return ours.has(path.split('.').at(-1) ?? '') && !isVoid(held) ? [path] : [];
  if (Array.isArray(sent)) return listDrift(sent, held, path);
  if (typeof sent !== 'object' || sent === null)
    return sent === held || (isZero(sent) && isNothing(held)) ? [] : [path];
  const inner = objectOf(held);
  return keysAt({ sent }, 'sent')
    .filter((key) => !(path.endsWith('Networks') && key === 'Target'))
    .flatMap((key) => driftOf(objectOf(sent)[key], inner[key], path === '' ? key : `${path}.${key}`));
}

function listDrift(sent: readonly unknown[], held: unknown, path: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(held) ? held : [];
  if (list.length !== sent.length) return [path];
  const found = sent.flatMap((item, index) => driftOf(item, list[index], path));
  return [...new Set(found)];
}

const isNothing = (value: unknown): boolean => value === undefined || value === null;

/** Nothing, or made of nothing; platforms of a placement are the swarm's own reading of an image. */
function isVoid(held: unknown): boolean {
  if (isNothing(held) || isZero(held)) return true;
  if (Array.isArray(held)) return held.length === 0;
  return (
    keysAt({ held }, 'held').every((key) => key === 'Platforms' || isVoid(objectOf(held)[key])) &&
    typeof held === 'object'
  );
}

/** What the API leaves out of its answers. */
const isZero = (value: unknown): boolean => value === 0 || value === false || value === '';
