import type { ObservedContainer, ObservedPort } from '../../model/observed.ts';

/** `Less than a second`, `About a minute`, `3 days`: how docker says a length of time. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(ms / 3_600_000 + 0.5);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  const days = Math.floor(hours / 24);
  if (days < 14) return `${days} days`;
  if (days < 60) return `${Math.floor(days / 7)} weeks`;
  return days < 730 ? `${Math.floor(days / 30)} months` : `${Math.floor(days / 365)} years`;
}

/** `5 minutes ago`; empty for a time that never came. */
export function ago(time: string, today: number): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? '' : `${humanDuration(Math.max(0, today - at))} ago`;
}

/** What docker says of a container's state: `Up 5 minutes (healthy)`, `Exited (0) 2 hours ago`. */
export function statusText(container: ObservedContainer, today: number): string {
  const { state, exitCode } = container;
  switch (state) {
    case 'running':
      return `Up ${since(container.startedAt, today)}${healthText(container)}`;
    case 'paused':
      return `Up ${since(container.startedAt, today)} (Paused)`;
    case 'restarting':
      return `Restarting (${exitCode}) ${ago(container.finishedAt, today)}`.trimEnd();
    case 'exited':
      return `Exited (${exitCode}) ${ago(container.finishedAt, today)}`.trimEnd();
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'created':
      return 'Created';
  }
}

function since(time: string, today: number): string {
  return ago(time, today).replace(/ ago$/, '');
}

function healthText({ health }: ObservedContainer): string {
  if (health === 'none') return '';
  return health === 'starting' ? ' (health: starting)' : ` (${health})`;
}

interface Group {
  readonly key: string;
  readonly ip: string;
  readonly protocol: string;
  first: number;
  last: number;
}

/** Ports as docker prints them, neighbours joined: `0.0.0.0:8000-8001->8000-8001/tcp, 9000/tcp`. */
export function portsText(ports: readonly ObservedPort[]): string {
  const finished: string[] = [];
  const moved: string[] = [];
  const open = new Map<string, Group>();
  for (const port of ports.toSorted(byTarget)) {
    const { hostIp, published, target, protocol } = port;
    const ip = published === 0 ? '' : hostIp;
    if (published !== 0 && published !== target) {
      moved.push(`${address(ip)}${published}->${target}/${protocol}`);
      continue;
    }
    const key = `${ip}/${protocol}`;
    const group = open.get(key);
    if (group !== undefined && target <= group.last + 1) {
      group.last = target;
      continue;
    }
    if (group !== undefined) finished.push(groupText(group));
    open.set(key, { key, ip, protocol, first: target, last: target });
  }
  return [...finished, ...[...open.values()].map(groupText), ...moved].join(', ');
}

function groupText({ ip, protocol, first, last }: Group): string {
  const range = first === last ? String(first) : `${first}-${last}`;
  return ip === '' ? `${range}/${protocol}` : `${address(ip)}${range}->${range}/${protocol}`;
}

function address(ip: string): string {
  return ip.includes(':') ? `[${ip}]:` : `${ip}:`;
}

function byTarget(a: ObservedPort, b: ObservedPort): number {
  return (
    a.target - b.target ||
    (a.hostIp < b.hostIp ? -1 : a.hostIp > b.hostIp ? 1 : 0) ||
    a.published - b.published ||
    (a.protocol < b.protocol ? -1 : 1)
  );
}
