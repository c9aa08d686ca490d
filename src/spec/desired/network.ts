import type { NetworkAttachment, NetworkMode } from '../../model/container.ts';
import type { DesiredNetwork, DesiredVolume, Project } from '../../model/desired.ts';
import { entriesOf, flagAt, mappingsOf, type Node, numberAt, pairsAt, sortedTextsAt, wordAt } from '../read.ts';
import { find } from '../tree.ts';

/** How the service reaches others: through networks, another's namespace, or in the engine's own words. */
export function readNetworkMode(service: Node, networks: Node): NetworkMode {
  const mode = wordAt(service, 'network_mode');
  if (mode?.startsWith('service:') === true) return { kind: 'service', service: mode.slice('service:'.length) };
  if (mode !== undefined) return { kind: 'engine', mode };

  const attachments = entriesOf(find(service, 'networks'))
    .map(([key, { value }]) => readAttachment(key, value))
    .toSorted((a, b) => b.priority - a.priority || (a.network < b.network ? -1 : 1));
  const [only] = attachments;
  const name = only === undefined ? undefined : wordAt(networks, only.network, 'name');
  // Joining an engine's own network is the mode of that name: such networks know no aliases.
  const isOwn = name === 'host' || name === 'none' || name === 'bridge';
  if (isOwn && attachments.length === 1) return { kind: 'engine', mode: name };
  return { kind: 'networks', attachments };
}

function readAttachment(network: string, node: Node): NetworkAttachment {
  return {
    network,
    aliases: sortedTextsAt(node, 'aliases'),
    ipv4Address: wordAt(node, 'ipv4_address'),
    ipv6Address: wordAt(node, 'ipv6_address'),
    linkLocalIps: sortedTextsAt(node, 'link_local_ips'),
    macAddress: wordAt(node, 'mac_address'),
    interfaceName: wordAt(node, 'interface_name'),
    driverOpts: pairsAt(node, ['driver_opts']),
    priority: numberAt(node, 'priority') ?? 0,
    gwPriority: numberAt(node, 'gw_priority') ?? 0,
  };
}

/** One network of the file as it must be on an engine. */
export function readNetwork(key: string, node: Node, project: Project): DesiredNetwork {
  const external = flagAt(node, 'external') ?? false;
  return {
    key,
    name: nameOf(key, node, project),
    external,
    spec: {
      driver: wordAt(node, 'driver'),
      driverOpts: pairsAt(node, ['driver_opts']),
      internal: flagAt(node, 'internal') ?? false,
      attachable: flagAt(node, 'attachable') ?? false,
      enableIpv4: flagAt(node, 'enable_ipv4'),
      enableIpv6: flagAt(node, 'enable_ipv6'),
      ipam: {
        driver: wordAt(node, 'ipam', 'driver'),
        options: pairsAt(node, ['ipam', 'options']),
        config: mappingsOf(find(node, 'ipam', 'config')).map((pool) => ({
          subnet: wordAt(pool, 'subnet'),
          ipRange: wordAt(pool, 'ip_range'),
          gateway: wordAt(pool, 'gateway'),
          auxAddresses: pairsAt(pool, ['aux_addresses']),
        })),
      },
      labels: pairsAt(node, ['labels']),
    },
  };
}

/** One volume of the file as it must be on an engine. */
export function readVolume(key: string, node: Node, project: Project): DesiredVolume {
  return {
    key,
    name: nameOf(key, node, project),
    external: flagAt(node, 'external') ?? false,
    spec: {
      driver: wordAt(node, 'driver'),
      driverOpts: pairsAt(node, ['driver_opts']),
      labels: pairsAt(node, ['labels']),
    },
  };
}

function nameOf(key: string, node: Node, project: Project): string {
  return wordAt(node, 'name') ?? (flagAt(node, 'external') === true ? key : `${project.name}_${key}`);
}
