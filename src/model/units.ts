/** `90_000` → `1m30s`, `1_500` → `1.5s`, `0` → `0s`: the form in which Compose and Go print durations. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 1000) return `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = (ms % 60_000) / 1000;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

const sizes = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** For people: `1_500_000` → `1.5MB`. Powers of 1000, at most three digits, as the docker client prints sizes. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < sizes.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))}${sizes[unit] ?? 'B'}`;
}
