import type { ObservedContainer } from '../../model/observed.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** From which length on a unit counts, as the docker client has it: hours up to two days, weeks up to two months. */
const units = [
  { fromMs: 365 * 2 * dayMs, ms: 365 * dayMs, name: 'years' },
  { fromMs: 30 * 2 * dayMs, ms: 30 * dayMs, name: 'months' },
  { fromMs: 7 * 2 * dayMs, ms: 7 * dayMs, name: 'weeks' },
  { fromMs: 2 * dayMs, ms: dayMs, name: 'days' },
] as const;

/** `Less than a second`, `45 seconds`, `About a minute`, `3 hours`, `5 days`: one unit, as the docker client rounds. */
export function humanDuration(ms: number): string {
  for (const unit of units) {
    if (ms >= unit.fromMs) return `${Math.floor(ms / unit.ms)} ${unit.name}`;
  }
  const hours = Math.floor(ms / hourMs + 0.5);
  if (ms >= hourMs) return hours === 1 ? 'About an hour' : `${hours} hours`;
  const minutes = Math.floor(ms / minuteMs);
  if (minutes > 0) return minutes === 1 ? 'About a minute' : `${minutes} minutes`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'Less than a second';
  return seconds === 1 ? '1 second' : `${seconds} seconds`;
}

/** `3 minutes ago` for a time of the engine's (RFC 3339); empty for none. Clocks that differ never make it negative. */
export function age(time: string, nowMs: number): string {
  const ms = sinceMs(time, nowMs);
  return ms === undefined ? '' : `${humanDuration(ms)} ago`;
}

/** The status column: `Up 3 minutes (healthy)`, `Exited (0) 2 hours ago`, `Created`. */
export function containerStatus(container: ObservedContainer, nowMs: number): string {
  const up = `Up ${humanDuration(sinceMs(container.startedAt, nowMs) ?? 0)}`;
  switch (container.state) {
    case 'created':
      return 'Created';
    case 'running':
      return `${up}${healthNote(container)}`;
    case 'paused':
      return `${up} (Paused)`;
    case 'restarting':
      return `Restarting (${container.exitCode}) ${age(container.finishedAt, nowMs)}`.trimEnd();
    case 'removing':
      return 'Removal In Progress';
    case 'exited':
      return `Exited (${container.exitCode}) ${age(container.finishedAt, nowMs)}`.trimEnd();
    case 'dead':
      return 'Dead';
  }
}

function healthNote({ health }: ObservedContainer): string {
  if (health === 'none') return '';
  return health === 'starting' ? ' (health: starting)' : ` (${health})`;
}

/** Engines tell the year 1 for what never happened. */
function sinceMs(time: string, nowMs: number): number | undefined {
  const at = Date.parse(time);
  return Number.isNaN(at) || at < 0 ? undefined : Math.max(0, nowMs - at);
}
