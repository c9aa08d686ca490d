import type { ContainerSpec, PublishedPort } from '../../model/container.ts';
import type { ObservedPort } from '../../model/observed.ts';

/** A port of the host that only one container can have. */
export type FixedPort = PublishedPort & { readonly published: { readonly from: number; readonly to: number } };

/** The single host ports that a container publishes itself. In another's namespace nothing is published. */
export function fixedPorts({ ports, network }: ContainerSpec): readonly FixedPort[] {
  const isPublishing = network.kind === 'networks' || (network.kind === 'engine' && network.mode === 'bridge');
  return isPublishing ? ports.filter(isFixed) : [];
}

const isFixed = (port: PublishedPort): port is FixedPort =>
  port.published !== undefined && port.published.from === port.published.to;

/** Whether two containers that publish these cannot be on one engine. */
export const clash = (a: FixedPort, b: FixedPort): boolean =>
  a.published.from === b.published.from && a.protocol === b.protocol && overlap(a.hostIp ?? '', b.hostIp ?? '');

/** Whether a container that runs already holds the port. */
export const isHeldBy = (port: FixedPort, held: ObservedPort): boolean =>
  port.published.from === held.published && port.protocol === held.protocol && overlap(port.hostIp ?? '', held.hostIp);

/** `8080/tcp` */
export const describePort = ({ published, protocol }: FixedPort): string => `${published.from}/${protocol}`;

const overlap = (a: string, b: string): boolean => isAny(a) || isAny(b) || a === b;
const isAny = (ip: string): boolean => ip === '' || ip === '0.0.0.0' || ip === '::';
