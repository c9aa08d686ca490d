import { Readable } from 'node:stream';

import type { ImageArchive } from '../../src/engine/engine.ts';
import { type MemoryImage, type MemoryWorld, refusal } from './memory-world.ts';

/** An archive is the image as JSON; its one layer is its id, left out where it is known. */
export function exportImage(world: MemoryWorld, reference: string, known: ReadonlySet<string>): ImageArchive {
  const image = world.images.get(reference);
  if (image === undefined) throw refusal(world, 'not-found', `No such image: ${reference}`);
  const layer = known.has(image.id) ? '' : image.id;
  const bytes = Buffer.from(JSON.stringify({ ...image, layer }));
  return { imageId: image.id, sizeBytes: () => bytes.length, chunks: Readable.from([bytes]) };
}

/** What an archive holds, which must be whole but for a layer that is here. */
export function receivedImage(world: MemoryWorld, archive: string): MemoryImage {
  if (!archive.endsWith('}')) throw refusal(world, 'rejected', 'unexpected EOF');
  const { layer, ...image } = JSON.parse(archive) as MemoryImage & { readonly layer: string };
  const isHere = [...world.images.values()].some(({ id }) => id === image.id);
  if (layer === '' && !isHere) throw refusal(world, 'rejected', `open ${image.id}: no such file or directory`);
  return image;
}
