import type { Loading } from '../assemble/loading.ts';
import type { Environment } from '../environment.ts';
import { error, outsideSpan, warning } from '../report.ts';
import { folderOf, isAbsolute, joinPath } from '../values/path.ts';

/** Names under which a stack file is found, the first before the others. */
export const stackFileNames = [
  'stack.yaml',
  'stack.yml',
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
];

const overrides = [
  'stack.override.yml',
  'stack.override.yaml',
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/**
 * The stack files to load, absolute: those named, else those of COMPOSE_FILE, else the first usual name in the folder or
 * one above, with its override. `undefined` with a report where there is none.
 */
export function discoverFiles(
  named: readonly string[],
  folder: string,
  environment: Environment,
  loading: Loading,
): readonly string[] | undefined {
  if (named.length > 0) return named.map((file) => absoluteFile(file, loading));
  const listed = environment.get('COMPOSE_FILE')?.value;
  if (listed !== undefined && listed !== '') {
    const separator = environment.get('COMPOSE_PATH_SEPARATOR')?.value;
    return listed
      .split(separator === undefined || separator === '' ? ':' : separator)
      .map((file) => absoluteFile(file, loading));
  }
  for (let current = folder; ; current = folderOf(current)) {
    const found = findIn(current, loading);
    if (found.length > 0) return found;
    if (folderOf(current) === current) break;
  }
  const message = `no stack file in ${folder} or above: looked for ${stackFileNames.join(', ')}`;
  loading.report(error(outsideSpan('<arguments>'), { code: 'no-stack-file', message, hint: 'name one with -f' }));
  return undefined;
}

function absoluteFile(file: string, { sources }: Loading): string {
  if (file === '-' || isAbsolute(file)) return file;
  return joinPath(sources.workingDir, file);
}

function findIn(folder: string, loading: Loading): readonly string[] {
  const main = firstOf(stackFileNames, folder, loading);
  if (main === undefined) return [];
  const override = firstOf(overrides, folder, loading);
  return override === undefined ? [main] : [main, override];
}

function firstOf(candidates: readonly string[], folder: string, { sources, report }: Loading): string | undefined {
  const found = candidates.map((name) => joinPath(folder, name)).filter((path) => sources.resolve(path) !== undefined);
  const [winner, ...others] = found;
  if (winner !== undefined && others.length > 0) {
    const message = `there are several stack files in ${folder}: ${winner} is used, not ${others.join(', ')}`;
    report(warning(outsideSpan('<arguments>'), { code: 'several-stack-files', message, hint: 'name them with -f' }));
  }
  return winner;
}
