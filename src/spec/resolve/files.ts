import { type Loading, nameOf, readText } from '../assemble/loading.ts';
import { parseDotenv } from '../dotenv/parse.ts';
import { parseRawEnv } from '../dotenv/raw.ts';
import type { Environment } from '../environment.ts';
import { error } from '../report.ts';
import {
  find,
  findMapping,
  findText,
  type Mapping,
  mapEntries,
  mapping,
  scalar,
  type Tree,
  withEntry,
  withoutEntries,
} from '../tree.ts';
import { textOf } from '../values/text.ts';

/**
 * Reads `env_file` and `label_file` of every service into its `environment` and `labels`, which count more than the
 * files. The files' names go from the tree.
 */
export function resolveFiles(tree: Mapping, environment: Environment, loading: Loading): Mapping {
  const services = findMapping(tree, 'services');
  if (services === undefined) return tree;
  const resolved = mapEntries(services, (service) =>
    service.kind === 'mapping' ? withLabels(withEnvironment(service, environment, loading), loading) : service,
  );
  return withEntry(tree, 'services', resolved);
}

function withEnvironment(service: Mapping, environment: Environment, loading: Loading): Mapping {
  const files = find(service, 'env_file');
  if (files?.kind !== 'sequence') return service;
  const own = textsOf(findMapping(service, 'environment'), { file: '', line: 1, column: 1, length: 1 });
  const outer = (name: string): string | undefined => environment.get(name)?.value ?? own.get(name)?.value;
  let variables: Environment = own;
  for (const file of files.items) variables = readInto(variables, file, outer, loading);
  return withoutEntries(withNamed(service, 'environment', variables), 'env_file');
}

function readInto(
  before: Environment,
  file: Tree,
  outer: (name: string) => string | undefined,
  loading: Loading,
): Environment {
  const named = find(file, 'path');
  const path = findText(file, 'path');
  if (named === undefined || path === undefined) return before;
  if (isOptional(file) && loading.sources.read(path).kind === 'missing') return before;
  const text = readText(loading, path, named.span);
  if (text === undefined) return before;
  const source = { file: nameOf(loading.sources, path), text };
  const format = findText(file, 'format') ?? '';
  if (format === 'raw') return parseRawEnv(source, before, outer, loading.report);
  if (format === '') return parseDotenv(source, before, outer, loading.report);
  const message = `"${format}" is not a format of files of variables`;
  loading.report(error(find(file, 'format')?.span ?? named.span, { code: 'bad-value', message, hint: 'use "raw"' }));
  return before;
}

function isOptional(file: Tree): boolean {
  const required = find(file, 'required');
  return required?.kind === 'scalar' && required.value === false;
}

function withLabels(service: Mapping, loading: Loading): Mapping {
  const files = find(service, 'label_file');
  if (files?.kind !== 'sequence') return service;
  let labels: Environment = new Map();
  for (const file of files.items) {
    const path = file.kind === 'scalar' ? textOf(file) : '';
    const text = readText(loading, path, file.span);
    if (text === undefined) continue;
    const known = labels;
    const source = { file: nameOf(loading.sources, path), text };
    labels = parseDotenv(source, known, (name) => known.get(name)?.value, loading.report);
  }
  return withoutEntries(withNamed(service, 'labels', labels), 'label_file');
}

function textsOf(
  named: Mapping | undefined,
  origin: { file: string; line: number; column: number; length: number },
): Environment {
  const texts = [...(named?.entries ?? [])].flatMap(([name, { value }]) =>
    value.kind === 'scalar' && value.value !== null ? [[name, { value: textOf(value), origin }] as const] : [],
  );
  return new Map(texts);
}

/** What the files say, under what the service says itself. */
function withNamed(service: Mapping, key: 'environment' | 'labels', values: Environment): Mapping {
  const own = findMapping(service, key);
  const read = [...values].map(
    ([name, { value, origin }]) => [name, { key: origin, value: scalar(value, origin) }] as const,
  );
  const entries = new Map([...read, ...(own?.entries ?? [])]);
  return entries.size === 0 ? service : withEntry(service, key, mapping(entries, own?.span ?? service.span));
}
