import type { Work } from '../engine.ts';
import { engineError } from '../errors.ts';
import type { Session } from '../session.ts';
import { buildWithBuildx } from './buildx.ts';
import { buildClassic } from './classic.ts';
import { isRemoteContext, readDockerfile } from './context.ts';
import { buildKitFeature } from './features.ts';
import type { BuildRequest } from './request.ts';

/**
 * Builds one image with the engine's own builder, which every engine has; what only BuildKit can do goes through the
 * docker client's buildx.
 */
export async function buildImage(session: Session, request: BuildRequest, work: Work): Promise<void> {
  const { image, build } = request;
  try {
    const isRemote = isRemoteContext(build.context);
    const dockerfile = isRemote ? undefined : await readDockerfile(build);
    const feature = buildKitFeature(build, dockerfile?.text ?? '');
    if (feature === undefined) await buildClassic(session, request, dockerfile, work);
    else await buildWithBuildx(session.target, request, feature, work);
  } catch (cause) {
    throw engineError(session.target, `build ${image}`, cause, work.signal);
  }
}
