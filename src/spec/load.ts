import type { Desired, Project } from '../model/desired.ts';
import type { TargetKind } from '../model/target.ts';
import { assemble } from './assemble/assemble.ts';
import { type Loading, nameOf, placeKey, readLayers } from './assemble/loading.ts';
import { canonise } from './canonise.ts';
import { checkRunnable } from './check/runnable.ts';
import { type Collector, collectFindings } from './collect.ts';
import { toDesired } from './desired/desired.ts';
import { hideValues } from './dotenv/hide.ts';
import type { Environment } from './environment.ts';
import type { Json } from './output/json.ts';
import { modelDocument, modelJson, modelTemplate } from './output/model.ts';
import { locateProject, type ProjectPlace } from './project/locate.ts';
import { nameProject } from './project/name.ts';
import { error } from './report.ts';
import type { LoadRequest } from './request.ts';
import type { Loaded, Sources } from './sources.ts';
import { refuseForSwarm } from './swarm/refuse.ts';
import type { Mapping } from './tree.ts';
import { collectVariables, type UsedVariable } from './variables.ts';

export type { Json } from './output/json.ts';
export type { LoadRequest, Stage } from './request.ts';

/** A stack file as one model, before it is turned into what the planner reads. */
export interface LoadedModel {
  readonly project: Project;
  /** As `stack config --format json` prints it. */
  readonly model: Json;
  /** As `stack config` prints it: with extensions at every level. */
  readonly document: Json;
  /** Variables that the stack files refer to, by name. */
  readonly variables: readonly UsedVariable[];
  /** Variables that could be referred to. */
  readonly environment: ReadonlyMap<string, string>;
  /** Every profile that a service names, sorted. */
  readonly profiles: readonly string[];
}

export interface LoadedStack extends LoadedModel {
  readonly desired: Desired;
  readonly target: TargetKind;
}

/** Reads, merges, validates and normalises a stack. Never throws for anything that the files contain. */
export function loadStack(request: LoadRequest, sources: Sources): Loaded<LoadedStack> {
  const run = begin(sources, request);
  const read = readModel(request, run);
  if (read === undefined) return finish<LoadedStack>(undefined, request, run);
  const { target } = read;
  const refusals = target === 'swarm' ? refuseForSwarm(read.tree) : [];
  for (const diagnostic of [...checkRunnable(read.tree, target), ...refusals]) run.collector.report(diagnostic);
  const { desired, diagnostics } = toDesired({
    target,
    tree: read.tree,
    project: read.loaded.project,
    sources,
    variableAt: (place) => run.loading.contents.get(placeKey(place)),
    disabledServices: read.disabled,
  });
  for (const diagnostic of diagnostics) run.collector.report(diagnostic);
  return finish({ ...read.loaded, desired, target }, request, run);
}

/** The same up to the model, for printing: what no engine would carry out is a warning, and contents are not read. */
export function loadModel(request: LoadRequest, sources: Sources): Loaded<LoadedModel> {
  const run = begin(sources, request);
  const read = readModel(request, run);
  const isPartial = request.skip?.has('interpolation') === true || request.skip?.has('consistency') === true;
  for (const diagnostic of read === undefined || isPartial ? [] : checkRunnable(read.tree)) {
    run.collector.report({ ...diagnostic, severity: 'warning' });
  }
  return finish(read?.loaded, request, run);
}

interface Run {
  readonly collector: Collector;
  readonly loading: Loading;
  readonly variables: () => readonly UsedVariable[];
}

function begin(sources: Sources, { skip }: LoadRequest): Run {
  const collector = collectFindings();
  const { onReference, list } = collectVariables();
  const loading: Loading = {
    sources,
    report: collector.report,
    texts: new Map(),
    layers: new Map(),
    contents: new Map(),
    onReference,
    isInterpolated: skip?.has('interpolation') !== true,
    arePathsResolved: skip?.has('path-resolution') !== true,
    inclusions: 0,
  };
  return { collector, loading, variables: list };
}

function finish<T>(value: T | undefined, { isStrict }: LoadRequest, { collector, loading }: Run): Loaded<T> {
  const texts = shownTexts(loading);
  const diagnostics = collector.all();
  const isRefused = value === undefined || collector.hasErrors() || (isStrict && diagnostics.length > 0);
  if (!isRefused) return { ok: true, value, warnings: diagnostics, texts };
  const raised = isStrict
    ? diagnostics.map((diagnostic) => ({ ...diagnostic, severity: 'error' as const }))
    : diagnostics;
  return { ok: false, diagnostics: raised, texts };
}

/** Whatever is no stack file holds variables. */
function shownTexts({ sources, texts, layers }: Loading): ReadonlyMap<string, string> {
  const stackFiles = new Set([...layers.keys()].map((path) => nameOf(sources, path)));
  return new Map([...texts].map(([name, text]) => [name, stackFiles.has(name) ? text : hideValues(text)]));
}

interface ReadModel {
  readonly loaded: LoadedModel;
  /** Canonical, with every resource that is declared. */
  readonly tree: Mapping;
  readonly disabled: readonly string[];
  readonly target: TargetKind;
}

function readModel(request: LoadRequest, { collector, loading, variables }: Run): ReadModel | undefined {
  const place = locateProject(request, loading);
  if (place === undefined) return undefined;
  const named = nameFiles(request, place, loading);
  if (named === undefined || collector.hasErrors()) return undefined;
  const { name, environment } = named;
  const scope = { folder: place.folder, environment, including: [] };
  const files = place.files.map((path) => ({ path, namedAt: undefined }));
  const assembled = assemble(files, scope, loading);
  if (assembled === undefined || collector.hasErrors()) return undefined;
  if (assembled.entries.size === 0) {
    loading.report(error(assembled.span, { code: 'empty-file', message: 'the stack file is empty' }));
    return undefined;
  }
  const project = {
    name,
    workingDir: place.folder,
    configFiles: place.files,
    environmentFiles: place.envFiles,
  };
  const canonical = canonise(assembled, { request, projectName: name, environment, loading, collector });
  if (canonical === undefined) return undefined;
  const loaded = {
    project,
    ...printable(canonical.shown, loading),
    variables: variables(),
    environment: new Map([...environment].map(([key, { value }]) => [key, value])),
    profiles: canonical.profiles,
  };
  return { loaded, tree: canonical.tree, disabled: canonical.disabled, target: canonical.target };
}

function printable(shown: Mapping, { isInterpolated }: Loading): Pick<LoadedModel, 'model' | 'document'> {
  if (isInterpolated) return { model: modelJson(shown), document: modelDocument(shown) };
  const model = modelTemplate(shown);
  return { model, document: model };
}

/** Reads every file, to know all that cannot be read at once, and the project's name out of them. */
function nameFiles(
  { projectName }: LoadRequest,
  { files, folder, environment }: ProjectPlace,
  loading: Loading,
): { readonly name: string; readonly environment: Environment } | undefined {
  const layers = files.map((path) => readLayers(loading, path, undefined));
  if (layers.includes(undefined)) return undefined;
  const naming = { argument: projectName, environment, layers: layers.flatMap((some) => some ?? []), folder };
  const name = nameProject(naming, loading);
  if (name === undefined) return undefined;
  const origin = { file: '<arguments>', line: 1, column: 1, length: 1 };
  return { name, environment: new Map([...environment, ['COMPOSE_PROJECT_NAME', { value: name, origin }]]) };
}
