import type { BuildSpec } from '../../model/desired.ts';
import { isRemoteContext } from './context.ts';

type Features = readonly (readonly [isUsed: boolean, words: string])[];

const firstUsed = (features: Features): string | undefined => features.find(([isUsed]) => isUsed)?.[1];

/** What of a build only BuildKit can do, in words; `undefined` where the builder before it is enough. */
export function buildKitFeature(build: BuildSpec, dockerfile: string): string | undefined {
  return firstUsed([
    [build.secrets.length > 0, '`secrets`'],
    [build.ssh.length > 0, '`ssh`'],
    [build.additionalContexts.length > 0, '`additional_contexts`'],
    [build.cacheTo.length > 0, '`cache_to`'],
    [build.privileged, '`privileged`'],
    [
      build.dockerfileInline !== undefined && isRemoteContext(build.context),
      '`dockerfile_inline` with a remote context',
    ],
    [syntaxLine.test(dockerfile.slice(0, 4096)), 'a `# syntax=` line in the Dockerfile'],
    [flag.test(dockerfile), 'a flag in the Dockerfile'],
    [hereDocument.test(dockerfile), 'a here-document in the Dockerfile'],
  ]);
}

/** What of a build the BuildKit of an engine cannot do, but another one can, by the docker client's buildx. */
export function buildxFeature(build: BuildSpec): string | undefined {
  const isLocal = (entry: string): boolean => /(?:^|,)\s*type=local\b/.test(entry);
  return firstUsed([
    [build.platforms.length > 1, 'several `platforms`'],
    [build.cacheTo.some((entry) => !/^(?:type=)?inline$/.test(entry)), '`cache_to` other than `type=inline`'],
    [build.cacheFrom.some(isLocal), '`cache_from` with `type=local`'],
  ]);
}

/** What of a build BuildKit does not do on this engine, though its builder of before does. */
export function oldBuildKitGap(build: BuildSpec, dockerfile: string, isOld: boolean): string | undefined {
  const ownFrontend = isOld && !syntaxLine.test(dockerfile.slice(0, 4096));
  return firstUsed([
    [!['default', 'host', 'none', undefined].includes(build.network), '`network` by name'],
    [isOld && build.shmSizeBytes !== undefined, '`shm_size` before Docker 23'],
    [isOld && build.ulimits.length > 0, '`ulimits` before Docker 23'],
    [
      ownFrontend && build.additionalContexts.length > 0,
      '`additional_contexts` before Docker 23, where the Dockerfile has no `# syntax=` line,',
    ],
  ]);
}

const syntaxLine = /^#\s*syntax\s*=/im;
const flag =
  /^[ \t]*(?:RUN|COPY|ADD)[ \t]+(?:--\S+[ \t]+)*--(?:mount|network|security|link|chmod|parents|exclude|checksum|keep-git-dir)\b/im;
const hereDocument = /^[ \t]*(?:RUN|COPY|ADD)\b[^\n]*<<-?["']?[A-Za-z_]/im;
