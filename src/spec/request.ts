import type { TargetKind } from '../model/target.ts';

/**
 * What the command line says of which files to load and how. Where it says nothing, the COMPOSE_ variables of the
 * process and of `.env` decide.
 */
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
  /** What the stack is to run on, over what the file says. */
  readonly target?: TargetKind | undefined;
  /** Stages to leave out, for a look at the file before them; none by default. */
  readonly skip?: ReadonlySet<Stage>;
}

/** A stage of loading that `stack config` can leave out. */
export type Stage = 'interpolation' | 'normalization' | 'path-resolution' | 'env-resolution' | 'consistency';
