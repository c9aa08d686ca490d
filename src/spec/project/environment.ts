import type { Loading } from '../assemble/loading.ts';
import { readEnvFiles } from '../dotenv/files.ts';
import { beneath, type Environment } from '../environment.ts';
import { outsideSpan } from '../report.ts';
import type { Sources } from '../sources.ts';
import { isAbsolute, joinPath } from '../values/path.ts';

/** Variables of the process. */
export function processEnvironment({ environment }: Pick<Sources, 'environment'>): Environment {
  const origin = outsideSpan('<environment>');
  return new Map([...environment].map(([name, value]) => [name, { value, origin }]));
}

/** The files of variables that were named, absolute: on the command line, else by COMPOSE_ENV_FILES. */
export function namedEnvFiles(named: readonly string[], { environment, workingDir }: Sources): readonly string[] {
  const listed = (environment.get('COMPOSE_ENV_FILES') ?? '').split(',').filter((file) => file !== '');
  const files = named.length > 0 ? named : listed;
  return files.map((file) => (isAbsolute(file) ? file : joinPath(workingDir, file)));
}

/** Adds, beneath the variables there are, those of the named files; without any, those of the folder's `.env`. */
export function withEnvFiles(
  environment: Environment,
  named: readonly string[],
  folder: string,
  loading: Loading,
): { readonly environment: Environment; readonly files: readonly string[] } {
  const files = named.length > 0 ? named : usualFile(folder, loading);
  const read = readEnvFiles(
    files.map((path) => ({ path, namedAt: undefined })),
    environment,
    loading,
  );
  return { environment: beneath(environment, read), files };
}

function usualFile(folder: string, { sources }: Loading): readonly string[] {
  const isOff = ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(
    sources.environment.get('COMPOSE_DISABLE_ENV_FILE') ?? '',
  );
  const path = joinPath(folder, '.env');
  const { kind } = sources.read(path);
  return isOff || kind === 'missing' || kind === 'directory' ? [] : [path];
}
