import { createHash, scryptSync } from 'node:crypto';

import type { FileMount } from '../../model/container.ts';
import type { Project } from '../../model/desired.ts';
import type { Span } from '../../model/diagnostic.ts';
import type { TargetKind } from '../../model/target.ts';
import { flagAt, mappingsOf, type Node, numberAt, textAt, wordAt } from '../read.ts';
import { error, type Report, warning } from '../report.ts';
import type { Sources } from '../sources.ts';
import { type Entry, find, type Mapping } from '../tree.ts';
import { mayRead } from './paths.ts';

type Kind = FileMount['kind'];

/** The content of one config or secret, found in `Desired.contents` by its digest. */
interface Content {
  readonly digest: string;
  /** Where the content is a file of this machine. */
  readonly path: string | undefined;
}

/** Contents of the file's configs and secrets; each is read once, when a service first asks. */
export interface Contents {
  readonly find: (kind: Kind, key: string) => Content | undefined;
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

interface Reading {
  readonly tree: Mapping;
  readonly project: Project;
  readonly sources: Sources;
  readonly variableAt: (place: Span) => string | undefined;
  readonly report: Report;
  readonly target: TargetKind;
}

/** Engines refuse larger ones, and a label would say nothing of them. */
const maximumBytes = 500 * 1024;

export function readContents(reading: Reading): Contents {
  const bytes = new Map<string, Uint8Array>();
  const found = new Map<string, Content | undefined>();
  const look = (kind: Kind, key: string): Content | undefined => {
    const name = `${kind}/${key}`;
    if (found.has(name)) return found.get(name);
    const entry = entryOf(reading.tree, `${kind}s`, key);
    // A swarm keeps it already, and gives its content to nobody.
    if (reading.target === 'swarm' && flagAt(entry?.value, 'external') === true) return { digest: '', path: undefined };
    const read = entry === undefined ? undefined : readContent(kind, key, entry, reading);
    const digest = read === undefined ? undefined : digestOf(kind, key, read.bytes, reading.project);
    const content = read === undefined || digest === undefined ? undefined : { digest, path: read.path };
    if (read !== undefined && digest !== undefined) bytes.set(digest, read.bytes);
    found.set(name, content);
    return content;
  };
  return { find: look, bytes };
}

function entryOf(tree: Mapping, section: string, key: string): Entry | undefined {
  const declared = find(tree, section);
  return declared?.kind === 'mapping' ? declared.entries.get(key) : undefined;
}

/**
 * Names a content without giving it away: a secret's digest is slow to try out and differs by project and name,
 * so that neither a guess nor a second secret of the same value shows in a label.
 */
function digestOf(kind: Kind, key: string, bytes: Uint8Array, project: Project): string {
  if (kind === 'config') return createHash('sha256').update(bytes).digest('hex');
  return scryptSync(bytes, `stack secret\0${project.name}\0${key}`, 16, { N: 2 ** 14 }).toString('hex');
}

interface Read {
  readonly bytes: Uint8Array;
  readonly path: string | undefined;
}

function readContent(kind: Kind, key: string, { key: span, value: node }: Entry, reading: Reading): Read | undefined {
  const subject = `the ${kind} "${key}"`;
  if (flagAt(node, 'external') === true) {
    reading.report(
      error(placeOf(node, 'external', span), {
        code: `external-${kind}`,
        message: `${subject} is external, but an engine without Swarm keeps no ${kind}s`,
        hint:
          kind === 'config'
            ? 'give its content by "file", "content" or "environment"'
            : 'give its value by "file" or "environment"',
      }),
    );
    return undefined;
  }
  const content = textAt(node, 'content');
  if (content !== undefined) return { bytes: new TextEncoder().encode(content), path: undefined };
  const variable = wordAt(node, 'environment');
  return variable === undefined
    ? readFile(subject, node, span, reading)
    : readVariable(subject, variable, node, reading);
}

function readVariable(subject: string, variable: string, node: Node, reading: Reading): Read | undefined {
  const place = find(node, 'environment');
  if (place === undefined) return undefined;
  const value = reading.variableAt(place.span);
  if (value !== undefined) return { bytes: new TextEncoder().encode(value), path: undefined };
  const message = `${subject} takes its content from the variable "${variable}", which is not set`;
  reading.report(
    error(place.span, { code: 'missing-variable', message, hint: `set ${variable} in the environment or in .env` }),
  );
  return undefined;
}

function readFile(subject: string, node: Node, key: Span, reading: Reading): Read | undefined {
  const { sources, report } = reading;
  const path = wordAt(node, 'file');
  const span = placeOf(node, 'file', key);
  if (path === undefined || !mayRead(path, span, reading)) return undefined;
  const file = sources.read(path);
  if (file.kind !== 'file') {
    const message = `the file of ${subject}, ${path}, ${fault[file.kind]}`;
    report(error(span, { code: file.kind === 'missing' ? 'missing-file' : 'unreadable-file', message }));
    return undefined;
  }
  if (file.bytes.length > maximumBytes) {
    report(
      error(span, {
        code: 'file-too-large',
        message: `the file of ${subject} has ${file.bytes.length} bytes; the most is 500 KiB`,
      }),
    );
    return undefined;
  }
  if (file.bytes.length === 0)
    report(warning(span, { code: 'empty-file', message: `the file of ${subject} is empty` }));
  return { bytes: file.bytes, path };
}

const fault = {
  missing: 'does not exist',
  directory: 'is a folder',
  'not-regular': 'is no regular file',
  unreadable: 'cannot be read',
  'too-large': 'is too large',
} as const;

function placeOf(node: Node, key: string, otherwise: Span): Span {
  return find(node, key)?.span ?? otherwise;
}

/** Configs and secrets at their places in the container, sorted by target. */
export function readFiles(service: Node, contents: Contents): readonly FileMount[] {
  const kinds: readonly Kind[] = ['config', 'secret'];
  return kinds
    .flatMap((kind) =>
      mappingsOf(find(service, `${kind}s`)).flatMap((node) => readFileMount(kind, node, contents) ?? []),
    )
    .toSorted((a, b) => (a.target < b.target ? -1 : 1));
}

function readFileMount(kind: Kind, node: Mapping, contents: Contents): FileMount | undefined {
  const source = textAt(node, 'source') ?? '';
  const content = contents.find(kind, source);
  if (content === undefined) return undefined;
  const owned = ['uid', 'gid', 'mode'].some((key) => wordAt(node, key) !== undefined);
  return {
    kind,
    source,
    target: targetOf(kind, source, wordAt(node, 'target')),
    delivery: content.path === undefined || owned ? 'copy' : 'bind',
    path: content.path === undefined || owned ? undefined : content.path,
    digest: content.digest,
    uid: numberAt(node, 'uid') ?? 0,
    gid: numberAt(node, 'gid') ?? 0,
    mode: Number.parseInt(wordAt(node, 'mode') ?? '0444', 8),
  };
}

/** Where Compose puts it: secrets below /run/secrets, configs at the root. */
function targetOf(kind: Kind, source: string, target = source): string {
  if (/^(\/|[A-Za-z]:[\\/])/.test(target)) return target;
  return kind === 'secret' ? `/run/secrets/${target}` : `/${target}`;
}
