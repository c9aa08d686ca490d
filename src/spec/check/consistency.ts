import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Mapping } from '../tree.ts';
import { checkContainerNames, checkMountTargets } from './conflicts.ts';
import { checkCycles } from './cycles.ts';
import { checkReferences, checkServiceNames } from './references.ts';
import { checkResources } from './resources.ts';
import { servicesOf } from './service.ts';
import { checkService } from './service-rules.ts';
import { checkAddresses } from './values.ts';

/**
 * What the schema cannot see: names that lead nowhere, circles, attributes that exclude each other.
 *
 * Reads the canonical tree with its enabled services; `disabled` names the others with the profiles that enable them.
 * These are the rules of Docker Compose; what it loads, this accepts.
 */
export function checkConsistency(
  tree: Mapping,
  disabled: ReadonlyMap<string, readonly string[]> = new Map(),
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): number => diagnostics.push(diagnostic);
  const services = servicesOf(tree, report);
  for (const service of services) {
    checkService(service);
    checkReferences(service);
    checkServiceNames(service, disabled);
    checkMountTargets(service);
    checkAddresses(service);
  }
  checkContainerNames(services);
  checkCycles(tree, report);
  checkResources(tree, report);
  return diagnostics;
}
