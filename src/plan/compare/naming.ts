import { formatBytes, formatDuration } from '../../model/units.ts';

/** Compose's word for one of our camel-case fields, where dropping the unit and adding underscores does not give it. */
const words: ReadonlyMap<string, string> = new Map([
  ['memoryBytes', 'mem_limit'],
  ['memoryReservationBytes', 'mem_reservation'],
  ['memorySwapBytes', 'memswap_limit'],
  ['memorySwappiness', 'mem_swappiness'],
  ['cpuNanos', 'cpus'],
  ['blkio', 'blkio_config'],
  ['cgroupRules', 'device_cgroup_rules'],
  ['requests', 'gpus'],
  ['config', 'config'],
]);

/** `stopGracePeriodMs` → `stop_grace_period`, `memoryBytes` → `mem_limit`. */
export function attributeOf(field: string): string {
  return (
    words.get(field) ?? field.replace(/(Ms|Bytes|Nanos)$/, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  );
}

/** The value as a person would write it, by the unit in the field's name. */
export function showValue(field: string, value: unknown): string {
  if (value === undefined) return 'unset';
  if (typeof value === 'number') return showNumber(field, value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return hidesPassword(value) ? hidden : value;
  const text = JSON.stringify(value);
  return hidesPassword(text) ? hidden : text;
}

/** What stands for a value that must not be shown. */
export const hidden = '(changed)';

/** Whether the name says that the value is nobody's business. */
export const isSecretName = (name: string): boolean =>
  /pass(word|wd|phrase)?|pwd|secret|token|credential|private|api.?key|access.?key|(^|[_.-])(key|auth|dsn)([_.-]|$)|key$/i.test(
    name,
  );

/** A password inside a URL or an option: `postgres://user:pw@db`, `password=pw`. */
export const hidesPassword = (text: string): boolean =>
  /:\/\/[^/\s"]*:[^/\s"]*@|passw(or)?d[=:\s]|--?token[= ]/i.test(text);

function showNumber(field: string, value: number): string {
  if (field.endsWith('Ms')) return formatDuration(value);
  if (field.endsWith('Nanos')) return String(value / 1e9);
  if (field === 'mode') return `0${value.toString(8)}`;
  if (!field.endsWith('Bytes') || value < 0) return String(value);
  const isDecimal = value >= 1e6 && value % 1e6 === 0;
  return (isDecimal ? undefined : exactBinary(value)) ?? formatBytes(value);
}

/** `536_870_912` → `512MiB`; sizes that are no whole number of a binary unit are not exact in it. */
function exactBinary(bytes: number): string | undefined {
  const units = ['GiB', 'MiB', 'KiB'] as const;
  const index = [1024 ** 3, 1024 ** 2, 1024].findIndex((size) => bytes >= size && bytes % size === 0);
  const unit = units[index];
  return unit && `${bytes / 1024 ** (3 - index)}${unit}`;
}
