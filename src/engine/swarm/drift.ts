import { keysAt, objectOf } from '../read/answer.ts';

/**
 * Paths at which what a swarm holds is not what was sent, in the words of the API. What was not sent counts for
 * nothing: the swarm fills in defaults.
 */
export function driftOf(sent: unknown, held: unknown, path = ''): readonly string[] {
  if (isNothing(sent)) return [];
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

/** What the API leaves out of its answers. */
const isZero = (value: unknown): boolean => value === 0 || value === false || value === '';
