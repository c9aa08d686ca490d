import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Mapping } from '../tree.ts';
import { checkContainerNames, checkHostPorts, checkMountTargets } from './conflicts.ts';
import { checkCycles } from './cycles.ts';
import { checkDependencies } from './dependencies.ts';
import { checkReferences, checkServiceNames } from './references.ts';
import { checkResources } from './resources.ts';
import { servicesOf } from './service.ts';
import { checkService } from './service-rules.ts';
import { checkValues } from './values.ts';

/**
 * What the schema cannot see: names that lead nowhere, circles, and values that cannot hold together.
 *
 * Reads the canonical tree with its enabled services; `disabled` names the others with the profiles that enable them.
 * Errors are what Docker Compose refuses or every engine would; what may work somewhere is a warning.
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
    checkDependencies(service);
    checkMountTargets(service);
    checkValues(service);
  }
  checkContainerNames(services);
  checkHostPorts(services);
  checkCycles(tree, report);
  checkResources(tree, report);
  return diagnostics;
}
