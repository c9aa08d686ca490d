import { parseInteger } from '../parse/plain.ts';
import type { Scalar } from '../tree.ts';

/** A scalar where Compose wants text: `010` is "8", `1_000` is "1000", `1.50` is "1.5", `1e6` is "1e+06". Null is "". */
export function textOf(scalar: Scalar): string {
  const { value } = scalar;
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (typeof value === 'boolean') return String(value);
  return integerText(scalar.source) ?? formatFloat(value);
}

/** Integers of 64 bits, digit for digit: they do not fit a number. */
function integerText(source: string): string | undefined {
  return parseInteger(source.replaceAll('_', ''))?.toString();
}

/** Go's `%v` of a float64: from a million on, `1e+06`; below a ten-thousandth, `1e-05`. */
function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return plainDecimal(mantissa, power);
  const sign = power < 0 ? '-' : '+';
  return `${mantissa}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

function plainDecimal(mantissa: string, power: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0');
  const rest = digits.slice(power + 1);
  return rest === '' ? sign + whole : `${sign}${whole}.${rest}`;
}
