import type { RecordedVersion } from '../../../model/container.ts';
import type { ImageId } from '../../../model/id.ts';
import type { ObservedContainer } from '../../../model/observed.ts';
import type { ContainerCreation } from '../../../model/plan.ts';
import { asPublished } from '../../balance/ports.ts';
import { compareContainerSpecs } from '../../compare/container.ts';
import type { ReplicaSite } from '../site.ts';

/** What a container is, as far as its labels tell. */
export const versionOf = ({ spec, imageId }: ObservedContainer): RecordedVersion | undefined =>
  spec && { spec, imageId };

/** The same specification and the same content of the image, as far as that is known already. */
export const isSameVersion = (a: RecordedVersion, b: MaybeBuilt): boolean =>
  (b.imageId === undefined || a.imageId === b.imageId) && compareContainerSpecs(a.spec, b.spec).length === 0;

interface MaybeBuilt extends Pick<RecordedVersion, 'spec'> {
  readonly imageId: ImageId | undefined;
}

/**
 * What a container that is made now remembers: the version whose place it takes, or what that one remembers if it is
 * of the same version. One generation, so that labels do not grow.
 */
export function previousFor(
  { service, past }: Pick<ReplicaSite, 'service' | 'past'>,
  replaced: ObservedContainer | undefined,
  imageId: ImageId | undefined,
): ContainerCreation['previous'] {
  if (past !== undefined) return past.previous;
  const version = replaced && versionOf(replaced);
  if (version === undefined) return undefined;
  const today = { ...version, spec: asPublished(service, version.spec) };
  return isSameVersion(today, { spec: service.container, imageId }) ? replaced?.previous : version;
}
