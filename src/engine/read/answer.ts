import { UnexpectedAnswer } from '../transport/body.ts';

/**
 * Reading what an engine answered, of which nothing is known: a field that is missing or of another type reads as
 * empty. Own properties only, so that no name that a user chose reaches a prototype.
 */
export type Json = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** What a text says as JSON; `undefined` where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The value under a chain of keys, or `undefined`. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (Object.hasOwn(objectOf(inner), key) ? objectOf(inner)[key] : undefined),
    value,
  );
}

export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

export function textAt(value: unknown, ...keys: readonly string[]): string {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: unknown, ...keys: readonly string[]): number {
  const found = at(value, ...keys);
  return typeof found === 'number' && Number.isFinite(found) ? found : 0;
}

export function textsAt(value: unknown, ...keys: readonly string[]): readonly string[] {
  return listAt(value, ...keys).filter((item) => typeof item === 'string');
}

export function keysAt(value: unknown, ...keys: readonly string[]): readonly string[] {
  return Object.keys(objectOf(at(value, ...keys)));
}

/** String values by name, sorted by name: labels. */
export function pairsAt(value: unknown, ...keys: readonly string[]): readonly (readonly [string, string])[] {
  return Object.entries(objectOf(at(value, ...keys)))
    .flatMap(([name, text]) => (typeof text === 'string' ? [[name, text] as const] : []))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The id of what was made; an engine that gives none cannot be worked with. */
export function requireId(id: unknown): string {
  if (typeof id !== 'string' || id === '') throw new UnexpectedAnswer('the answer has no id');
  return id;
}
