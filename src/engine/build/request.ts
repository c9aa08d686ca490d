import type { BuildSpec } from '../../model/desired.ts';
import type { RegistryAccess } from '../images/auth.ts';

/** One image to build, and what the build may look at. */
export interface BuildRequest {
  readonly image: string;
  readonly build: BuildSpec;
  /** Contents of secrets by digest. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly access: RegistryAccess;
  readonly environment: ReadonlyMap<string, string>;
}

/** An argument without a value takes the variable of its name, and is left out where there is none. */
export function argumentsOf(
  build: BuildSpec,
  environment: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  return build.args.flatMap(([name, value]) => {
    const given = value ?? environment.get(name);
    return given === undefined ? [] : [[name, given] as const];
  });
}
