import { type Loading, type NamedFile, nameOf, readText } from '../assemble/loading.ts';
import type { Environment } from '../environment.ts';
import { parseDotenv } from './parse.ts';

/** Variables of several files: later ones win, and may refer to `outer` and to earlier ones. */
export function readEnvFiles(files: readonly NamedFile[], outer: Environment, loading: Loading): Environment {
  let variables: Environment = new Map();
  for (const { path, namedAt } of files) {
    const text = readText(loading, path, namedAt);
    if (text === undefined) continue;
    const file = nameOf(loading.sources, path);
    variables = parseDotenv({ file, text }, variables, (name) => outer.get(name)?.value, loading.report);
  }
  return variables;
}
