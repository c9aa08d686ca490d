import type { Result } from '../../model/result.ts';
import { nameOf, unreadable } from '../assemble/loading.ts';
import { collectFindings } from '../collect.ts';
import { engineList } from '../document.ts';
import { places, validate } from '../generated/engines.js';
import { interpolate } from '../interpolate/interpolate.ts';
import { locatorIn } from '../interpolate/locate.ts';
import { parseYaml } from '../parse/parse.ts';
import { decodeText } from '../parse/text.ts';
import { processEnvironment } from '../project/environment.ts';
import { entriesOf } from '../read.ts';
import { error, type Report } from '../report.ts';
import type { FileRead, Loaded, Sources } from '../sources.ts';
import { find, type Mapping } from '../tree.ts';
import { findViolations } from '../validate/violations.ts';
import { folderOf } from '../values/path.ts';
import { checkKeys, checkReached, checkTwins, type Known, type Reached } from './check.ts';
import { type ListedEngine, type ListedPlaces, readListed } from './listed.ts';

/** What is wrong with where an entry leads, and with which part of it. */
export interface ReachProblem {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** Keys below the entry; empty: the address itself. */
  readonly path: readonly string[];
}

/** Finds where an entry leads. Handed in, because addresses are not this room's to understand. */
export type Resolve<Target> = (engine: ListedEngine) => Result<Reached<Target>, ReachProblem>;

/** An entry of a list that is right in every way. */
export interface InventoryEngine<Target> {
  readonly engine: ListedEngine;
  readonly target: Target;
}

/**
 * Reads a list of engines: every error at once, each at its place. Values may speak of variables of the process.
 * Nothing is contacted.
 */
export function readInventory<Target>(
  path: string,
  sources: Pick<Sources, 'read' | 'environment' | 'workingDir' | 'homeDir' | 'resolve'>,
  resolve: Resolve<Target>,
): Loaded<readonly InventoryEngine<Target>[]> {
  const { report, all, hasErrors } = collectFindings();
  const texts = new Map<string, string>();
  const name = nameOf(sources, path);
  const text = readText(name, sources.read(path), report);
  if (text !== undefined) texts.set(name, text);
  const tree = text === undefined ? undefined : readTree({ name, text, sources }, texts, report);
  const folders = { folder: folderOf(path), homeDir: sources.homeDir };
  const engines = tree === undefined ? [] : readEngines(tree, { folders, resolve, report });
  if (hasErrors()) return { ok: false, diagnostics: all(), texts };
  return { ok: true, value: engines, warnings: all(), texts };
}

function readText(name: string, read: FileRead, report: Report): string | undefined {
  if (read.kind === 'file') return decodeText(name, read.bytes, report);
  const message = `${name} ${unreadable[read.kind]}`;
  report(error({ file: name, line: 1, column: 1, length: 1 }, { code: 'unreadable-file', message }));
  return undefined;
}

interface Written {
  readonly name: string;
  readonly text: string;
  readonly sources: Pick<Sources, 'environment'>;
}

function readTree(
  { name, text, sources }: Written,
  texts: ReadonlyMap<string, string>,
  report: Report,
): Mapping | undefined {
  const layers = parseYaml(name, text, report, engineList);
  if (layers === undefined) return undefined;
  const [layer, second] = layers;
  if (layer === undefined) {
    const span = { file: name, line: 1, column: 1, length: 1 };
    report(error(span, { code: 'empty-file', message: 'the list of engines is empty', hint: 'begin with "engines:"' }));
    return undefined;
  }
  if (second !== undefined) {
    report(error(second.tree.span, { code: 'several-documents', message: 'a list of engines is one YAML document' }));
  }
  const environment = processEnvironment(sources);
  const tree = interpolate(layer.tree, {
    environment,
    report,
    locate: locatorIn(texts),
    onReference: () => undefined,
  });
  for (const diagnostic of findViolations({ ...engineList, places, validate }, tree)) report(diagnostic);
  return tree;
}

interface Reading<Target> {
  readonly folders: Parameters<typeof readListed>[2];
  readonly resolve: Resolve<Target>;
  readonly report: Report;
}

function readEngines<Target>(tree: Mapping, reading: Reading<Target>): readonly InventoryEngine<Target>[] {
  const { folders, report } = reading;
  const node = find(tree, 'engines');
  const entries = entriesOf(node);
  if (node?.kind === 'mapping' && entries.length === 0) {
    report(error(node.span, { code: 'no-engines', message: 'the list names no engine' }));
  }
  const known = entries.flatMap(([name, entry]) => {
    if (entry.value.kind === 'mapping') checkKeys(name, entry.value, report);
    const listed = readListed(name, entry, folders);
    return listed === undefined ? [] : reach(listed, reading);
  });
  for (const each of known) checkReached(each, report);
  checkTwins(known, report);
  return known.map(({ engine, reached }) => ({ engine, target: reached.target }));
}

function reach<Target>(
  { engine, places: spans }: { readonly engine: ListedEngine; readonly places: ListedPlaces },
  { resolve, report }: Reading<Target>,
): readonly Known<Target>[] {
  const found = resolve(engine);
  if (found.ok) return [{ engine, places: spans, reached: found.value }];
  const { path, ...finding } = found.error;
  report(error(path.length === 0 ? spans.reach : spans.at(...path), finding));
  return [];
}
