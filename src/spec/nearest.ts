/** Nobody mistypes one of more names, or words that long. */
const maximumCandidates = 500;
const maximumLength = 64;

/** The candidate that a person probably meant: at most two typing slips away, fewer for short words. */
export function nearest(word: string, among: Iterable<string>): string | undefined {
  let best: string | undefined;
  if (word.length > maximumLength) return undefined;
  const candidates = [...among];
  if (candidates.length > maximumCandidates) return undefined;
  let bestDistance = word.length <= 3 ? 1 : 2;
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - word.length) > bestDistance) continue;
    const found = slips(word.toLowerCase(), candidate.toLowerCase());
    if (found < bestDistance || (found === bestDistance && best === undefined)) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}

/** Damerau's distance: letters added, left out, replaced, or two neighbours swapped. */
function slips(a: string, b: string): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(before, j - 2) + 1 : Infinity;
      row.push(Math.min(at(row, j - 1) + 1, at(last, j) + 1, replaced, swapped));
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

/** Outside the table nothing is near. */
function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
