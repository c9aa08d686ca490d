import type { Loading } from '../assemble/loading.ts';
import type { Environment } from '../environment.ts';
import type { LoadRequest } from '../request.ts';
import { folderOf, isAbsolute, joinPath } from '../values/path.ts';
import { discoverFiles } from './discover.ts';
import { namedEnvFiles, processEnvironment, withEnvFiles } from './environment.ts';

/** Where a project is, and what it is made of. */
export interface ProjectPlace {
  /** Absolute: what relative paths of the stack file start from. */
  readonly folder: string;
  readonly files: readonly string[];
  readonly environment: Environment;
  readonly envFiles: readonly string[];
}

/**
 * Finds the stack files and the variables that they may refer to. `.env` is read where the person stands, since it may
 * name the stack file, and then beside the stack file.
 */
export function locateProject(request: LoadRequest, loading: Loading): ProjectPlace | undefined {
  const { sources } = loading;
  const named = namedEnvFiles(request.envFiles, sources);
  const start = folderFor(request, request.files, loading);
  const first = withEnvFiles(processEnvironment(sources), named, start, loading);
  const files = discoverFiles(request.files, start, first.environment, loading);
  if (files === undefined) return undefined;
  const folder = folderFor(request, files, loading);
  if (folder === start || named.length > 0) {
    return { folder, files, environment: first.environment, envFiles: first.files };
  }
  const second = withEnvFiles(first.environment, named, folder, loading);
  return { folder, files, environment: second.environment, envFiles: [...first.files, ...second.files] };
}

/** The folder that was named, else that of the first file, else where the person stands. */
function folderFor({ projectDirectory }: LoadRequest, files: readonly string[], { sources }: Loading): string {
  if (projectDirectory !== undefined && projectDirectory !== '') return absolute(projectDirectory, sources.workingDir);
  const [main] = files.filter((file) => file !== '-');
  return main === undefined ? sources.workingDir : folderOf(absolute(main, sources.workingDir));
}

function absolute(path: string, workingDir: string): string {
  return isAbsolute(path) ? joinPath(path) : joinPath(workingDir, path);
}
