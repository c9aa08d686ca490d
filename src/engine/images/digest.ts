import { EngineError } from '../engine.ts';
import { engineError } from '../errors.ts';
import { textAt } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { type RegistryAccess, registryHeader } from './auth.ts';
import { normalReference, parseReference } from './reference.ts';
import { explainRegistryError } from './registry-error.ts';

interface DigestRequest {
  readonly image: string;
  readonly access: RegistryAccess;
}

/** Has the engine ask the registry which digest an image's tag stands for. */
export async function resolveDigest(
  session: Session,
  { image, access }: DigestRequest,
  signal: AbortSignal,
): Promise<string> {
  const what = `find the digest of ${image}`;
  const { registry } = parseReference(image);
  try {
    const authconfig = await registryHeader(registry, access, signal);
    const answer = await session.call(what, signal, (docker) =>
      // dockerode hands the signal of this one call to nobody.
      Promise.race([docker.getImage(normalReference(image)).distribution({ authconfig }), aborted(signal)]),
    );
    const digest = textAt(answer, 'Descriptor', 'digest');
    if (/^[a-z0-9]+:[0-9a-f]{32,}$/.test(digest)) return digest;
    throw new EngineError('rejected', session.target.name, `${what}: the engine gave none`);
  } catch (cause) {
    const error = engineError(session.target, what, cause, signal);
    throw error instanceof EngineError ? explainRegistryError(error, registry) : error;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted', { cause: signal.reason })), { once: true });
  });
}
