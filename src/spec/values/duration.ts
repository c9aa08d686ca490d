import { err, ok, type Result } from '../../model/result.ts';

const unitMs: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/** Go counts nanoseconds in 64 bits; longer durations do not exist for an engine. */
const maximumMs = 2 ** 63 / 1e6;

/**
 * `1m30s`, `1.5h`, `500us` or `0` in milliseconds, with fractions down to a nanosecond.
 *
 * Go's grammar, with Compose's days and weeks. Refused: a number without unit, a unit given twice, anything negative.
 * The error completes "… is not a duration: ".
 */
export function parseDuration(text: string): Result<number, string> {
  if (text === '0') return ok(0);
  const seen = new Set<string>();
  let total = 0;
  let end = text.startsWith('+') ? 1 : 0;
  for (const part of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)/gu)) {
    const [all, count = '', unit = ''] = part;
    if (part.index !== end) break;
    if (seen.has(unit)) return err(`the unit "${unit}" is there twice`);
    seen.add(unit);
    total += Number(count) * (unitMs.get(unit) ?? 0);
    end += all.length;
  }
  if (seen.size === 0 || end !== text.length) return err(explain(text));
  return total < maximumMs ? ok(Number(total.toFixed(6))) : err('the longest duration is 2562047h');
}

function explain(text: string): string {
  if (text.startsWith('-')) return 'a duration cannot be negative';
  if (/^\d+(\.\d+)?$/.test(text)) return `a number needs a unit: "${text}s" is seconds, "${text}m" is minutes`;
  return 'expected numbers with units, such as "1m30s", "1.5h" or "500ms"';
}
