import type { Desired, DesiredService } from '../../model/desired.ts';
import type { UpRequest } from '../../model/request.ts';
import type { UpValues } from '../usage/up.ts';

/**
 * Services whose output an attached `up` shows: those that were named, else all; `--attach` narrows,
 * `--no-attach` and `attach: false` leave out, `--attach-dependencies` takes in what named services depend on.
 */
export function attachedServices(
  { services }: Desired,
  { services: named }: Pick<UpRequest, 'services'>,
  flags: Pick<UpValues, 'attach' | 'noAttach' | 'attachDependencies'>,
): ReadonlySet<string> {
  const roots = named.length === 0 ? services.map(({ name }) => name) : named;
  const wanted = flags.attachDependencies ? withDependencies(roots, services) : new Set(roots);
  const shown = flags.attach.length > 0 ? new Set(flags.attach) : wanted;
  const silent = new Set([
    ...flags.noAttach,
    // Naming a service for its output outweighs what the file says.
    ...services.filter(({ name, attach }) => !attach && !flags.attach.includes(name)).map(({ name }) => name),
  ]);
  return shown.difference(silent);
}

/** Services and all that they depend on. */
export function withDependencies(
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
