import type { BuildSpec } from '../../model/desired.ts';
import { isRemoteContext } from './context.ts';

/** What of a build only BuildKit can do, in words; `undefined` where the engine's own builder is enough. */
export function buildKitFeature(build: BuildSpec, dockerfile: string): string | undefined {
  const features: readonly (readonly [boolean, string])[] = [
    [build.secrets.length > 0, '`secrets`'],
    [build.ssh.length > 0, '`ssh`'],
    [build.additionalContexts.length > 0, '`additional_contexts`'],
    [build.cacheTo.length > 0, '`cache_to`'],
    [build.platforms.length > 1, 'several `platforms`'],
    [build.privileged, '`privileged`'],
    [
      build.dockerfileInline !== undefined && isRemoteContext(build.context),
      '`dockerfile_inline` with a remote context',
    ],
    [/^#\s*syntax\s*=/im.test(dockerfile.slice(0, 4096)), 'a `# syntax=` line in the Dockerfile'],
    [flag.test(dockerfile), 'a flag in the Dockerfile'],
    [hereDocument.test(dockerfile), 'a here-document in the Dockerfile'],
  ];
  return features.find(([isUsed]) => isUsed)?.[1];
}

const flag =
  /^[ \t]*(?:RUN|COPY|ADD)[ \t]+(?:--\S+[ \t]+)*--(?:mount|network|security|link|chmod|parents|exclude|checksum|keep-git-dir)\b/im;
const hereDocument = /^[ \t]*(?:RUN|COPY|ADD)\b[^\n]*<<-?["']?[A-Za-z_]/im;
