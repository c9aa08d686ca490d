import type { BuildSpec } from '../../model/desired.ts';
import { EngineError, type Work } from '../engine.ts';
import { engineError } from '../errors.ts';
import type { RegistryAccess } from '../images/auth.ts';
import type { Session } from '../session.ts';
import { buildWithBuildx } from './buildx.ts';
import { buildClassic } from './classic.ts';
import { ContextError, isRemoteContext, readDockerfile } from './context.ts';
import { buildKitFeature } from './features.ts';

/** One image to build, and what the build may look at. */
export interface BuildRequest {
  readonly image: string;
  readonly build: BuildSpec;
  /** Contents of secrets by digest. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly access: RegistryAccess;
  readonly environment: ReadonlyMap<string, string>;
}

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
    if (cause instanceof ContextError) {
      throw new EngineError('rejected', session.target.name, `build ${image}: ${cause.message}`, { cause });
    }
    throw engineError(session.target, `build ${image}`, cause, work.signal);
  }
}
