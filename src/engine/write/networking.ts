import type { NetworkAttachment, Pairs } from '../../model/container.ts';
import type { ContainerCreation, ResolvedAttachment } from '../../model/plan.ts';
import { unreachable } from '../../model/result.ts';
import type { Resolve } from '../engine.ts';
import { isOlder } from '../transport/negotiate.ts';
import { type Body, byNameIfAny, ifAny } from './body.ts';
import type { Making } from './making.ts';

/** `HostConfig.NetworkMode`: the first network's name, another container, or the engine's own word. */
export function networkMode({ creation, resolve }: Making): string {
  const { network } = creation;
  switch (network.kind) {
    case 'networks':
      return network.attachments[0]?.name ?? 'none';
    case 'container':
      return `container:${resolve.container(network.container)}`;
    case 'engine':
      return network.mode;
    default:
      return unreachable(network);
  }
}

/** `NetworkingConfig`: every network, or the first alone where the API (below 1.44) takes only one. */
export function networkingConfig({ creation, resolve, apiVersion }: Making): Body | undefined {
  if (creation.network.kind !== 'networks') return undefined;
  const { attachments } = creation.network;
  if (attachments.length === 0) return undefined;
  const taken = isOlder(apiVersion, '1.44') ? attachments.slice(0, 1) : attachments;
  const links = linkWords(creation);
  const hasOwnMac = !isOlder(apiVersion, '1.44');
  const endpoints = taken.map((resolved, index) => {
    const macAddress = resolved.attachment.macAddress ?? (index === 0 ? creation.spec.macAddress : undefined);
    const attachment = { ...resolved.attachment, macAddress: hasOwnMac ? macAddress : undefined };
    return [resolved.name, attachmentBody({ ...resolved, attachment }, resolve, links)] as const;
  });
  return { EndpointsConfig: Object.fromEntries(endpoints) };
}

/** `EndpointConfig` of one network, at creation or in `POST /networks/{id}/connect`. */
export function endpointBody(
  attachment: NetworkAttachment,
  aliases: readonly string[],
  links: readonly string[],
): Body {
  const { ipv4Address, ipv6Address, linkLocalIps } = attachment;
  const hasAddress = ipv4Address !== undefined || ipv6Address !== undefined || linkLocalIps.length > 0;
  return {
    Aliases: aliases,
    Links: ifAny(links),
    IPAMConfig: hasAddress
      ? { IPv4Address: ipv4Address, IPv6Address: ipv6Address, LinkLocalIPs: ifAny(linkLocalIps) }
      : undefined,
    MacAddress: attachment.macAddress,
    DriverOpts: driverOptions(attachment),
    GwPriority: attachment.gwPriority === 0 ? undefined : attachment.gwPriority,
  };
}

/**
 * `container:alias` for each container that the service's links mean, and for external links, in the order of the
 * file. The number in an alias is that of the container that is made, as in Compose.
 */
export function linkWords({ spec, project, slot, linked = [] }: ContainerCreation): readonly string[] {
  const containers = new Map(linked);
  const links = spec.links.flatMap((link) => {
    const [service = link, alias = service] = link.split(':');
    const aliases = [alias, `${service}-${slot}`, `${project.name}-${service}-${slot}`];
    return (containers.get(service) ?? []).flatMap((container) => aliases.map((name) => `${container}:${name}`));
  });
  const external = spec.externalLinks.map((link) => (link.includes(':') ? link : `${link}:${link}`));
  return [...links, ...external];
}

/**
 * `Config.MacAddress`, where an address has no place of its own: below API 1.44, and without networks.
 */
export function containerMacAddress({ creation, apiVersion }: Making): string | undefined {
  const { network, spec } = creation;
  if (network.kind !== 'networks') return spec.macAddress;
  return isOlder(apiVersion, '1.44') ? (network.attachments[0]?.attachment.macAddress ?? spec.macAddress) : undefined;
}

function attachmentBody(resolved: ResolvedAttachment, resolve: Resolve, links: readonly string[]): Body {
  return {
    ...endpointBody(resolved.attachment, resolved.aliases, links),
    // Names of networks are not unique on older engines; the id says which one.
    NetworkID: resolve.network(resolved.network),
  };
}

function driverOptions({ driverOpts, interfaceName }: NetworkAttachment): Body | undefined {
  const named: Pairs = interfaceName === undefined ? [] : [['com.docker.network.endpoint.ifname', interfaceName]];
  return byNameIfAny([...named, ...driverOpts]);
}
