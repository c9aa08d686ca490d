import type { Diagnostic } from '../../model/diagnostic.ts';
import type { TargetKind } from '../../model/target.ts';
import type { Mapping } from '../tree.ts';
import { checkHostPorts } from './conflicts.ts';
import { checkDependencies } from './dependencies.ts';
import { checkLimits } from './limits.ts';
import { servicesOf } from './service.ts';
import { checkSubnets } from './subnets.ts';
import { checkValues } from './values.ts';
import { checkName, checkOrder, checkPublishing, checkReplicas, checkWords } from './words.ts';

/**
 * What a consistent file can say that no engine would carry out: image references that are none, ports twice, subnets
 * that overlap. Docker Compose prints such a file and fails when it runs; here both say so, and running ends before it
 * begins. What may work on some engine is a warning.
 */
export function checkRunnable(tree: Mapping, target: TargetKind = 'engines'): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): number => diagnostics.push(diagnostic);
  const services = servicesOf(tree, report);
  for (const service of services) {
    checkName(service);
    checkWords(service);
    checkReplicas(service);
    checkPublishing(service);
    checkOrder(service);
    checkLimits(service);
    checkDependencies(service);
    checkValues(service);
  }
  // The tasks of a swarm share no machine, and its ingress ports no address.
  if (target === 'engines') checkHostPorts(services);
  checkSubnets(tree, report);
  return diagnostics;
}
