import type { BuildSpec, Desired } from '../model/desired.ts';

/** What is built: the build of this service of this stack. */
interface Built {
  readonly stack: string;
  readonly service: string;
  readonly build: BuildSpec;
}

/**
 * A service's build as the engine is to do it. The image carries Compose's labels of its stack and service, whose
 * values are the same in every run; the image of another service, `service:base`, is a context by its name.
 */
export function buildSpecOf(desired: Desired, { stack, service, build }: Built): BuildSpec {
  const labels = new Map([
    ...build.labels,
    ['com.docker.compose.project', stack],
    ['com.docker.compose.service', service],
  ]);
  return {
    ...build,
    labels: [...labels].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    additionalContexts: build.additionalContexts.map(([name, source]) => {
      const image = imageOf(desired, source);
      return [name, image === undefined ? source : `docker-image://${image}`];
    }),
  };
}

/** Images of other services that a build takes as contexts: they are built before. */
export function imagesNeeded(desired: Desired, { additionalContexts }: BuildSpec): readonly string[] {
  return additionalContexts.flatMap(([, source]) => imageOf(desired, source) ?? []);
}

function imageOf(desired: Desired, source: string): string | undefined {
  const wanted = /^service:(.+)$/.exec(source)?.[1];
  return desired.services.find(({ name }) => name === wanted)?.container.image;
}
