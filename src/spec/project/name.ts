import { posix } from 'node:path';
import { fill } from '../assemble/fill.ts';
import type { Loading } from '../assemble/loading.ts';
import type { Environment } from '../environment.ts';
import type { Layer } from '../parse/layer.ts';
import { error, outsideSpan } from '../report.ts';
import { find, type Scalar, type Tree, withEntry } from '../tree.ts';
import { textOf } from '../values/text.ts';

interface Naming {
  /** `-p`. */
  readonly argument: string | undefined;
  readonly environment: Environment;
  readonly layers: readonly Layer[];
  readonly folder: string;
}

/**
 * What the stack is called on engines: `-p`, else COMPOSE_PROJECT_NAME, else the last `name:` of its files, else its
 * folder. The first two must be names as they are; the others are made into one.
 */
export function nameProject({ argument, environment, layers, folder }: Naming, loading: Loading): string | undefined {
  if (argument !== undefined && argument !== '') return checkName(argument, '<arguments>', loading);
  const variable = environment.get('COMPOSE_PROJECT_NAME')?.value;
  if (variable !== undefined && variable !== '') return checkName(variable, '<environment>', loading);
  const written = lastName(layers);
  const text = written === undefined ? posix.basename(folder) : textOf(filled(written, environment, loading));
  const name = normaliseName(text);
  if (name !== '') return name;
  const span = written?.span ?? outsideSpan('<arguments>');
  const message =
    written === undefined ? `the folder ${folder} gives no project name` : `"${text}" gives no project name`;
  loading.report(
    error(span, { code: 'bad-project-name', message, hint: 'use letters and digits, or name it with -p' }),
  );
  return undefined;
}

function checkName(name: string, place: '<arguments>' | '<environment>', { report }: Loading): string | undefined {
  if (normaliseName(name) === name) return name;
  const message = `"${name}" is not a project name: small letters, digits, "-" and "_", beginning with a letter or digit`;
  const better = normaliseName(name);
  const hint = better === '' ? undefined : `use "${better}"`;
  report(error(outsideSpan(place), { code: 'bad-project-name', message, hint }));
  return undefined;
}

/** Compose's way to make a project name of any text. */
function normaliseName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

function lastName(layers: readonly Layer[]): Scalar | undefined {
  const isName = (tree: Tree | undefined): tree is Scalar => tree?.kind === 'scalar' && typeof tree.value === 'string';
  return layers.map(({ tree }) => find(tree, 'name')).findLast((name) => isName(name) && name.value !== '') as
    | Scalar
    | undefined;
}

/** The name with its variables filled in. What is wrong with them is found again, and told, when the file is loaded. */
function filled(name: Scalar, environment: Environment, loading: Loading): Scalar {
  const scope = { folder: '', environment, including: [] };
  const holder = withEntry({ kind: 'mapping', entries: new Map(), span: name.span }, 'name', name);
  const result = find(fill(holder, scope, { ...loading, report: () => undefined }), 'name');
  return result?.kind === 'scalar' ? result : name;
}
