/** Questions that one engine is asked at a time: more only makes each of them slower. */
const parallelReads = 8;

/** Maps in order of the items, some at a time; the first failure ends it and begins nothing more. */
export async function mapBounded<Item, Out>(
  items: readonly Item[],
  run: (item: Item) => Promise<Out>,
): Promise<readonly Out[]> {
  const results: Out[] = [];
  const rest = items.entries();
  let hasFailed = false;
  const work = async (): Promise<void> => {
    for (const [index, item] of rest) {
      if (hasFailed) return;
      results[index] = await run(item);
    }
  };
  const workers = Array.from({ length: Math.min(parallelReads, items.length) }, () =>
    work().catch((cause: unknown) => {
      hasFailed = true;
      throw cause;
    }),
  );
  await Promise.all(workers);
  return results;
}
