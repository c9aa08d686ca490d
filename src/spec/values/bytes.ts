import { err, ok, type Result } from '../../model/result.ts';

const unitBytes: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['k', 2 ** 10],
  ['m', 2 ** 20],
  ['g', 2 ** 30],
  ['t', 2 ** 40],
  ['p', 2 ** 50],
]);

/**
 * `512m`, `1.5GB`, `64 KiB` or a plain number, in bytes; a rest below one byte is cut.
 *
 * Units are powers of 1024 in either case, as Compose counts. Refuses negative sizes: where `-1` means unlimited,
 * the caller asks for it first. The error completes "… is not a size: ".
 */
export function parseBytes(text: string): Result<number, string> {
  if (/^-\d/.test(text)) return err('a size cannot be negative');
  const match = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)? ?(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text);
  if (match === null) return err('expected a number with a unit such as "512m", "1.5g" or "64kb"');
  const [, count = '', exponent = '', unit = ''] = match;
  const bytes = Math.trunc(Number(count + exponent) * (unitBytes.get(unit.toLowerCase()) ?? 1));
  return Number.isSafeInteger(bytes) ? ok(bytes) : err('the size is larger than any machine');
}
