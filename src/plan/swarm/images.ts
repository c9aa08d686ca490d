import type { Desired, DesiredService } from '../../model/desired.ts';
import { imageAddress } from '../../model/id.ts';
import type { UpRequest } from '../../model/request.ts';
import type { ImagePin, ObservedSwarmService, SwarmServiceSpec } from '../../model/swarm.ts';
import type { SwarmSite } from './site.ts';
import { wantedSpec } from './wanted.ts';

export interface Pinning {
  readonly service: DesiredService;
  readonly desired: Desired;
  readonly request: Pick<UpRequest, 'pull'>;
  readonly observed: ObservedSwarmService | undefined;
}

/** The wanted service with its image pinned: to what it runs already, unless it is to be asked for anew. */
export function choosePin({ swarm }: SwarmSite, { service, desired, request, observed }: Pinning): SwarmServiceSpec {
  const { image } = service.container;
  const recorded = observed?.spec;
  const isAsked = (request.pull ?? service.pullPolicy) === 'always';
  if (!isAsked && recorded?.container.image === image) return wantedSpec(service, desired, recorded.pinnedImage);
  return wantedSpec(service, desired, referenceOf(swarm.images.get(image)) ?? recorded?.pinnedImage ?? image);
}

const referenceOf = (pin: ImagePin | undefined): string | undefined =>
  pin === undefined || pin.kind === 'unknown' ? undefined : pin.reference;

/** Says of images of services that are about to change what nodes may lack. */
export function noticePins({ builder, swarm }: SwarmSite, services: readonly DesiredService[]): void {
  for (const [image, users] of Map.groupBy(services, ({ container }) => container.image)) {
    const pin = swarm.images.get(image);
    const names = users.map(({ name }) => name).join(', ');
    if (pin?.kind === 'local' && swarm.nodes.length > 1) {
      builder.notice({
        code: 'image-without-registry',
        address: imageAddress(image),
        message: `no registry answers for ${image}: only nodes that have it can run ${names}`,
        hint: 'push it to a registry, or copy it to the nodes: `docker save IMAGE | docker -H NODE load`',
      });
    }
    if (pin?.kind !== 'unknown') continue;
    builder.notice({
      code: 'image-unknown',
      address: imageAddress(image),
      message: `${image} of ${names} is neither on its registry nor on the manager: ${pin.because}`,
      hint: 'check its name, and log in to its registry with `docker login`',
    });
  }
}
