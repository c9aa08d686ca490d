import type { Diagnostic } from '../model/diagnostic.ts';

/**
 * The outside world as this room may see it: files and variables, handed in by the caller, so that loading is pure.
 */
export interface Sources {
  /** Text of a regular file, decoded as UTF-8. Paths are absolute. Never follows what is not a regular file. */
  readonly read: (path: string) => FileRead;
  /** Real path of what exists, symbolic links resolved; `undefined` for what does not. */
  readonly resolve: (path: string) => string | undefined;
  /** The environment of the process, beside which `.env` files count less. */
  readonly environment: ReadonlyMap<string, string>;
  /** Absolute. */
  readonly workingDir: string;
  readonly homeDir: string | undefined;
}

export type FileRead =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'missing' | 'directory' | 'not-regular' | 'unreadable' | 'too-large' };

/** Texts of the files that were read, by the name that spans use: what a code frame is cut from. */
export type SourceTexts = ReadonlyMap<string, string>;

/** Outcome of loading: everything that is wrong at once, or the value with what is doubtful. */
export type Loaded<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[]; readonly texts: SourceTexts }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly texts: SourceTexts };
