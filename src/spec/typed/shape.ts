/**
 * What a value of the canonical model is, and when it says nothing: the kinds marked "kept" stand even where they are
 * empty, false or zero, because the engine's own default is another; the rest fall away then.
 */
export type Shape = LeafShape | ListShape | MapShape | RecordShape;

export type LeafShape =
  | { readonly kind: 'text' | 'flag' | 'integer' | 'decimal' | 'bytes' | 'duration' }
  /** Kept. */
  | { readonly kind: 'choice' | 'count' | 'period' | 'mode' | 'content' }
  /** Words of a command line; kept, since none is not the image's. */
  | { readonly kind: 'command' | 'test' }
  | { readonly kind: 'device-count' | 'ulimit' | 'hosts' | 'ssh' }
  /** `pairs` map names to text, `variables` to text or null, `options` to lists of text. */
  | { readonly kind: 'pairs' | 'variables' | 'options' };

export interface ListShape {
  readonly kind: 'list';
  readonly of: Shape;
}

interface MapShape {
  readonly kind: 'map';
  readonly of: Shape;
  /** Shown even without any name in it. */
  readonly isKept: boolean;
}

export interface RecordShape {
  readonly kind: 'record';
  readonly fields: ReadonlyMap<string, Shape>;
  /** Shown even where nothing is said of it. */
  readonly isKept: boolean;
}

export const text = { kind: 'text' } as const satisfies Shape;
export const flag = { kind: 'flag' } as const satisfies Shape;
export const integer = { kind: 'integer' } as const satisfies Shape;
export const decimal = { kind: 'decimal' } as const satisfies Shape;
export const bytes = { kind: 'bytes' } as const satisfies Shape;
export const duration = { kind: 'duration' } as const satisfies Shape;
export const choice = { kind: 'choice' } as const satisfies Shape;
export const count = { kind: 'count' } as const satisfies Shape;
export const period = { kind: 'period' } as const satisfies Shape;
export const pairs = { kind: 'pairs' } as const satisfies Shape;
export const variables = { kind: 'variables' } as const satisfies Shape;
export const command = { kind: 'command' } as const satisfies Shape;
export const texts = { kind: 'list', of: text } as const satisfies Shape;

export function list(of: Shape): Shape {
  return { kind: 'list', of };
}

export function map(of: Shape): Shape {
  return { kind: 'map', of, isKept: false };
}

/** A mapping with these keys, which falls away only where it is not written at all. */
export function fields(members: Readonly<Record<string, Shape>>): Shape {
  return { kind: 'record', fields: new Map(Object.entries(members)), isKept: false };
}

/** A mapping that the model always shows, if only as `{}`. */
export function always(members: Readonly<Record<string, Shape>>): Shape {
  return { kind: 'record', fields: new Map(Object.entries(members)), isKept: true };
}
