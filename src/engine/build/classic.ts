import type { IncomingMessage } from 'node:http';

import type { Pairs } from '../../model/container.ts';
import type { BuildSpec } from '../../model/desired.ts';
import type { Work } from '../engine.ts';
import { registriesHeader } from '../images/auth.ts';
import { textAt } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { readJsonLines } from '../streams/json-lines.ts';
import { throwIfError } from '../streams/progress.ts';
import type { Query } from '../transport/modem.ts';
import { byNameIfAny } from '../write/body.ts';
import { type Dockerfile, isRemoteContext, packContext } from './context.ts';
import { argumentsOf, type BuildRequest } from './request.ts';

/** Builds with the engine's own builder: `POST /build`. */
export async function buildClassic(
  session: Session,
  { image, build, access, environment }: BuildRequest,
  dockerfile: Dockerfile | undefined,
  { report, signal }: Work,
): Promise<void> {
  const what = `build ${image}`;
  const registryconfig = await registriesHeader(access, signal);
  const context = dockerfile === undefined ? undefined : await packContext(build, dockerfile);
  await session.call(what, signal, async (docker) => {
    const args = argumentsOf(build, environment, session.clientConfig().proxies);
    const sent = {
      abortSignal: signal,
      _query: buildQuery(image, build, dockerfile?.path ?? build.dockerfile, args),
      ...(registryconfig && { registryconfig }),
    };
    const chunks = (await docker.buildImage(context, sent)) as IncomingMessage;
    for await (const message of readJsonLines(chunks)) {
      throwIfError(session, what, message);
      for (const text of progressLines(message)) report({ kind: 'text', text });
    }
  });
}

/** Arguments of a build have no place but the URL; they are no secrets, the image's history shows them. */
function buildQuery(image: string, build: BuildSpec, dockerfile: string, args: Pairs): Query {
  return {
    version: '1',
    t: [image, ...build.tags],
    dockerfile,
    remote: isRemoteContext(build.context) ? build.context : undefined,
    buildargs: byNameIfAny(args),
    labels: byNameIfAny(build.labels),
    target: build.target,
    platform: build.platforms[0],
    nocache: build.noCache ? 1 : undefined,
    pull: build.pull ? 1 : undefined,
    rm: 1,
    forcerm: 1,
    networkmode: build.network,
    shmsize: build.shmSizeBytes,
    extrahosts: build.extraHosts.map((entry) => entry.replace('=', ':')),
    cachefrom: build.cacheFrom.length > 0 ? JSON.stringify(build.cacheFrom) : undefined,
    ulimits:
      build.ulimits.length > 0
        ? JSON.stringify(build.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })))
        : undefined,
  };
}

function progressLines(message: unknown): readonly string[] {
  const status = textAt(message, 'status');
  const text = status === '' ? textAt(message, 'stream') : [textAt(message, 'id'), status].filter(Boolean).join(': ');
  // Bars of downloads would be a line for every few kilobytes.
  if (textAt(message, 'progress') !== '') return [];
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}
