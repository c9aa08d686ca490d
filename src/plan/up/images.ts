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
  for (const { engine, services } of servicesByEngine(up)) {
    for (const service of services) {
      for (const wish of wishesOf(up, service)) {
        if (planned.get(engine.name, wish.image) !== undefined) continue;
        const step = planImage({ up, engine, service, wish });
        if (step === undefined) continue;
        planned.set(engine.name, wish.image, step);
        steps.push(step);
      }
    }
  }
  up.builder.holdUntil(steps);
  return planned;
}

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

function wishesOf({ request }: Up, service: DesiredService): readonly Wish[] {
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
  const reason = isThere ? undefined : `not on engine ${engine.name}`;
  if (wish.isBuilt && up.request.build !== 'never') {
    const asked = up.request.build === 'always' ? 'a build was asked for' : undefined;
    const why = asked ?? (wish.policy === 'build' ? 'pull policy is build' : undefined) ?? reason;
    return why === undefined ? undefined : build(site, why);
  }
  if (wish.policy === 'always' && !wish.isBuilt) return pull(site, reason ?? 'pull policy is always');
  if (reason === undefined) return undefined;
  if (wish.policy === 'never' || wish.policy === 'build' || wish.isBuilt) return refuse(site);
  return pull(site, reason);
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

function refuse({ up, engine, service, wish }: Site): undefined {
  up.builder.refuse({
    kind: 'impossible',
    code: 'image-missing',
    address: serviceAddress(service.name),
    message: `image ${wish.image} of service ${service.name} is not on engine ${engine.name}, and this run may not fetch it`,
    hint: wish.isBuilt
      ? `build it with \`stack build ${service.name}\``
      : `pull it with \`stack pull ${service.name}\`, or set pull_policy: missing`,
  });
}
