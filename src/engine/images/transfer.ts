import type { Engine, Work } from '../engine.ts';
import { engineError } from '../errors.ts';
import type { Session } from '../session.ts';

/** An image as an archive, without the layers whose chain ids the other side knows. */
// biome-ignore lint/correctness/useYield: not built yet
export async function* sendImage(
  session: Session,
  { image }: { readonly image: string; readonly known: ReadonlySet<string> },
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  throw engineError(session.target, `export ${image}`, new Error('images cannot be sent yet'), signal);
}

/** Takes an image over from another engine. */
export async function receiveImage(
  session: Session,
  { image, source }: { readonly image: string; readonly source: Pick<Engine, 'exportImage'> },
  work: Work,
): Promise<void> {
  for await (const _ of source.exportImage(image, new Set(), work.signal)) {
    throw engineError(session.target, `import ${image}`, new Error('images cannot be received yet'), work.signal);
  }
}
