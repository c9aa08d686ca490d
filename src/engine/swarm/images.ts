import type { ImagePin } from '../../model/swarm.ts';
import { EngineError } from '../engine.ts';
import { isNotFound } from '../errors.ts';
import type { RegistryAccess } from '../images/auth.ts';
import { resolveDigest } from '../images/digest.ts';
import { textAt, textsAt } from '../read/answer.ts';
import type { Session } from '../session.ts';

/** A registry that takes longer is none that nodes could pull from. */
const registryMs = 8000;

/**
 * What nodes are to run for a reference: the digest that its registry gives, so that every node runs the same; where
 * no registry answers, the very image that the manager has, which nodes do not try to pull.
 */
export async function pinImage(
  session: Session,
  image: string,
  access: RegistryAccess,
  signal: AbortSignal,
): Promise<ImagePin> {
  if (image.includes('@sha256:') || /^sha256:[0-9a-f]{64}$/.test(image)) return { kind: 'registry', reference: image };
  const local = await findLocal(session, image, signal);
  // What never came from a registry, nor went to one, is on none.
  if (local !== undefined && !local.isFromRegistry) return { kind: 'local', reference: local.id };
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(registryMs)]);
    const digest = await resolveDigest(session, { image, access }, limited);
    return { kind: 'registry', reference: `${withTag(image)}@${digest}` };
  } catch (cause) {
    if (!(cause instanceof EngineError) || signal.aborted) throw cause;
    return local === undefined ? { kind: 'unknown', because: cause.message } : { kind: 'local', reference: local.id };
  }
}

async function findLocal(
  session: Session,
  image: string,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly isFromRegistry: boolean } | undefined> {
  try {
    return await session.call(`look for the image ${image}`, signal, async (docker) => {
      const answer = await docker.getImage(image).inspect({ abortSignal: signal });
      return { id: textAt(answer, 'Id'), isFromRegistry: textsAt(answer, 'RepoDigests').length > 0 };
    });
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw cause;
  }
}

/** The tag stands beside the digest for people to read. */
const withTag = (image: string): string => (/:[^/]*$/.test(image) ? image : `${image}:latest`);
