import type { Span } from '../../model/diagnostic.ts';
import type { Environment } from '../environment.ts';
import type { Reference } from '../interpolate/template.ts';
import type { Layer } from '../parse/layer.ts';
import { parseYaml } from '../parse/parse.ts';
import { decodeText } from '../parse/text.ts';
import { error, type Report } from '../report.ts';
import type { FileRead, Sources } from '../sources.ts';
import { isAbsolute } from '../values/path.ts';

/** What one run of loading shares: the world, what was read of it, and what was found. */
export interface Loading {
  readonly sources: Sources;
  readonly report: Report;
  /** Texts that were read, by the name that spans use. */
  readonly texts: Map<string, string>;
  readonly layers: Map<string, readonly Layer[] | undefined>;
  /** Values of the variables that configs and secrets name, by place: an included file has variables of its own. */
  readonly contents: Map<string, string>;
  readonly onReference: (reference: Reference, span: Span) => void;
  readonly isInterpolated: boolean;
  readonly arePathsResolved: boolean;
  /** How often files were included: a few lines can ask for a file exponentially often. */
  inclusions: number;
}

/** The surroundings of a set of files that override each other: the project's, or those of one `include`. */
export interface Scope {
  /** Absolute: what relative paths start from. */
  readonly folder: string;
  readonly environment: Environment;
  /** Files that are being included, outermost first. */
  readonly including: readonly string[];
}

export interface NamedFile {
  /** Absolute, or `-` for standard input. */
  readonly path: string;
  /** Where a file asks for it; the command line is no such place. */
  readonly namedAt: Span | undefined;
}

/** A place as a key; equal for everything that one line of a file became. */
export function placeKey({ file, line, column }: Span): string {
  return `${file}:${line}:${column}`;
}

/** How a file is called in messages: relative to where the person stands, if it is below. */
export function nameOf({ workingDir }: Sources, path: string): string {
  if (path === '-' || !isAbsolute(path)) return path;
  const root = workingDir.endsWith('/') ? workingDir : `${workingDir}/`;
  return path.startsWith(root) ? path.slice(root.length) : path;
}

/** The text of a file, or `undefined` with a report at the place that names it. */
export function readText(loading: Loading, path: string, namedAt: Span | undefined): string | undefined {
  const name = nameOf(loading.sources, path);
  const known = loading.texts.get(name);
  if (known !== undefined) return known;
  const read = loading.sources.read(path);
  const span = namedAt ?? { file: name, line: 1, column: 1, length: 1 };
  if (read.kind !== 'file') {
    loading.report(error(span, { code: 'unreadable-file', message: `${name} ${unreadable[read.kind]}` }));
    return undefined;
  }
  const text = decodeText(name, read.bytes, loading.report);
  if (text !== undefined) loading.texts.set(name, text);
  return text;
}

/** Why a file gave no text, after its name. */
export const unreadable: Readonly<Record<Exclude<FileRead['kind'], 'file'>, string>> = {
  missing: 'does not exist',
  directory: 'is a directory',
  'not-regular': 'is not a regular file',
  unreadable: 'cannot be read: permission denied',
  'too-large': 'is larger than 1 MiB',
};

/** The documents of a stack file; `undefined` with a report if it cannot be read. Each file is read once. */
export function readLayers(loading: Loading, path: string, namedAt: Span | undefined): readonly Layer[] | undefined {
  if (loading.layers.has(path)) return loading.layers.get(path);
  const text = readText(loading, path, namedAt);
  const layers = text === undefined ? undefined : parseYaml(nameOf(loading.sources, path), text, loading.report);
  loading.layers.set(path, layers);
  return layers;
}
