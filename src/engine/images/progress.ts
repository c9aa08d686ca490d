import { numberAt, textAt } from '../read/answer.ts';

/** Bytes of a pull, over all of its layers. */
export interface LayerProgress {
  /** Takes in one message of the stream; true where the sum has changed. */
  readonly note: (message: unknown) => boolean;
  readonly total: () => { readonly done: number; readonly total: number };
}

/** Sums downloads over layers. A layer's size is known once it begins, so the total grows. */
export function createLayerProgress(): LayerProgress {
  const layers = new Map<string, { readonly done: number; readonly size: number }>();
  return {
    note: (message) => {
      const id = textAt(message, 'id');
      const known = layers.get(id);
      const next = layerAfter(message, known);
      if (next === undefined || (next.done === known?.done && next.size === known.size)) return false;
      layers.set(id, next);
      return true;
    },
    total: () => {
      const all = [...layers.values()];
      return {
        done: all.reduce((sum, { done }) => sum + done, 0),
        total: all.reduce((sum, { size }) => sum + size, 0),
      };
    },
  };
}

function layerAfter(
  message: unknown,
  known: { readonly done: number; readonly size: number } | undefined,
): { readonly done: number; readonly size: number } | undefined {
  switch (textAt(message, 'status')) {
    case 'Downloading': {
      const done = numberAt(message, 'progressDetail', 'current');
      return { done, size: Math.max(done, numberAt(message, 'progressDetail', 'total')) };
    }
    case 'Verifying Checksum':
    case 'Download complete':
    case 'Pull complete':
      return known && { done: known.size, size: known.size };
    default:
      return undefined;
  }
}
