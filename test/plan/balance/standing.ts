import type { ContainerSpec } from '../../../src/model/container.ts';
import type { Desired, DesiredService } from '../../../src/model/desired.ts';
import type { ContainerId } from '../../../src/model/id.ts';
import type { ObservedContainer, ObservedEngine } from '../../../src/model/observed.ts';
import { balancerOf } from '../../../src/plan/balance/service.ts';
import { container, desired, idOf, image, madeNetwork, port, service, spec } from '../../support/builders.ts';

/** `web` with three replicas at port 8080, unless told otherwise. */
export const shared = (
  overrides: Partial<Omit<DesiredService, 'container'>> & { readonly container?: Partial<ContainerSpec> } = {},
): Desired =>
  desired([service({ replicas: 3, ...overrides, container: { ports: [port(8080)], ...overrides.container } })]);

/** What is on the engine: the network, both images, and these containers. */
export const holding = (...containers: readonly ObservedContainer[]): Partial<ObservedEngine> => ({
  networks: [madeNetwork()],
  images: new Map([
    ['nginx:1.27', image('a')],
    ['haproxy:3.0-alpine', image('b')],
  ]),
  containers,
});

/** The replicas of `web` of these slots, as they are behind a balancer. */
export const replicas = (...slots: readonly number[]): readonly ObservedContainer[] =>
  slots.map((slot) => container({ slot }));

/** The one replica that holds the port itself. */
export const alone = (): ObservedContainer =>
  container({
    spec: spec({ ports: [port(8080)] }),
    ports: [{ hostIp: '0.0.0.0', published: 8080, target: 80, protocol: 'tcp' }],
  });

/** The balancer of {@link shared}, which sends to these. */
export function balancer(
  servers: readonly ContainerId[],
  overrides: Partial<ObservedContainer> = {},
): ObservedContainer {
  const stack = shared();
  const [web] = stack.services;
  if (web === undefined) throw new Error('no service');
  const { container: recorded } = balancerOf(web, stack, false);
  return container({
    service: 'web.balancer',
    spec: JSON.parse(JSON.stringify(recorded)) as ContainerSpec,
    image: recorded.image,
    imageId: image('b').id,
    labels: recorded.labels,
    ports: [{ hostIp: '0.0.0.0', published: 8080, target: 80, protocol: 'tcp' }],
    balancing: { listeners: [{ port: 80, mode: 'tcp' }], servers },
    ...overrides,
  });
}

/** The ids of replicas of `web`. */
export const ids = (...slots: readonly number[]): readonly ContainerId[] =>
  slots.map((slot) => idOf(`app-web-${slot}`));
