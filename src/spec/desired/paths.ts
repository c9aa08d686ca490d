import { posix } from 'node:path';

import type { Project } from '../../model/desired.ts';
import type { Span } from '../../model/diagnostic.ts';
import { entriesOf, mappingsOf, textAt, wordAt } from '../read.ts';
import { error, type Report, warning } from '../report.ts';
import type { Sources } from '../sources.ts';
import { find, type Mapping, type Tree } from '../tree.ts';
import { mayCreate } from './mounts.ts';

interface Reading {
  readonly tree: Mapping;
  readonly project: Project;
  readonly sources: Sources;
  readonly report: Report;
}

/** Folders that are not there: doubtful only, for the image may exist already, and mounts are of the engine's disk. */
export function checkPaths(reading: Reading): void {
  for (const [name, { value: service }] of entriesOf(find(reading.tree, 'services'))) {
    const build = find(service, 'build');
    if (build?.kind === 'mapping') checkContext(name, build, reading);
    for (const mount of mappingsOf(find(service, 'volumes'))) checkSource(name, mount, reading);
  }
}

function checkContext(name: string, build: Mapping, { sources, report }: Reading): void {
  const node = find(build, 'context');
  const context = wordAt(node);
  if (node === undefined || context?.startsWith('/') !== true) return;
  const say = (place: Tree, code: string, message: string): void => report(warning(place.span, { code, message }));
  const { kind } = sources.read(context);
  if (kind === 'missing')
    say(node, 'missing-folder', `the build context of service "${name}", ${context}, does not exist`);
  else if (kind !== 'directory')
    say(node, 'not-a-folder', `the build context of service "${name}", ${context}, is no folder`);
  else if (context === '/' || context === sources.homeDir) {
    say(node, 'large-context', `service "${name}" sends all of ${context} to its builder`);
  } else {
    const dockerfile = find(build, 'dockerfile');
    const path = posix.resolve(context, wordAt(dockerfile) ?? 'Dockerfile');
    if (textAt(build, 'dockerfile_inline') !== undefined || sources.resolve(path) !== undefined) return;
    say(dockerfile ?? node, 'missing-file', `the Dockerfile of service "${name}", ${path}, does not exist`);
  }
}

function checkSource(name: string, mount: Mapping, { sources, report }: Reading): void {
  const node = find(mount, 'source');
  const source = wordAt(node);
  if (node === undefined || source === undefined || wordAt(mount, 'type') !== 'bind') return;
  if (mayCreate(mount) || sources.resolve(source) !== undefined) return;
  const message = `service "${name}" mounts ${source}, which does not exist here and is not to be made`;
  report(warning(node.span, { code: 'missing-folder', message }));
}

/**
 * Whether a file may be read as content of a config or secret. A file that another one includes or extends may only
 * name files beside or below it: it may come from somebody else. A link that leads out of the project is told of.
 */
export function mayRead(path: string, span: Span, { project, sources, report }: Omit<Reading, 'tree'>): boolean {
  const owner = posix.resolve(sources.workingDir, span.file);
  const real = sources.resolve(path) ?? path;
  if (!project.configFiles.includes(owner) && span.file !== '-' && project.configFiles.length > 0) {
    if (isBelow(real, posix.dirname(sources.resolve(owner) ?? owner))) return true;
    const message = `${span.file} may not read ${real}: an included file reads only what is in its own folder`;
    report(error(span, { code: 'outside-folder', message, hint: 'declare it in the main file' }));
    return false;
  }
  if (real !== path && isBelow(path, project.workingDir) && !isBelow(real, project.workingDir)) {
    report(warning(span, { code: 'outside-folder', message: `${path} leads out of the project, to ${real}` }));
  }
  return true;
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
