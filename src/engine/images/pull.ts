import type { IncomingMessage } from 'node:http';

import { EngineError, type Work } from '../engine.ts';
import { engineError } from '../errors.ts';
import type { Session } from '../session.ts';
import { readJsonLines } from '../streams/json-lines.ts';
import { throwIfError } from '../streams/progress.ts';
import { type RegistryAccess, registryHeader } from './auth.ts';
import { createLayerProgress } from './progress.ts';
import { parseReference } from './reference.ts';
import { explainRegistryError } from './registry-error.ts';

export interface PullRequest {
  readonly image: string;
  readonly platform: string | undefined;
  readonly access: RegistryAccess;
  /** A pull that brings nothing for so long is given up: a registry may stall for ever. */
  readonly stallMs: number;
}

/** Pulls one image and reports bytes over all of its layers. */
export async function pullImage(session: Session, request: PullRequest, { report, signal }: Work): Promise<void> {
  const { image, platform, access, stallMs } = request;
  const what = `pull ${image}`;
  const { registry, name, version } = parseReference(image);
  const stalled = new AbortController();
  const stall = setTimeout(() => {
    stalled.abort();
  }, stallMs);
  const either = AbortSignal.any([signal, stalled.signal]);
  try {
    const authconfig = await registryHeader(registry, access, either);
    const chunks = await session.call(what, either, async (docker) => {
      const sent = { abortSignal: either, _query: { fromImage: name, tag: version, platform } };
      return (await docker.createImage(authconfig, sent)) as IncomingMessage;
    });
    const layers = createLayerProgress();
    for await (const message of readJsonLines(chunks)) {
      stall.refresh();
      throwIfError(session, what, message);
      if (layers.note(message)) report({ kind: 'bytes', ...layers.total() });
    }
  } catch (cause) {
    if (stalled.signal.aborted && !signal.aborted) {
      throw new EngineError('timeout', session.target.name, `${what}: no progress for ${stallMs / 1000} s`, { cause });
    }
    const error = engineError(session.target, what, cause, either);
    throw error instanceof EngineError ? explainRegistryError(error, registry) : error;
  } finally {
    clearTimeout(stall);
  }
}
