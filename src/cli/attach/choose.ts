import type { Desired, DesiredService } from '../../model/desired.ts';
import type { UpRequest } from '../../model/request.ts';
import type { UpValues } from '../usage/up.ts';

/** Services that this `up` is about: those that were named with what they depend on, else all. */
export function selectedServices(
  { services }: Desired,
  { services: named, withDependencies }: Pick<UpRequest, 'services' | 'withDependencies'>,
): ReadonlySet<string> {
  if (named.length === 0) return new Set(services.map(({ name }) => name));
  return withDependencies ? closure(named, services) : new Set(named);
}

/**
 * Services whose output is shown: those that were named, else all; `--attach` narrows, `--no-attach` and
 * `attach: false` leave out, `--attach-dependencies` takes in what named services depend on.
 */
export function shownServices(
  { services }: Desired,
  { services: named }: Pick<UpRequest, 'services'>,
  flags: Pick<UpValues, 'attach' | 'noAttach' | 'attachDependencies'>,
): ReadonlySet<string> {
  const roots = named.length === 0 ? services.map(({ name }) => name) : named;
  const wanted = flags.attachDependencies ? closure(roots, services) : new Set(roots);
  const shown = flags.attach.length > 0 ? new Set(flags.attach) : wanted;
  const silent = new Set([
    ...flags.noAttach,
    // Naming a service for its output outweighs what the file says.
    ...services.filter(({ name, attach }) => !attach && !flags.attach.includes(name)).map(({ name }) => name),
  ]);
  return shown.difference(silent);
}

/** Services and all that they depend on. */
function closure(
  names: readonly string[],
  services: readonly Pick<DesiredService, 'name' | 'dependsOn'>[],
): ReadonlySet<string> {
  const byName = new Map(services.map((service) => [service.name, service]));
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...(byName.get(name)?.dependsOn ?? []).map(({ service }) => service));
  }
  return found;
}
