/** An IP address as a number, with how many bits its family has. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** `10.0.0.0/16`: the addresses from `first` to `last`. */
export interface Subnet {
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads an IPv4 or IPv6 address, without zone or brackets; `undefined` for anything else. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  if (!text.includes(':')) {
    const value = parseIpv4(text);
    return value === undefined ? undefined : { bits: 32, value };
  }
  const value = parseIpv6(text);
  return value === undefined ? undefined : { bits: 128, value };
}

export function parseSubnet(text: string): Subnet | undefined {
  const [host = '', length = '', ...more] = text.split('/');
  const address = parseAddress(host);
  if (address === undefined || more.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const free = BigInt(address.bits) - BigInt(length);
  if (free < 0n) return undefined;
  const first = (address.value >> free) << free;
  return { bits: address.bits, address: address.value, first, last: first + (1n << free) - 1n };
}

export function contains(outer: Subnet, { bits, first, last }: Pick<Subnet, 'bits' | 'first' | 'last'>): boolean {
  return outer.bits === bits && outer.first <= first && last <= outer.last;
}

export function overlaps(one: Subnet, other: Subnet): boolean {
  return one.bits === other.bits && one.first <= other.last && other.first <= one.last;
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => 0n), ...after];
  return groups.reduce((value, group) => value * 65_536n + group, 0n);
}

/** The groups of one side of `::`; the last may be an IPv4 address. */
function groupsOf(text: string): readonly bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const ipv4 = index === parts.length - 1 && part.includes('.') ? parseIpv4(part) : undefined;
    if (ipv4 !== undefined) groups.push(ipv4 >> 16n, ipv4 & 65_535n);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
