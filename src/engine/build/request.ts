import type { Pairs } from '../../model/container.ts';
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

/**
 * An argument without a value takes the variable of its name, and is left out where there is none. Proxies of the
 * docker client's settings are arguments too, where the build sets none of that name.
 */
export function argumentsOf(
  build: BuildSpec,
  environment: ReadonlyMap<string, string>,
  proxies: Pairs,
): readonly (readonly [string, string])[] {
  const named = new Set(build.args.map(([name]) => name));
  const given = build.args.flatMap(([name, value]) => {
    const text = value ?? environment.get(name);
    return text === undefined ? [] : [[name, text] as const];
  });
  return [...given, ...proxies.filter(([name]) => !named.has(name))];
}
