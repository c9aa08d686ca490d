import { stackFileNames } from '../../spec/project/discover.ts';
import { folderOf, joinPath } from '../../spec/values/path.ts';
import { type EngineChoice, variable } from '../context.ts';

/** What finding a file may look at. */
export interface Places {
  readonly environment: ReadonlyMap<string, string>;
  readonly workingDir: string;
  readonly homeDir: string | undefined;
  readonly exists: (path: string) => boolean;
}

type Choice = Pick<EngineChoice, 'files' | 'projectDirectory'>;

const listNames = ['engines.yaml', 'engines.yml'];

/** A list of engines beside the stack file; where there is none, in the folder where the person stands. */
export function findBesideStack(choice: Choice, places: Places): string | undefined {
  return firstIn(stackFolder(choice, places), places);
}

/** The list of the person who runs this: `$XDG_CONFIG_HOME/stack/engines.yaml`, or below `~/.config`. */
export function findOfUser(places: Places): string | undefined {
  const { environment, homeDir } = places;
  const home = homeDir === undefined ? undefined : joinPath(homeDir, '.config');
  const configured = environment.get('XDG_CONFIG_HOME') ?? '';
  // The specification of these folders has relative ones ignored.
  const folder = configured.startsWith('/') ? configured : home;
  return folder === undefined ? undefined : firstIn(joinPath(folder, 'stack'), places);
}

const firstIn = (folder: string, { exists }: Places): string | undefined =>
  listNames.map((name) => joinPath(folder, name)).find(exists);

function stackFolder({ files, projectDirectory }: Choice, places: Places): string {
  const { environment, workingDir, exists } = places;
  const named = files[0] ?? variable(environment, 'FILE')?.value.split(separatorOf(environment))[0];
  if (named === '-') return workingDir;
  if (named !== undefined) return folderOf(absolute(named, workingDir));
  const start = absolute(projectDirectory ?? '', workingDir);
  for (let folder = start; ; folder = folderOf(folder)) {
    if (stackFileNames.some((name) => exists(joinPath(folder, name)))) return folder;
    if (folderOf(folder) === folder) return start;
  }
}

const separatorOf = (environment: ReadonlyMap<string, string>): string =>
  variable(environment, 'PATH_SEPARATOR')?.value ?? ':';

/** A path as the person meant it. */
export const absolute = (path: string, workingDir: string): string =>
  path.startsWith('/') ? joinPath(path) : joinPath(workingDir, path);
