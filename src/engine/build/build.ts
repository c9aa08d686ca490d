import type { BuildSpec } from '../../model/desired.ts';
import { EngineError, type Work } from '../engine.ts';
import { engineError } from '../errors.ts';
import type { Session } from '../session.ts';
import { HttpError } from '../transport/modem.ts';
import { isOlder } from '../transport/negotiate.ts';
import { buildWithBuildKit } from './buildkit/build.ts';
import { buildWithBuildx } from './buildx.ts';
import { buildClassic } from './classic.ts';
import { type Dockerfile, isRemoteContext, readDockerfile } from './context.ts';
import { buildKitFeature, buildxFeature, oldBuildKitGap } from './features.ts';
import type { BuildRequest } from './request.ts';

/**
 * Builds one image with the BuildKit that is in the engine. What that cannot do goes through the docker client's
 * buildx; an engine without BuildKit, or whose BuildKit is too old for what the build says, builds as it did before.
 */
export async function buildImage(session: Session, request: BuildRequest, work: Work): Promise<void> {
  const { image, build } = request;
  try {
    const dockerfile = await dockerfileOf(build);
    const feature = buildxFeature(build);
    if (feature === undefined) await buildHere(session, request, dockerfile, work);
    else await buildWithBuildx(session.target, request, feature, work);
  } catch (cause) {
    throw engineError(session.target, `build ${image}`, cause, work.signal);
  }
}

/** The one that we send; a remote context has its own. */
async function dockerfileOf(build: BuildSpec): Promise<Dockerfile | undefined> {
  return isRemoteContext(build.context) && build.dockerfileInline === undefined ? undefined : readDockerfile(build);
}

async function buildHere(
  session: Session,
  request: BuildRequest,
  dockerfile: Dockerfile | undefined,
  work: Work,
): Promise<void> {
  const { image, build } = request;
  const version = await session.call(`build ${image}`, work.signal, () => Promise.resolve(session.apiVersion()));
  const feature = buildKitFeature(build, dockerfile?.text ?? '');
  const gap = oldBuildKitGap(build, dockerfile?.text ?? '', isOlder(version, '1.42'));
  if (gap !== undefined) {
    if (feature === undefined) return buildClassic(session, request, dockerfile, work);
    throw refusal(session, image, `${gap} is not possible with ${feature}`);
  }
  try {
    await buildWithBuildKit(session, request, dockerfile, work);
  } catch (cause) {
    if (!hasNoBuildKit(cause)) throw cause;
    if (feature !== undefined) throw refusal(session, image, `${feature} needs BuildKit, which this engine lacks`);
    await buildClassic(session, request, dockerfile, work);
  }
}

/** The engine, or a proxy that guards it, answers the way to BuildKit like any request. */
const hasNoBuildKit = (cause: unknown): boolean => cause instanceof EngineError && cause.cause instanceof HttpError;

function refusal({ target }: Session, image: string, message: string): EngineError {
  const hint = 'use Docker 23 or newer';
  return new EngineError('rejected', target.name, `build ${image}: ${message}`, { hint });
}
