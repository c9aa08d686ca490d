import { err, ok, type Result } from '../../model/result.ts';

/** One port of a container, with the port or range of the host that leads to it. */
export interface ShortPort {
  readonly hostIp: string | undefined;
  readonly target: number;
  /** `8080`, or `8000-8010` where any of a range will do. */
  readonly published: string | undefined;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
}

/**
 * Reads `[[ip:]published:]target[/protocol]`; ranges of the same length pair up, one entry a port. The entries are
 * in the order of the container's port as text, as Compose lists them. The error completes "… is not a port: ".
 */
export function parsePort(text: string): Result<readonly ShortPort[], string> {
  const [address = '', protocol = 'tcp', ...more] = text.split('/');
  if (more.length > 0) return err('it has two slashes');
  const known = (['tcp', 'udp', 'sctp'] as const).find((name) => name === protocol.toLowerCase());
  if (known === undefined) return err(`the protocol "${protocol}" is none of tcp, udp, sctp`);
  const { ip, host, container } = splitAddress(address);
  if (container === '') return err('the port of the container is missing');
  const hostIp = readIp(ip);
  if (!hostIp.ok) return hostIp;
  const targets = parseRange(container);
  if (!targets.ok) return targets;
  if (targets.value.from === 0) return err('a container has no port 0');
  const published = host === '' ? ok(undefined) : parseRange(host);
  if (!published.ok) return published;
  return expand(targets.value, published.value, { hostIp: hostIp.value, protocol: known });
}

/** An engine takes minutes and gigabytes to publish more. */
const maximumRange = 20_000;

interface Range {
  readonly from: number;
  readonly to: number;
}

function splitAddress(address: string): { readonly ip: string; readonly host: string; readonly container: string } {
  const parts = address.split(':');
  return { container: parts.at(-1) ?? '', host: parts.at(-2) ?? '', ip: parts.slice(0, -2).join(':') };
}

function readIp(text: string): Result<string | undefined, string> {
  if (text === '') return ok(undefined);
  const bracketed = /^\[(.*)\]$/.exec(text)?.[1];
  if (bracketed === undefined)
    return isIpv4(text) ? ok(text) : err(`"${text}" is not an IPv4 address, nor IPv6 in brackets`);
  return isIp(bracketed) ? ok(bracketed) : err(`"${text}" is not an IP address`);
}

/** Whether a text is an address as Go reads one: IPv4 in four decimals, or IPv6 without a zone. */
export function isIp(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (text.length > 45 || halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const hasIpv4 = last.includes('.');
  if (hasIpv4 && !isIpv4(last)) return false;
  const plain = hasIpv4 ? groups.slice(0, -1) : groups;
  const count = plain.length + (hasIpv4 ? 2 : 0);
  return plain.every((group) => /^[\da-f]{1,4}$/i.test(group)) && (halves.length === 2 ? count < 8 : count === 8);
}

function parseRange(text: string): Result<Range, string> {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (match === null) return err(`"${text}" is neither a port nor a range of ports`);
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  if (to > 65_535) return err(`${Math.max(from, to)} is larger than 65535`);
  if (from > to) return err(`the range ${text} ends before it begins`);
  return to - from < maximumRange ? ok({ from, to }) : err(`a range holds at most ${maximumRange} ports`);
}

function lengthOf({ from, to }: Range): number {
  return to - from + 1;
}

function expand(
  targets: Range,
  published: Range | undefined,
  shared: { readonly hostIp: string | undefined; readonly protocol: ShortPort['protocol'] },
): Result<readonly ShortPort[], string> {
  const count = lengthOf(targets);
  const given = published === undefined ? count : lengthOf(published);
  if (given !== count && count !== 1) return err(`${given} ports of the host cannot lead to ${count} of the container`);
  const ports = Array.from({ length: count }, (_, index) => ({
    ...shared,
    target: targets.from + index,
    published: published === undefined ? undefined : publishedAt(published, index, count),
  }));
  return ok(ports.toSorted((a, b) => (`${a.target}/` < `${b.target}/` ? -1 : 1)));
}

/** A range of the host for one port of the container stays a range: the engine takes a free one. */
function publishedAt({ from, to }: Range, index: number, count: number): string {
  return count === 1 && to > from ? `${from}-${to}` : String(from + index);
}
