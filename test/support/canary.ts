import { createHash } from 'node:crypto';

/** A value that must not be seen, and the forms in which it might be. */
export interface Canary {
  readonly value: string;
  /** Whether a text holds the value: as it is, encoded, or as a digest that a guess would find. */
  readonly isIn: (text: string) => boolean;
}

/** A secret that occurs nowhere by chance. It ends in characters that encodings and escapes change. */
export function canary(name: string): Canary {
  const core = `canary-${name}-hunter2`;
  const value = `${core}+/"ü$ `;
  const bytes = Buffer.from(value);
  const encodings = ['hex', 'base64', 'base64url'] as const;
  const digests = ['md5', 'sha1', 'sha256', 'sha512'].map((algorithm) => createHash(algorithm).update(bytes).digest());
  const forms = encodings.flatMap((encoding) => [
    ...digests.map((digest) => digest.toString(encoding)),
    // In base64 the same bytes look different after one or two others, and the last digits depend on what follows.
    ...[0, 1, 2].map((skipped) => Buffer.from(core).subarray(skipped).toString(encoding).replace(/..=*$/, '')),
  ]);
  return { value, isIn: (text) => [core, ...forms].some((form) => text.includes(form)) };
}

/** The names of the texts in which one of the values is. */
export function findLeaks(canaries: readonly Canary[], texts: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(texts)
    .filter(([, text]) => canaries.some(({ isIn }) => isIn(text)))
    .map(([name]) => name);
}
