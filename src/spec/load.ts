import type { Desired, Project } from '../model/desired.ts';
import type { Loaded, Sources } from './sources.ts';

/** What the command line says of which files to load and how. Variables of the environment are already applied by the caller's defaults. */
export interface LoadRequest {
  /** `-f`, in order; empty: discover. `-` is standard input, whose bytes `Sources.read('-')` gives. */
  readonly files: readonly string[];
  readonly projectDirectory: string | undefined;
  readonly projectName: string | undefined;
  readonly profiles: readonly string[];
  readonly envFiles: readonly string[];
  /** Services named on the command line: their profiles count as enabled. */
  readonly services: readonly string[];
  /** Warnings become errors. */
  readonly isStrict: boolean;
}

/** Plain JSON: the canonical Compose model, as `stack config --format json` prints it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface LoadedStack {
  readonly project: Project;
  readonly model: Json;
  readonly desired: Desired;
}

/** Reads, merges, validates and normalises a stack. Never throws for anything that the files contain. */
export function loadStack(_request: LoadRequest, _sources: Sources): Loaded<LoadedStack> {
  throw new Error('not built yet');
}
