/**
 * What an unquoted scalar means to Compose: YAML 1.2 with the leftovers of 1.1 that Go's reader keeps.
 *
 * `010` is eight, `1_000` a thousand; `yes`, `22:22` and dates are strings.
 */
export function resolvePlain(text: string): string | number | boolean | null {
  const known = words.get(text);
  if (known !== undefined) return known;
  if (!/^[-+.\d]/.test(text)) return text;
  if (text.startsWith('.')) return /^\.\d[\d_]*(e[-+]?\d+)?$/i.test(text) ? finite(text, Number(text)) : text;
  const digits = text.replaceAll('_', '');
  const integer = parseInteger(digits);
  if (integer !== undefined) return Number(integer);
  return /^[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?$/i.test(digits) ? finite(text, Number(digits)) : text;
}

const words: ReadonlyMap<string, boolean | null | number> = new Map<string, boolean | null | number>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

/** Go refuses to read a number that overflows, and leaves the text. */
function finite(text: string, value: number): number | string {
  return Number.isFinite(value) ? value : text;
}

const bases = [
  { pattern: /^0[xX]([\da-fA-F]+)$/, prefix: '0x' },
  { pattern: /^0[bB]([01]+)$/, prefix: '0b' },
  { pattern: /^0[oO]?([0-7]+)$/, prefix: '0o' },
  { pattern: /^(0|[1-9]\d*)$/, prefix: '' },
] as const;

/** An integer in Go's notations (`0x1f`, `0b11`, `0o17`, `017`) of up to 64 bits; `undefined` for anything else. */
export function parseInteger(text: string): bigint | undefined {
  const sign = /^[-+]/.test(text) ? text.slice(0, 1) : '';
  const unsigned = text.slice(sign.length);
  if (unsigned.length > 70) return undefined;
  for (const { pattern, prefix } of bases) {
    const digits = pattern.exec(unsigned)?.[1];
    if (digits === undefined) continue;
    const value = BigInt(prefix + digits) * (sign === '-' ? -1n : 1n);
    return value >= -(2n ** 63n) && value < 2n ** 64n ? value : undefined;
  }
  return undefined;
}
