import type { ObservedPort } from '../../model/observed.ts';
import { cutEnd } from '../../tui/width.ts';

const commandColumns = 20;

/** Ports that follow one another and read alike but for their numbers. */
interface PortRange {
  readonly hostIp: string;
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
}

/**
 * The ports column as the docker client prints it: `0.0.0.0:8080->80/tcp, 443/tcp`.
 *
 * Neighbours that are published under their own numbers, or not at all, make one range; mappings to other numbers
 * come last, each by itself.
 */
export function portsColumn(ports: readonly ObservedPort[]): string {
  const sorted = ports.toSorted(byTarget);
  const ranges = collapse(sorted.filter((port) => !isMapped(port)));
  const mappings = sorted.filter(isMapped).map((port) => {
    return `${hostOf(port.hostIp)}:${port.published}->${port.target}/${port.protocol}`;
  });
  return [...ranges.map(formatRange), ...mappings].join(', ');
}

/** The command column: in quotes, cut to twenty characters. */
export function commandColumn(command: string, { noTrunc }: { readonly noTrunc: boolean }): string {
  return JSON.stringify(noTrunc ? command : cutEnd(command, commandColumns));
}

function isMapped({ published, target }: ObservedPort): boolean {
  return published !== 0 && published !== target;
}

/** Ranges in the order in which docker prints them: one that a gap ended before those that are open at the end. */
function collapse(ports: readonly ObservedPort[]): readonly PortRange[] {
  const closed: PortRange[] = [];
  const open = new Map<string, PortRange>();
  for (const { published, target, protocol, hostIp } of ports) {
    const ip = published === 0 ? '' : hostIp;
    const key = `${ip}/${protocol}`;
    const range = open.get(key);
    if (range && target <= range.last + 1) {
      open.set(key, { ...range, last: target });
      continue;
    }
    if (range) closed.push(range);
    open.set(key, { hostIp: ip, protocol, first: target, last: target });
  }
  return [...closed, ...open.values()];
}

function formatRange({ hostIp, protocol, first, last }: PortRange): string {
  const numbers = first === last ? String(first) : `${first}-${last}`;
  return hostIp === '' ? `${numbers}/${protocol}` : `${hostOf(hostIp)}:${numbers}->${numbers}/${protocol}`;
}

function hostOf(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}

function byTarget(a: ObservedPort, b: ObservedPort): number {
  if (a.target !== b.target) return a.target - b.target;
  if (a.hostIp !== b.hostIp) return a.hostIp < b.hostIp ? -1 : 1;
  return a.published - b.published || (a.protocol < b.protocol ? -1 : 1);
}
