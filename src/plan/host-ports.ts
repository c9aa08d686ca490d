import type { ContainerSpec, PublishedPort } from '../model/container.ts';
import type { ObservedPort } from '../model/observed.ts';

/** A published port whose place on the host the file says: one number, or a range of which the engine takes one. */
export type HostPort = PublishedPort & { readonly published: NonNullable<PublishedPort['published']> };

/** The host ports that a container takes. In the namespace of the host or of another container nothing is published. */
export function hostPorts({ ports, network }: ContainerSpec): readonly HostPort[] {
  const isPublishing = network.kind === 'networks' || (network.kind === 'engine' && network.mode === 'bridge');
  return isPublishing ? ports.filter((port): port is HostPort => port.published !== undefined) : [];
}

/** Of these, the ones at a single number, which only one container of an engine can have. */
export const fixedPorts = (spec: ContainerSpec): readonly HostPort[] => hostPorts(spec).filter(isFixed);

/** Whether only one container of an engine can hold the port. */
export const isFixed = ({ published }: PublishedPort): boolean =>
  published !== undefined && published.from === published.to;

/** Whether two containers that publish these single ports cannot be on one engine. */
export const clash = (a: HostPort, b: HostPort): boolean =>
  a.published.from === b.published.from && a.protocol === b.protocol && meet(a.hostIp ?? '', b.hostIp ?? '');

/** Whether what a container holds is the port, or one of its range. */
export const isHeldBy = ({ published: { from, to }, protocol, hostIp }: HostPort, held: ObservedPort): boolean =>
  held.protocol === protocol && from <= held.published && held.published <= to && meet(hostIp ?? '', held.hostIp);

/** `8080/tcp`, `127.0.0.1:8000-8010/udp` */
export function describePort({ hostIp = '', published: { from, to }, protocol }: HostPort): string {
  const numbers = from === to ? String(from) : `${from}-${to}`;
  const ip = hostIp.includes(':') ? `[${canonicalIp(hostIp)}]` : hostIp;
  return `${ip === '' ? '' : `${ip}:`}${numbers}/${protocol}`;
}

/** Whether two host addresses cannot both be bound to one port. No address is all of them, of both families. */
function meet(one: string, other: string): boolean {
  const [a, b] = [canonicalIp(one), canonicalIp(other)];
  if (a === '' || b === '' || a === b) return true;
  return a.includes(':') === b.includes(':') && [a, b].some((ip) => ip === '0.0.0.0' || ip === '::');
}

function canonicalIp(ip: string): string {
  const bare = ip.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return /^[0:]+$/.test(bare) && bare.includes(':') ? '::' : bare;
}
