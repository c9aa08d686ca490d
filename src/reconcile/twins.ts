import type { EngineName } from '../model/id.ts';
import type { Observed } from '../model/observed.ts';

/**
 * Two names of one engine, as far as containers of the stack give that away: both show the same one. The id that an
 * engine has of itself tells nothing, since machines that were copied from one another share it.
 */
export function findTwins({ engines }: Observed): readonly [EngineName, EngineName] | undefined {
  const seen = new Map<string, EngineName>();
  for (const { name, containers } of engines) {
    for (const { id } of containers) {
      const other = seen.get(id);
      if (other !== undefined && other !== name) return [other, name];
      seen.set(id, name);
    }
  }
  return undefined;
}
