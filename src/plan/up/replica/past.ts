import type { RecordedVersion } from '../../../model/container.ts';
import type { Desired, DesiredService } from '../../../model/desired.ts';
import { asPublished } from '../../balance/ports.ts';
import { joinedServices, networkKeys, volumeKeys } from '../../uses.ts';
import type { PastVersion } from '../context.ts';
import type { ReplicaSite } from '../site.ts';

/** The service as it was in a version that ran before. */
export const serviceAt = (service: DesiredService, { spec }: RecordedVersion): DesiredService => ({
  ...service,
  container: asPublished(service, spec),
  update: service.rollback,
});

/** The slot, planned as if the stack file asked for a version that ran before. */
export const siteAt = (
  site: ReplicaSite,
  version: RecordedVersion,
  past: Omit<PastVersion, 'imageId'>,
): ReplicaSite => ({
  ...site,
  service: serviceAt(site.service, version),
  past: { imageId: version.imageId, ...past },
});

interface Needing {
  readonly up: { readonly desired: Desired };
  readonly service: DesiredService;
}

/**
 * What a version that ran before needs and the stack file does not give, in words; empty if it can be made.
 *
 * Contents of configs and secrets are in no label: only what the file still has can be given again.
 */
export function missingFor(site: Needing, version: RecordedVersion): readonly string[] {
  const { desired } = site.up;
  const service = serviceAt(site.service, version);
  const networks = new Set(desired.networks.map(({ key }) => key));
  const volumes = new Set(desired.volumes.map(({ key }) => key));
  const services = new Set(desired.services.map(({ name }) => name));
  const known = new Set([
    ...desired.contents.keys(),
    ...desired.services.flatMap(({ container }) => container.files.map(({ digest }) => digest)),
  ]);
  return [
    ...networkKeys(service.container).flatMap((key) => (networks.has(key) ? [] : [`network ${key}`])),
    ...volumeKeys(version.spec).flatMap((key) => (volumes.has(key) ? [] : [`volume ${key}`])),
    ...joinedServices(service.container).flatMap((name) => (services.has(name) ? [] : [`service ${name}`])),
    ...version.spec.files.flatMap(({ kind, source, digest }) =>
      known.has(digest) ? [] : [`the content that ${kind} ${source} had`],
    ),
  ];
}
