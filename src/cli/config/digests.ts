import { normalReference } from '../../engine/images/reference.ts';
import type { Json, LoadedModel } from '../../spec/load.ts';
import { isMapping, mappingAt } from './listing.ts';

/** Asks for the digest that an image has in its registry. */
export type FindDigest = (image: string) => Promise<string>;

/** The model with every image by its full name and digest. Each image is asked for once; digests that are written stay. */
export async function pinImages(loaded: LoadedModel, findDigest: FindDigest): Promise<LoadedModel> {
  const images = new Set(Object.values(mappingAt(loaded.document, 'services')).flatMap((service) => imageOf(service)));
  const pinned = new Map(
    await Promise.all([...images].map(async (image) => [image, await pin(image, findDigest)] as const)),
  );
  const change = (model: Json): Json => mapServices(model, (service) => withImage(service, pinned));
  return { ...loaded, model: change(loaded.model), document: change(loaded.document) };
}

/** What an override file holds that pins the images: nothing but them. */
export function imagesAlone(loaded: LoadedModel): LoadedModel {
  const services = Object.entries(mappingAt(loaded.document, 'services')).flatMap(([name, service]) =>
    imageOf(service).map((image) => [name, { image }] as const),
  );
  const document = { services: Object.fromEntries(services) };
  return { ...loaded, model: document, document };
}

async function pin(image: string, findDigest: FindDigest): Promise<string> {
  const name = normalReference(image);
  return name.includes('@') ? name : `${name}@${await findDigest(image)}`;
}

function imageOf(service: Json): readonly string[] {
  const image = isMapping(service) ? service['image'] : undefined;
  return typeof image === 'string' ? [image] : [];
}

function withImage(service: Json, pinned: ReadonlyMap<string, string>): Json {
  const [image] = imageOf(service);
  return image !== undefined && isMapping(service) ? { ...service, image: pinned.get(image) ?? image } : service;
}

function mapServices(model: Json, change: (service: Json) => Json): Json {
  if (!isMapping(model)) return model;
  const services = Object.entries(mappingAt(model, 'services')).map(([name, service]) => [name, change(service)]);
  // Made of entries, so that a service called `__proto__` would stay one.
  return { ...model, services: Object.fromEntries(services) as Json };
}
