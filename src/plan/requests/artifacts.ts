import type { BuildSpec, Desired, DesiredService } from '../../model/desired.ts';
import { type EngineName, imageAddress } from '../../model/id.ts';
import type { ObservedEngine } from '../../model/observed.ts';
import type { StepId } from '../../model/plan.ts';
import type { BuildRequest, PullRequest } from '../../model/request.ts';
import { buildSpecOf, imagesNeeded, inBuildOrder } from '../build-spec.ts';
import type { PlanBuilder } from '../builder.ts';
import { compareText, gatherFleet } from '../fleet.ts';
import type { PlanInput } from '../input.ts';
import { placeServices } from '../placement/place.ts';
import { selectServices } from '../select.ts';
import { platformOf } from '../up/images/image-steps.ts';

/** Plans `pull`: each image once an engine, on the engines where its service runs or will run. */
export function planPull(input: PlanInput, desired: Desired, request: PullRequest, builder: PlanBuilder): void {
  const asked = new Set<string>();
  for (const { service, engine } of sites(input, desired, request, builder)) {
    const { image, platform } = service.container;
    const key = `${engine.name} ${platform ?? ''} ${image}`;
    if (asked.has(key) || !isPullable(input, service, request)) continue;
    asked.add(key);
    const isThere = engine.images.has(image);
    if (input.history.freshImages.has(image) || (isThere && request.policy === 'missing')) continue;
    const base = {
      engine: engine.name,
      address: imageAddress(image),
      reasons: [isThere ? 'pull was asked for' : 'not on the engine'],
    };
    builder.add({ kind: 'pull-image', ...base, image, platform });
  }
}

function isPullable(
  { stack }: PlanInput,
  { name, build, container }: DesiredService,
  { ignoreBuildable }: PullRequest,
): boolean {
  if (build === undefined) return true;
  // The name that a build-only service gets is in no registry.
  return !ignoreBuildable && container.image !== `${stack}-${name}`;
}

/**
 * Plans `build`: a service whose build takes another's image as a context waits for it. What runs on several engines
 * is built on the first and copied to the others.
 */
export function planBuild(input: PlanInput, desired: Desired, request: BuildRequest, builder: PlanBuilder): void {
  const steps = new Map<string, StepId>();
  const builtOn = new Map<string, { readonly engine: EngineName; readonly step: StepId }>();
  const ordered = inBuildOrder(sites(input, desired, request, builder), ({ service, engine }) => ({
    engine: engine.name,
    image: service.container.image,
    needs: service.build === undefined ? [] : imagesNeeded(desired, service.build),
  }));
  for (const { service, engine } of ordered) {
    const { image } = service.container;
    const key = `${engine.name} ${image}`;
    if (service.build === undefined || steps.has(key) || input.history.freshImages.has(image)) continue;
    const asked = buildOf(service.build, request);
    const build = buildSpecOf(desired, { stack: input.stack, service: service.name, build: asked });
    const base = { engine: engine.name, address: imageAddress(image) };
    const elsewhere = builtOn.get(`${platformOf(engine)} ${image}`);
    if (elsewhere !== undefined) {
      const copying = { image, from: elsewhere.engine, imageId: undefined, sizeBytes: undefined };
      const reasons = [`built on ${elsewhere.engine}`];
      steps.set(key, builder.add({ kind: 'copy-image', ...base, reasons, ...copying }, [elsewhere.step]));
      continue;
    }
    const after = imagesNeeded(desired, asked).flatMap((needed) => steps.get(`${engine.name} ${needed}`) ?? []);
    const reasons = ['build was asked for'];
    const step = builder.add({ kind: 'build-image', ...base, reasons, image, service: service.name, build }, after);
    steps.set(key, step);
    builtOn.set(`${platformOf(engine)} ${image}`, { engine: engine.name, step });
  }
}

function buildOf(build: BuildSpec, { noCache, pull, args }: BuildRequest): BuildSpec {
  const given = new Set(args.map(([name]) => name));
  return {
    ...build,
    noCache: build.noCache || noCache,
    pull: build.pull || pull,
    args: [...build.args.filter(([name]) => !given.has(name)), ...args].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  };
}

interface Site {
  readonly service: DesiredService;
  readonly engine: ObservedEngine;
}

function sites(
  input: PlanInput,
  desired: Desired,
  request: { readonly services: readonly string[]; readonly withDependencies: boolean },
  builder: PlanBuilder,
): readonly Site[] {
  const { services } = selectServices(desired, { ...request, scale: new Map() }, builder);
  const { assignments } = placeServices({
    stack: input.stack,
    desired,
    observed: input.observed,
    fleet: gatherFleet(input.observed),
    services: services.map((service) => ({ ...service, replicas: Math.max(1, service.replicas) })),
    rebalance: false,
    leaveDataBehind: false,
  });
  return services.flatMap((service) => {
    const placed = new Map((assignments.get(service.name) ?? []).map(({ engine }) => [engine.name, engine]));
    const engines = placed.size > 0 ? [...placed.values()] : input.observed.engines;
    const byName = engines.toSorted((a, b) => compareText(a.name, b.name));
    return byName.map((engine) => ({ service, engine }));
  });
}
