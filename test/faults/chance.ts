/** All points instead of a few: `npm run test:faults`. */
export const isComplete = process.env['STACK_TEST_FAULTS'] === 'all';

/** `STACK_TEST_SEED` repeats a run. The few points of the ordinary run are the same ones every time. */
export const seed = Number(process.env['STACK_TEST_SEED'] ?? (isComplete ? Math.floor(Math.random() * 2 ** 31) : 1));

/** Random numbers from 0 to below 1 that the seed and a title determine, whatever else runs (mulberry32). */
export function chance(title: string): () => number {
  let state = [...title].reduce((hash, character) => Math.imul(hash ^ character.charCodeAt(0), 0x01000193), seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Some of the items, chosen by chance; all of them in a complete run. */
export function choose<T>(items: readonly T[], count: number, random: () => number): readonly T[] {
  if (isComplete) return items;
  const weighed = items.map((item) => ({ item, weight: random() }));
  return weighed
    .toSorted((a, b) => a.weight - b.weight)
    .slice(0, count)
    .map(({ item }) => item);
}
