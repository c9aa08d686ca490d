import { entriesOf, mappingsOf, type Node, textAt, wordAt } from '../read.ts';
import { error, type Report, warning } from '../report.ts';
import { find, type Mapping, type Tree } from '../tree.ts';
import { contains, overlaps, parseAddress, parseSubnet, type Subnet } from './address.ts';
import { byPlace, related } from './service.ts';

interface Pool {
  readonly network: string;
  readonly subnet: Subnet;
  readonly node: Tree;
}

/** Address ranges that are none, that overlap, or that leave the gateway outside, of networks in use. */
export function checkSubnets(tree: Mapping, report: Report): void {
  const used = new Set(entriesOf(find(tree, 'services')).flatMap(([, { value }]) => networksOf(value)));
  const networks = entriesOf(find(tree, 'networks')).filter(([network]) => used.has(network));
  const pools = networks.flatMap(([network, { value }]) =>
    mappingsOf(find(value, 'ipam', 'config')).flatMap((pool): readonly Pool[] => {
      const subnet = checkPool(network, pool, report);
      const node = find(pool, 'subnet');
      return subnet === undefined || node === undefined ? [] : [{ network, subnet, node }];
    }),
  );
  // In the order of their addresses, a pool can only meet the one before it that reaches farthest.
  let farthest: Pool | undefined;
  for (const pool of pools.toSorted(byAddress)) {
    if (farthest !== undefined && overlaps(farthest.subnet, pool.subnet)) reportOverlap(farthest, pool, report);
    if (farthest?.subnet.bits !== pool.subnet.bits || farthest.subnet.last < pool.subnet.last) farthest = pool;
  }
}

function networksOf(service: Tree): readonly string[] {
  return entriesOf(find(service, 'networks')).map(([network]) => network);
}

function byAddress({ subnet: a }: Pool, { subnet: b }: Pool): number {
  return a.bits - b.bits || (a.first < b.first ? -1 : Number(a.first > b.first));
}

function reportOverlap(one: Pool, other: Pool, report: Report): void {
  const [first, second] = [one, other].toSorted((a, b) => byPlace(a.node.span, b.node.span));
  if (first === undefined || second === undefined) return;
  const message = `the networks "${first.network}" and "${second.network}" have addresses in common`;
  const place = related('the other subnet', first.node.span);
  report(error(second.node.span, { code: 'overlapping-subnets', message, related: place }));
}

function checkPool(network: string, pool: Mapping, report: Report): Subnet | undefined {
  const node = find(pool, 'subnet');
  const text = wordAt(node);
  if (node === undefined || text === undefined) return undefined;
  const subnet = parseSubnet(text);
  if (subnet === undefined) {
    const message = `the network "${network}" cannot have the subnet "${text}"`;
    report(
      error(node.span, { code: 'bad-subnet', message, hint: 'write an address and a length, such as 172.28.0.0/16' }),
    );
    return undefined;
  }
  if (subnet.address !== subnet.first) {
    const message = `the subnet "${text}" of the network "${network}" begins inside its range, which newer engines refuse`;
    report(warning(node.span, { code: 'bad-subnet', message, hint: 'write the first address of the range' }));
  }
  for (const attribute of ['gateway', 'ip_range'] as const) {
    const inner = find(pool, attribute);
    if (inner === undefined || isInside(subnet, inner)) continue;
    const message = `the network "${network}" has its ${attribute} "${textAt(inner) ?? ''}" outside ${text}`;
    report(error(inner.span, { code: 'bad-subnet', message, related: related('the subnet', node.span) }));
  }
  return subnet;
}

function isInside(subnet: Subnet, node: Node): boolean {
  const text = wordAt(node);
  if (text === undefined) return true;
  if (text.includes('/')) {
    const range = parseSubnet(text);
    return range !== undefined && contains(subnet, range);
  }
  const address = parseAddress(text);
  return address !== undefined && contains(subnet, { bits: address.bits, first: address.value, last: address.value });
}
