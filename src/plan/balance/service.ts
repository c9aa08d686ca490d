import type { Listener } from '../../model/balancing.ts';
import { balancesLabel } from '../../model/balancing.ts';
import { bareContainer, defaultPolicy } from '../../model/bare.ts';
import type { ContainerSpec, NetworkMode, PublishedPort } from '../../model/container.ts';
import type { Desired, DesiredService } from '../../model/desired.ts';
import { isShareable } from './ports.ts';

/** HAProxy's long-term branch. */
const defaultImage = 'haproxy:3.0-alpine';

/** The image of balancers. */
export const balancerImage = ({ balancerImage: image = defaultImage }: Pick<Desired, 'balancerImage'>): string => image;

/** What the balancer of a service is called: a service of its own to whoever looks at containers. */
export const balancerName = (service: string): string => `${service}.balancer`;

/**
 * The balancer of a service: HAProxy at its ports, on every engine where the service may run.
 *
 * It needs no right that a container can do without: an engine lets any user listen at any port of a container.
 */
export function balancerOf(service: DesiredService, desired: Desired, hasManyEngines: boolean): DesiredService {
  const shared = service.container.ports.filter(isShareable);
  return {
    name: balancerName(service.name),
    replicas: 1,
    container: specOf(service, shared, desired),
    containerName: undefined,
    build: undefined,
    pullPolicy: 'missing',
    dependsOn: [{ service: service.name, condition: 'started', restart: false, required: false }],
    attach: false,
    placement: {
      mode: hasManyEngines ? 'global' : 'replicated',
      constraints: service.placement.constraints,
      preferences: [],
      maxReplicasPerNode: undefined,
      reserved: undefined,
    },
    update: defaultPolicy,
    rollback: defaultPolicy,
    swarm: undefined,
    balancer: { service: service.name, listeners: listenersOf(shared) },
  };
}

/** One for each port of the container, at whichever ports of the host it is published. */
function listenersOf(ports: readonly PublishedPort[]): readonly Listener[] {
  const targets = [...new Set(ports.map(({ target }) => target))].toSorted((a, b) => a - b);
  return targets.map((target) => {
    const isHttp = ports.some((port) => port.target === target && port.appProtocol === 'http');
    return { port: target, mode: isHttp ? 'http' : 'tcp' };
  });
}

/** HAProxy reads its address from the environment: a kernel without IPv6 refuses the one that means any. */
const start = `if [ -e /proc/net/if_inet6 ]; then BALANCER_ADDRESS=::; else BALANCER_ADDRESS=0.0.0.0; fi
export BALANCER_ADDRESS
exec haproxy -W -db -f /tmp/stack/haproxy.cfg`;

/** How long requests that are on their way may take when the balancer itself is stopped. */
const stopGraceMs = 2000;

function specOf({ name, container }: DesiredService, ports: readonly PublishedPort[], desired: Desired): ContainerSpec {
  const { restart, logging } = container;
  return {
    ...bareContainer,
    image: balancerImage(desired),
    entrypoint: ['/bin/sh', '-c', start],
    command: [],
    labels: [[balancesLabel, name]],
    user: '99:99',
    stopSignal: 'SIGUSR1',
    stopGracePeriodMs: stopGraceMs,
    restart: { condition: restart.condition === 'always' ? 'always' : 'unless-stopped', maxAttempts: undefined },
    ports: ports.map(withoutAppProtocol),
    network: networkOf(container.network, desired),
    // A replica that is gone must not keep the others waiting for a name server that does not answer.
    dnsOpt: ['attempts:1', 'timeout:1'],
    logging,
    security: { ...bareContainer.security, capDrop: ['ALL'], securityOpt: ['no-new-privileges:true'] },
  };
}

/** The port as an engine knows it. */
export const withoutAppProtocol = ({ target, protocol, hostIp, published, mode }: PublishedPort): PublishedPort => ({
  target,
  protocol,
  hostIp,
  published,
  mode,
});

/** One network leads to every replica, and one that is not internal to the host's ports. */
function networkOf(mode: NetworkMode, { networks }: Desired): NetworkMode {
  if (mode.kind !== 'networks') return mode;
  const isInternal = (key: string): boolean => networks.some((it) => it.key === key && it.spec.internal);
  const chosen = mode.attachments.find(({ network }) => !isInternal(network)) ?? mode.attachments[0];
  if (chosen === undefined) return mode;
  const plain = { ipv4Address: undefined, ipv6Address: undefined, macAddress: undefined, interfaceName: undefined };
  const attachment = { ...chosen, ...plain, aliases: [], linkLocalIps: [], driverOpts: [], priority: 0, gwPriority: 0 };
  return { kind: 'networks', attachments: [attachment] };
}
