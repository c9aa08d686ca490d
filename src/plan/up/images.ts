import type { DesiredService, PullPolicy } from '../../model/desired.ts';
import { imageAddress, serviceAddress } from '../../model/id.ts';
import type { ObservedEngine } from '../../model/observed.ts';
import type { StepId } from '../../model/plan.ts';
import { EngineMap, servicesByEngine, type Up } from './context.ts';

/** Images that this plan pulls or builds: their content is known only afterwards. */
export type PlannedImages = EngineMap<StepId>;

/**
 * Pulls and builds what the selected services run, and holds everything else until that is done: a pull that
 * fails changes nothing. What is made afresh is compared with the containers in the next round.
 */
export function planImages(up: Up): PlannedImages {
  const planned: PlannedImages = new EngineMap();
  const steps: StepId[] = [];
  for (const site of imageSites(up)) {
    const { engine, wish } = site;
    if (planned.get(engine.name, wish.image) !== undefined) continue;
    const step = planImage(site);
    if (step === undefined) continue;
    planned.set(engine.name, wish.image, step);
    steps.push(step);
  }
  up.builder.holdUntil(steps);
  return planned;
}

const imageSites = (up: Up): readonly Site[] =>
  servicesByEngine(up).flatMap(({ engine, services }) =>
    services.flatMap((service) => wishesOf(up, service).map((wish) => ({ up, engine, service, wish }))),
  );

/** Every image reference that a service's containers need: the one they run and those that they mount. */
export const imagesOf = ({ container }: DesiredService): readonly string[] => [
  container.image,
  ...container.volumes.flatMap((mount) => (mount.type === 'image' ? mount.source : [])),
];

interface Wish {
  readonly image: string;
  readonly policy: PullPolicy;
  readonly isBuilt: boolean;
}

interface Site {
  readonly up: Up;
  readonly engine: ObservedEngine;
  readonly service: DesiredService;
  readonly wish: Wish;
}

function wishesOf({ request, pasts }: Up, service: DesiredService): readonly Wish[] {
  if (pasts.has(service.name)) return [];
  const policy = request.pull ?? service.pullPolicy;
  const [own = '', ...mounted] = imagesOf(service);
  const isBuilt = service.build !== undefined;
  return [
    { image: own, policy, isBuilt },
    ...mounted.map((image) => ({ image, policy: policy === 'always' ? policy : ('missing' as const), isBuilt: false })),
  ];
}

function planImage(site: Site): StepId | undefined {
  const { up, engine, wish } = site;
  const isThere = engine.images.has(wish.image);
  if (isThere && up.input.history.freshImages.has(wish.image)) return undefined;
  const missing = isThere ? undefined : `not on engine ${engine.name}`;
  if (wish.isBuilt) return planBuilt(site, missing);
  if (wish.policy === 'always') return pull(site, missing ?? 'pull policy is always');
  if (missing === undefined) return undefined;
  if (wish.policy === 'missing') return pull(site, missing);
  refuse(site);
  return undefined;
}

function planBuilt(site: Site, missing: string | undefined): StepId | undefined {
  const { request } = site.up;
  if (request.build === 'never') {
    if (missing !== undefined) refuse(site);
    return undefined;
  }
  if (request.build === 'always') return build(site, 'a build was asked for');
  if (site.wish.policy === 'build') return build(site, 'pull policy is build');
  return missing === undefined ? undefined : build(site, missing);
}

function pull({ up, engine, service, wish }: Site, reason: string): StepId {
  const base = { engine: engine.name, address: imageAddress(wish.image), reasons: [reason] };
  return up.builder.add({ kind: 'pull-image', ...base, image: wish.image, platform: service.container.platform });
}

function build({ up, engine, service, wish }: Site, reason: string): StepId | undefined {
  if (service.build === undefined) return undefined;
  const base = { engine: engine.name, address: imageAddress(wish.image), reasons: [reason] };
  return up.builder.add({
    kind: 'build-image',
    ...base,
    image: wish.image,
    service: service.name,
    build: service.build,
  });
}

function refuse({ up, engine, service, wish }: Site): void {
  const { name } = service;
  up.builder.refuse({
    kind: 'impossible',
    code: 'image-missing',
    address: serviceAddress(name),
    message: `image ${wish.image} of service ${name} is not on engine ${engine.name}, and this run may not fetch it`,
    hint: wish.isBuilt
      ? `build it with \`stack build ${name}\``
      : `pull it with \`stack pull ${name}\`, or set pull_policy: missing`,
  });
}
