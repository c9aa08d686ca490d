import type { DesiredService } from '../../../model/desired.ts';
import { imageAddress } from '../../../model/id.ts';
import type { StepId } from '../../../model/plan.ts';
import { imagesNeeded, inBuildOrder } from '../../build-spec.ts';
import { compareText } from '../../fleet.ts';
import { imagesOf } from '../../uses.ts';
import { EngineMap, servicesByEngine, type Up } from '../context.ts';
import {
  build,
  copy,
  findSource,
  isPullGivenUp,
  missing,
  platformOf,
  pull,
  refuse,
  type Site,
  type Source,
  type Wish,
} from './image-steps.ts';

/** Images that this plan pulls or builds: their content is known only afterwards. */
export type PlannedImages = EngineMap<StepId>;

/**
 * Pulls, builds and copies what the selected services run, and holds everything else until that is done: a pull that
 * fails changes nothing. What is made afresh is compared with the containers in the next round.
 */
export function planImages(up: Up): PlannedImages {
  const planned: PlannedImages = new EngineMap();
  const steps: StepId[] = [];
  const builds = new Map<string, Source>();
  const sites = inBuildOrder(imageSites(up), (site) => ({
    engine: site.engine.name,
    image: site.wish.image,
    needs: neededBy(site),
  }));
  for (const site of sites) {
    const { engine, wish } = site;
    if (planned.get(engine.name, wish.image) !== undefined) continue;
    const after = neededBy(site).flatMap((image) => planned.get(engine.name, image) ?? []);
    const step = planImage(site, { builds, after });
    if (step === undefined) continue;
    planned.set(engine.name, wish.image, step);
    steps.push(step);
  }
  noticeDifferences(sites.filter(({ engine, wish }) => planned.get(engine.name, wish.image) === undefined));
  up.builder.holdUntil(steps);
  return planned;
}

const imageSites = (up: Up): readonly Site[] =>
  servicesByEngine(up)
    .toSorted((a, b) => compareText(a.engine.name, b.engine.name))
    .flatMap(({ engine, services }) =>
      services.flatMap((service) => wishesOf(up, service).map((wish) => ({ up, engine, service, wish }))),
    );

function wishesOf({ request, pasts }: Up, service: DesiredService): readonly Wish[] {
  if (pasts.has(service.name)) return [];
  const policy = request.pull ?? service.pullPolicy;
  const [own, ...mounted] = imagesOf(service.container);
  const isBuilt = service.build !== undefined;
  return [
    { image: own, policy, isBuilt },
    ...mounted.map((image) => ({ image, policy: policy === 'always' ? policy : ('missing' as const), isBuilt: false })),
  ];
}

/** Images of other services that this one is built on. */
const neededBy = ({ up, service: { build }, wish }: Site): readonly string[] =>
  build === undefined || !wish.isBuilt ? [] : imagesNeeded(up.desired, build);

interface Before {
  /** Builds of this plan, by platform and image. */
  readonly builds: Map<string, Source>;
  /** What a build of this image waits for. */
  readonly after: readonly StepId[];
}

function planImage(site: Site, before: Before): StepId | undefined {
  if (site.wish.isBuilt) return planBuilt(site, before);
  if (!site.engine.images.has(site.wish.image)) return fetchMissing(site);
  const { image, policy } = site.wish;
  const isDone = site.up.input.history.freshImages.has(image) || isPullGivenUp(site);
  return policy === 'always' && !isDone ? pull(site, 'pull policy is always') : undefined;
}

/** Pulled where a registry may have it, else copied from an engine that has it. */
function fetchMissing(site: Site): StepId | undefined {
  const { policy } = site.wish;
  const mayPull = policy === 'missing' || policy === 'always';
  const source = findSource(site);
  const isInNoRegistry = source?.image.digests.length === 0;
  if (source !== undefined && (!mayPull || isInNoRegistry || isPullGivenUp(site)))
    return copy(site, source, missing(site));
  if (mayPull) return pull(site, missing(site), source !== undefined);
  refuse(site);
  return undefined;
}

/** Built once for all engines of one platform; the others get a copy. */
function planBuilt(site: Site, { builds, after }: Before): StepId | undefined {
  const { up, engine, wish } = site;
  const why = whyBuild(site);
  const key = `${platformOf(engine)} ${wish.image}`;
  const source = builds.get(key) ?? (why === undefined ? findSource(site) : undefined);
  const whyCopied = source && whyCopy(site, source);
  if (source !== undefined && whyCopied !== undefined) return copy(site, source, whyCopied);
  if (why === undefined && engine.images.has(wish.image)) return undefined;
  if (up.request.build === 'never') {
    refuse(site);
    return undefined;
  }
  const step = build(site, why ?? missing(site), after);
  if (step !== undefined) builds.set(key, { engine, image: undefined, step });
  return step;
}

/** Why it is built although it is there. */
function whyBuild({ up: { request, input }, wish }: Site): string | undefined {
  if (request.build === 'never' || input.history.freshImages.has(wish.image)) return undefined;
  if (request.build === 'always') return 'a build was asked for';
  return wish.policy === 'build' ? 'pull policy is build' : undefined;
}

function whyCopy(site: Site, { engine, image, step }: Source): string | undefined {
  if (engine.name === site.engine.name) return undefined;
  const here = site.engine.images.get(site.wish.image);
  if (here === undefined) return missing(site);
  return step === undefined && here.id === image?.id ? undefined : `${engine.name} has other content of it`;
}

/** Engines that were asked at different times may have been given different content under one name. */
function noticeDifferences(sites: readonly Site[]): void {
  for (const [key, alike] of Map.groupBy(sites, ({ engine, wish }) => `${platformOf(engine)} ${wish.image}`)) {
    const found = new Map(alike.map(({ engine, wish }) => [engine.name, engine.images.get(wish.image)?.id] as const));
    const ids = new Set([...found.values()].filter((id) => id !== undefined));
    const [first] = alike;
    if (ids.size < 2 || first === undefined) continue;
    const shown = [...found].map(([name, id]) => `${name}: ${id?.slice(0, 'sha256:'.length + 12) ?? ''}`);
    first.up.builder.notice({
      code: 'image-differs',
      address: imageAddress(first.wish.image),
      message: `engines have different content of ${key.slice(key.indexOf(' ') + 1)}: ${shown.join(', ')}`,
      hint: 'get it anew on all of them with `stack up --pull always`, or name it by digest',
    });
  }
}
