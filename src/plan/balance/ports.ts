import type { ContainerSpec, PublishedPort } from '../../model/container.ts';
import type { DesiredService } from '../../model/desired.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import { isFixed } from '../host-ports.ts';

/** Whether a balancer can hold the port for all replicas: TCP, at one fixed port of the host, in ingress mode. */
export const isShareable = (port: PublishedPort): boolean =>
  port.mode === 'ingress' && port.protocol === 'tcp' && isFixed(port);

/** What a replica is behind a balancer: all but the ports that the balancer holds. */
export const withoutShared = (spec: ContainerSpec): ContainerSpec => ({
  ...spec,
  ports: spec.ports.filter((port) => !isShareable(port)),
});

/** A recorded version of a service as its replicas would be made today: behind a balancer, if there is one. */
export const asPublished = ({ balancedPorts }: DesiredService, spec: ContainerSpec): ContainerSpec =>
  balancedPorts === undefined ? spec : withoutShared(spec);

/** Whether the container holds a port of the host that the balancer of its service is to have. */
export const holdsShared = ({ ports }: ObservedContainer, shared: readonly PublishedPort[]): boolean =>
  shared.some(({ published }) => ports.some((held) => held.protocol === 'tcp' && held.published === published?.from));
