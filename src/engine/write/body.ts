import type { Pairs } from '../../model/container.ts';

/** JSON for the engine. `undefined` leaves a field out. */
export type Body = Readonly<Record<string, unknown>>;

/** A map by name. Defines own properties only: a label may be called `__proto__`. */
export const byName = (pairs: Pairs): Readonly<Record<string, string>> => Object.fromEntries(pairs);

/** As {@link byName}, and nothing for none. */
export const byNameIfAny = (pairs: Pairs): Readonly<Record<string, string>> | undefined =>
  pairs.length === 0 ? undefined : byName(pairs);

/** The list, and nothing for an empty one. */
export const ifAny = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);
