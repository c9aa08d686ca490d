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

/** What is wanted of one engine: an image, and those that have to be there before it is built. */
interface Wanted {
  readonly engine: string;
  readonly image: string;
  readonly needs: readonly string[];
}

/** The same items, each after those of its engine that it needs. */
export function inBuildOrder<Item>(items: readonly Item[], wantedOf: (item: Item) => Wanted): readonly Item[] {
  const byKey = Map.groupBy(items, (item) => keyOf(wantedOf(item)));
  const begun = new Set<Item>();
  const ordered: Item[] = [];
  const visit = (item: Item): void => {
    if (begun.has(item)) return;
    begun.add(item);
    const { engine, needs } = wantedOf(item);
    for (const image of needs) byKey.get(keyOf({ engine, image }))?.forEach(visit);
    ordered.push(item);
  };
  items.forEach(visit);
  return ordered;
}

const keyOf = ({ engine, image }: Pick<Wanted, 'engine' | 'image'>): string => `${engine} ${image}`;

function imageOf(desired: Desired, source: string): string | undefined {
  const wanted = /^service:(.+)$/.exec(source)?.[1];
  return desired.services.find(({ name }) => name === wanted)?.container.image;
}
