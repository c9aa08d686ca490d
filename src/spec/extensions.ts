import { error, type Report } from './report.ts';
import { find, findMapping, type Mapping } from './tree.ts';

/**
 * Keys that begin with `x-` are extensions wherever names are not the user's own. Under a service's `networks` they are
 * none of the networks that it joins, which a list of names hides: better refused than not connected.
 */
export function refuseExtensionNetworks(tree: Mapping, report: Report): void {
  for (const [name, { value: service }] of findMapping(tree, 'services')?.entries ?? []) {
    for (const [network, { key }] of findMapping(find(service, 'networks'))?.entries ?? []) {
      if (!network.startsWith('x-')) continue;
      const message = `service "${name}" cannot join "${network}": here, what begins with "x-" is an extension field`;
      report(
        error(key, { code: 'unknown-network', message, hint: 'give the network another key, and "name:" if needed' }),
      );
    }
  }
}
