import { canonicalJson } from '../../model/canonical.ts';
import type {
  ContainerSpec,
  FileMount,
  Hook,
  Mount,
  NetworkAttachment,
  NetworkMode,
  PublishedPort,
  RestartPolicy,
} from '../../model/container.ts';
import { unreachable } from '../../model/result.ts';
import { differences, setDifferences } from './difference.ts';
import { attributeOf } from './naming.ts';

/** Why `after` is another container than `before`: one line for each difference, in the order of the fields' names. */
export function compareContainerSpecs(before: ContainerSpec, after: ContainerSpec): readonly string[] {
  return fields(before, after).flatMap((field) => compareField(field, before, after));
}

/** Fields that only group attributes, which Compose has at the top of a service. */
const groups: ReadonlySet<string> = new Set(['security', 'namespaces', 'devices', 'resources']);

// What was recorded may have fields that this version does not know, and lack some that it does.
const fields = (before: ContainerSpec, after: ContainerSpec): readonly (keyof ContainerSpec)[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted() as (keyof ContainerSpec)[];

/** Fields that the stack file writes in a form of their own; the others are compared as plain data. */
const special: ReadonlyMap<string, (before: ContainerSpec, after: ContainerSpec) => readonly string[]> = new Map([
  ['ports', (before, after) => described('ports', before.ports, after.ports, showPort)],
  ['volumes', (before, after) => compareMounts(before.volumes, after.volumes)],
  ['files', (before, after) => compareFiles(before.files, after.files)],
  ['network', (before, after) => compareNetwork(before.network, after.network)],
  ['postStart', (before, after) => compareHooks('post_start', before.postStart, after.postStart)],
  ['preStop', (before, after) => compareHooks('pre_stop', before.preStop, after.preStop)],
  ['restart', (before, after) => setArrow('restart', showRestart(before.restart), showRestart(after.restart))],
]);

function compareField(field: keyof ContainerSpec, before: ContainerSpec, after: ContainerSpec): readonly string[] {
  const compare = special.get(field);
  return compare === undefined ? comparePlain(field, before[field], after[field]) : compare(before, after);
}

function comparePlain(field: string, before: unknown, after: unknown): readonly string[] {
  if (!groups.has(field)) return differences(attributeOf(field), field, before, after);
  const old = (before ?? {}) as Readonly<Record<string, unknown>>;
  const wanted = (after ?? {}) as Readonly<Record<string, unknown>>;
  return [...new Set([...Object.keys(old), ...Object.keys(wanted)])]
    .toSorted()
    .flatMap((key) => differences(attributeOf(key), key, old[key], wanted[key]));
}

const setArrow = (path: string, before: string, after: string): readonly string[] =>
  before === after ? [] : [`${path}: ${before} → ${after}`];

/** Entries by their short text; entries of the same text are compared field by field. */
function described<T>(
  path: string,
  before: readonly T[],
  after: readonly T[],
  show: (item: T) => string,
): readonly string[] {
  const changed = setDifferences(path, before.map(show), after.map(show));
  return changed.length > 0 ? changed : differences(path, path, before, after);
}

/** Mounts by their short form; those of the same short form field by field. */
function compareMounts(before: readonly Mount[], after: readonly Mount[]): readonly string[] {
  const inBoth = before.flatMap((old) => {
    const wanted = after.find((it) => showMount(it) === showMount(old));
    return wanted === undefined ? [] : differences(`volumes ${old.target}`, 'volumes', old, wanted);
  });
  const changed = [...setDifferences('volumes', before.map(showMount), after.map(showMount)), ...inBoth];
  return changed.length > 0 ? changed : differences('volumes', 'volumes', before, after);
}

/** As the stack file's short form has it: `127.0.0.1:8080:80/udp`. */
function showPort({ hostIp, published, target, protocol }: PublishedPort): string {
  const host =
    published && (published.from === published.to ? String(published.from) : `${published.from}-${published.to}`);
  const address = hostIp === undefined ? '' : `${hostIp.includes(':') ? `[${hostIp}]` : hostIp}:`;
  return `${address}${host === undefined ? '' : `${host}:`}${target}${protocol === 'tcp' ? '' : `/${protocol}`}`;
}

function showMount(mount: Mount): string {
  const mode = mount.readOnly ? ':ro' : '';
  switch (mount.type) {
    case 'bind':
      return `${mount.source}:${mount.target}${mode}`;
    case 'volume':
      return `${mount.source === undefined ? '' : `${mount.source}:`}${mount.target}${mode}`;
    case 'tmpfs':
      return `tmpfs:${mount.target}${mode}`;
    case 'image':
      return `image ${mount.source}:${mount.target}${mode}`;
    default:
      return unreachable(mount);
  }
}

/** By their commands; of hooks with the same commands nothing else is shown. */
function compareHooks(path: string, before: readonly Hook[] = [], after: readonly Hook[] = []): readonly string[] {
  const commands = (hooks: readonly Hook[]): unknown => hooks.map(({ command }) => command);
  const changed = differences(path, 'command', commands(before), commands(after));
  if (changed.length > 0) return changed;
  return canonicalJson(before) === canonicalJson(after) ? [] : [`${path}: settings changed`];
}

const showRestart = ({ condition, maxAttempts }: RestartPolicy): string =>
  maxAttempts === undefined ? condition : `${condition}:${maxAttempts}`;

/** Contents are only ever said to have changed. */
function compareFiles(before: readonly FileMount[], after: readonly FileMount[]): readonly string[] {
  const idOf = ({ kind, source, target }: FileMount): string => `${kind} ${source} ${target}`;
  const old = new Map(before.map((file) => [idOf(file), file]));
  const wanted = new Map(after.map((file) => [idOf(file), file]));
  const gone = before.filter((file) => !wanted.has(idOf(file))).map(({ kind, source }) => `${kind}s: - ${source}`);
  const changed = after.flatMap((file) => {
    const earlier = old.get(idOf(file));
    if (earlier === undefined) return [`${file.kind}s: + ${file.source}`];
    const content = earlier.digest === file.digest ? [] : [`${file.kind} ${file.source}: content changed`];
    return [
      ...content,
      ...differences(`${file.kind} ${file.source}`, 'files', { ...earlier, digest: '' }, { ...file, digest: '' }),
    ];
  });
  const lines = [...gone, ...changed];
  return lines.length > 0 ? lines : differences('secrets', 'files', before, after);
}

function compareNetwork(before: NetworkMode, after: NetworkMode): readonly string[] {
  if (before.kind !== 'networks' || after.kind !== 'networks') {
    return setArrow('network_mode', showNetwork(before), showNetwork(after));
  }
  const keyOf = ({ network }: NetworkAttachment): string => network;
  const shared = before.attachments.flatMap((old) => {
    const wanted = after.attachments.find(({ network }) => network === old.network);
    return wanted === undefined ? [] : differences(`networks.${old.network}`, 'network', old, wanted);
  });
  const lines = [...setDifferences('networks', before.attachments.map(keyOf), after.attachments.map(keyOf)), ...shared];
  return lines.length > 0 ? lines : differences('networks', 'networks', before.attachments, after.attachments);
}

function showNetwork(network: NetworkMode): string {
  switch (network.kind) {
    case 'networks':
      return `networks ${network.attachments.map((it) => it.network).join(', ')}`;
    case 'service':
      return `service:${network.service}`;
    case 'engine':
      return network.mode;
    default:
      return unreachable(network);
  }
}
