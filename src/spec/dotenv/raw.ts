import type { Environment, Variable } from '../environment.ts';
import { error, type Report } from '../report.ts';

/**
 * Reads a file of variables as `docker run --env-file` does: `KEY=value` line by line, no quotes, no references.
 * A name alone takes its value from `outer`.
 */
export function parseRawEnv(
  { file, text }: { readonly file: string; readonly text: string },
  before: Environment,
  outer: (name: string) => string | undefined,
  report: Report,
): Environment {
  const variables = new Map<string, Variable>(before);
  for (const [index, row] of text.split('\n').entries()) {
    const line = row.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const separator = line.indexOf('=');
    const name = separator === -1 ? line.trimEnd() : line.slice(0, separator);
    const origin = { file, line: index + 1, column: row.length - line.length + 1, length: Math.max(1, name.length) };
    if (name === '' || /\s/.test(name)) {
      const message = name === '' ? 'a name is missing' : `"${name}" holds a blank: it is no variable name`;
      report(error(origin, { code: 'bad-env-file', message, hint: 'expected NAME=value' }));
      continue;
    }
    const value = separator === -1 ? outer(name) : line.slice(separator + 1);
    if (value !== undefined) variables.set(name, { value, origin });
  }
  return variables;
}
