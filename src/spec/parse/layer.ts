import type { Mapping } from '../tree.ts';

/** One YAML document of a stack file; those after the first override the ones before. */
export interface Layer {
  readonly tree: Mapping;
  /** Paths that `!reset` and `!override` clear in what this layer is laid over. */
  readonly cleared: readonly (readonly string[])[];
}
