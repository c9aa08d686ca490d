import { randomUUID } from 'node:crypto';

import type { Pairs } from '../../../model/container.ts';
import { EngineError, type Work } from '../../engine.ts';
import { registryPassword } from '../../images/auth.ts';
import { parseReference } from '../../images/reference.ts';
import { explainRegistryError } from '../../images/registry-error.ts';
import type { Session } from '../../session.ts';
import type { Dockerfile } from '../context.ts';
import { argumentsOf, type BuildRequest } from '../request.ts';
import { readStatus, type Solve, solve } from './control.ts';
import { buildFailure } from './failure.ts';
import { openFolders } from './folders.ts';
import { GrpcError } from './grpc.ts';
import { entitlementsOf, frontendOptions, parseCache } from './options.ts';
import { createBuildLog } from './progress.ts';
import { buildMethods } from './services.ts';
import { type BuildKit, openBuildKit } from './session.ts';
import { openSshAgents } from './ssh-agents.ts';

/**
 * Builds with the BuildKit that is in the engine. It reads of this machine what the build names and nothing else: the
 * context, further folders, secrets, agents, and passwords of the registries that it asks for.
 *
 * Rejects with the engine's status where it has no BuildKit.
 */
export async function buildWithBuildKit(
  session: Session,
  request: BuildRequest,
  dockerfile: Dockerfile | undefined,
  work: Work,
): Promise<void> {
  const { image, build, access } = request;
  const agents = await openSshAgents(build, request.environment, work.signal);
  try {
    const methods = buildMethods({
      folders: await openFolders(build, dockerfile),
      secrets: secretsOf(request),
      agents: agents.sockets,
      passwords: (registry) => registryPassword(registry, access, work.signal),
    });
    await session.call(`build ${image}`, work.signal, async () => {
      const buildKit = await openBuildKit(session, methods, work.signal);
      try {
        await run(
          session,
          buildKit,
          { wanted: solveOf(request, dockerfile, session.clientConfig().proxies), image, dockerfile },
          work,
        );
      } finally {
        buildKit.close();
      }
    });
  } finally {
    await agents.close();
  }
}

function solveOf(
  { image, build, environment }: BuildRequest,
  dockerfile: Dockerfile | undefined,
  proxies: Pairs,
): Solve {
  return {
    ref: randomUUID(),
    options: frontendOptions(build, argumentsOf(build, environment, proxies), dockerfile),
    names: [image, ...build.tags],
    entitlements: entitlementsOf(build),
    cacheImports: build.cacheFrom.map(parseCache),
    cacheExports: build.cacheTo.map(parseCache),
  };
}

interface Build {
  readonly wanted: Solve;
  readonly image: string;
  readonly dockerfile: Dockerfile | undefined;
}

async function run(
  session: Session,
  buildKit: BuildKit,
  { wanted, image, dockerfile }: Build,
  { report, signal }: Work,
): Promise<void> {
  const log = createBuildLog();
  const follow = async (): Promise<void> => {
    for await (const status of readStatus(buildKit, wanted.ref, signal)) {
      for (const text of log.note(status)) report({ kind: 'text', text });
    }
  };
  // A build that nobody can follow is a build all the same.
  const following = follow().catch((cause: unknown) => {
    if (!(cause instanceof GrpcError)) throw cause;
  });
  try {
    await Promise.all([solve(buildKit, wanted, signal), following]);
  } catch (cause) {
    // The last reports say why; they come, or their stream ends, at once.
    await following.catch(() => undefined);
    if (!(cause instanceof GrpcError)) throw cause;
    const { message, details, pulled } = buildFailure(cause, log.failed(), dockerfile);
    const error = new EngineError('rejected', session.target.name, `build ${image}: ${message}`, { cause, details });
    throw pulled === undefined ? error : explainRegistryError(error, parseReference(pulled).registry);
  }
}

function secretsOf({ build, contents }: BuildRequest): ReadonlyMap<string, Uint8Array> {
  return new Map(
    build.secrets.map(({ id, digest }) => {
      const content = contents.get(digest);
      if (content === undefined) throw new Error(`no content for build secret ${id}`);
      return [id, content];
    }),
  );
}
