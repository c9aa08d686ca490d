import type { Environment } from '../environment.ts';
import { findMapping, type Mapping, mapEntries, scalar, type Tree, withEntry } from '../tree.ts';

/** Gives the variables of services that have a name only the value that the files' own environment has for it. */
export function resolveVariables(tree: Mapping, environment: Environment): Mapping {
  const services = findMapping(tree, 'services');
  if (services === undefined) return tree;
  const resolved = mapEntries(services, (service) => {
    const variables = service.kind === 'mapping' ? service.entries.get('environment')?.value : undefined;
    if (service.kind !== 'mapping' || variables === undefined) return service;
    return withEntry(service, 'environment', withValues(variables, environment));
  });
  return withEntry(tree, 'services', resolved);
}

function withValues(variables: Tree, environment: Environment): Tree {
  if (variables.kind === 'sequence') {
    return { ...variables, items: variables.items.map((item) => listed(item, environment)) };
  }
  if (variables.kind !== 'mapping') return variables;
  return mapEntries(variables, (value, name) => {
    const found = value.kind === 'scalar' && value.value === null ? environment.get(name) : undefined;
    return found === undefined ? value : scalar(found.value, value.span);
  });
}

function listed(item: Tree, environment: Environment): Tree {
  if (item.kind !== 'scalar' || typeof item.value !== 'string' || item.value.includes('=')) return item;
  const found = environment.get(item.value);
  return found === undefined ? item : { ...item, value: `${item.value}=${found.value}` };
}
