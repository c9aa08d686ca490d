import type { DesiredService, PullPolicy } from '../../../model/desired.ts';
import { imageAddress, serviceAddress } from '../../../model/id.ts';
import type { ObservedEngine, ObservedImage } from '../../../model/observed.ts';
import type { StepId } from '../../../model/plan.ts';
import { buildSpecOf } from '../../build-spec.ts';
import { compareText, isLive } from '../../fleet.ts';
import type { Up } from '../context.ts';

/** An image that a service needs. */
export interface Wish {
  readonly image: string;
  readonly policy: PullPolicy;
  readonly isBuilt: boolean;
}

/** An image that a service needs on one engine. */
export interface Site {
  readonly up: Up;
  readonly engine: ObservedEngine;
  readonly service: DesiredService;
  readonly wish: Wish;
}

/** An engine that has the image, or will have built it. */
export interface Source {
  readonly engine: ObservedEngine;
  readonly image: ObservedImage | undefined;
  /** What builds it. */
  readonly step?: StepId;
}

/**
 * The engine of the same platform from which an image is copied: what the youngest container runs counts, since one
 * that was away may have come back with an older one; else the first by name, which is where it is built.
 */
export function findSource({ up, engine, wish }: Site): (Source & { readonly image: ObservedImage }) | undefined {
  const { engines } = up.input.observed;
  const alike = engines
    .filter((it) => platformOf(it) === platformOf(engine))
    .toSorted((a, b) => compareText(a.name, b.name));
  const found = alike.flatMap((it) => {
    const image = it.images.get(wish.image);
    return image === undefined ? [] : [{ engine: it, image }];
  });
  if (up.input.history.freshImages.has(wish.image)) return found[0];
  const running = engines
    .flatMap(({ containers }) => containers)
    .filter((it) => it.image === wish.image && isLive(it) && found.some(({ image }) => image.id === it.imageId))
    .toSorted((a, b) => compareText(b.createdAt, a.createdAt))[0];
  return found.find(({ image }) => image.id === running?.imageId) ?? found[0];
}

/** Images of one name are other content on another platform. */
export const platformOf = ({ info: { os, arch } }: ObservedEngine): string => `${os}/${arch}`;

/** Why it is got. */
export const missing = ({ engine }: Site): string => `not on engine ${engine.name}`;

/** Whether no registry gave it in this run. */
export const isPullGivenUp = ({ up, engine, wish }: Site): boolean =>
  up.input.history.givenUp.some(
    (it) => it.kind === 'pull-image' && it.engine === engine.name && it.address === imageAddress(wish.image),
  );

/** If it fails where another engine has the image, it is copied from there. */
export function pull({ up, engine, service, wish }: Site, reason: string, isOptional = false): StepId {
  const base = { engine: engine.name, address: imageAddress(wish.image), reasons: [reason] };
  const optional = isOptional ? { isOptional } : {};
  const { platform } = service.container;
  return up.builder.add({ kind: 'pull-image', ...base, image: wish.image, platform, ...optional });
}

/** Takes it from another engine, once that has it. */
export function copy({ up, engine, wish }: Site, { engine: from, image, step }: Source, reason: string): StepId {
  const base = {
    engine: engine.name,
    address: imageAddress(wish.image),
    reasons: [reason, `copied from ${from.name}`],
  };
  const content = { imageId: image?.id, sizeBytes: image?.sizeBytes };
  const copying = { kind: 'copy-image' as const, ...base, image: wish.image, from: from.name, ...content };
  return up.builder.add(copying, step === undefined ? [] : [step]);
}

/** Builds it, if the service says how, after those that it waits for. */
export function build(
  { up, engine, service, wish }: Site,
  reason: string,
  after: readonly StepId[],
): StepId | undefined {
  if (service.build === undefined) return undefined;
  const base = { engine: engine.name, address: imageAddress(wish.image), reasons: [reason] };
  const built = { stack: up.input.stack, service: service.name, build: service.build };
  const content = { image: wish.image, service: service.name, build: buildSpecOf(up.desired, built) };
  return up.builder.add({ kind: 'build-image', ...base, ...content }, after);
}

/** The image is not there, and this run may not get it. */
export function refuse({ up, engine, service, wish }: Site): void {
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
