import type { Span } from '../../model/diagnostic.ts';
import type { Availability, EngineMember } from '../../model/inventory.ts';
import { entriesOf, flagAt, type Node, numberAt, optionalPairsAt, wordAt } from '../read.ts';
import { type Entry, find, type Tree } from '../tree.ts';
import { parseBytes } from '../values/bytes.ts';
import { expandHome, isAbsolute, joinPath } from '../values/path.ts';

/** One engine as a list has it, before anybody knows where its address leads. */
export interface ListedEngine {
  readonly name: string;
  readonly reach: ListedReach;
  readonly member: EngineMember;
  /** Paths of PEM files, absolute. */
  readonly tls: ListedTls | undefined;
  /** Plain tcp to another machine is meant. */
  readonly isPlainAllowed: boolean;
  readonly ssh: ListedSsh | undefined;
}

/** How the list says where an engine is. */
export type ListedReach =
  | { readonly kind: 'endpoint'; readonly address: string }
  | { readonly kind: 'context'; readonly context: string };

export interface ListedTls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** Absolute paths that stand in for what the ssh client is configured for. */
export interface ListedSsh {
  readonly identity: string | undefined;
  readonly knownHosts: string | undefined;
}

/** Where the parts of an entry stand, for what is found wrong with them later. */
export interface ListedPlaces {
  readonly name: Span;
  readonly reach: Span;
  readonly at: (...path: readonly string[]) => Span;
}

/** What relative paths and `~` start from. */
export interface Folders {
  readonly folder: string;
  readonly homeDir: string | undefined;
}

/** Reads one entry that follows the schema; `undefined` where it does not say where the engine is. */
export function readListed(
  name: string,
  { key, value }: Entry,
  folders: Folders,
): { readonly engine: ListedEngine; readonly places: ListedPlaces } | undefined {
  const reach = readReach(value);
  if (reach === undefined) return undefined;
  const at = (...path: readonly string[]): Span => find(value, ...path)?.span ?? key;
  const engine = {
    name,
    reach,
    member: readMember(value),
    tls: readTls(find(value, 'tls'), folders),
    isPlainAllowed: flagAt(value, 'plain') ?? false,
    ssh: readSsh(find(value, 'ssh'), folders),
  };
  return { engine, places: { name: key, reach: value.kind === 'mapping' ? at(reach.kind) : value.span, at } };
}

function readReach(value: Tree): ListedReach | undefined {
  if (value.kind === 'scalar') return typeof value.value === 'string' ? endpointOf(value.value) : undefined;
  const address = wordAt(value, 'endpoint');
  if (address !== undefined) return endpointOf(address);
  const context = wordAt(value, 'context');
  return context === undefined ? undefined : { kind: 'context', context };
}

const endpointOf = (address: string): ListedReach => ({ kind: 'endpoint', address: address.trim() });

function readMember(value: Tree): EngineMember {
  const memory = parseBytes(wordAt(value, 'resources', 'memory') ?? '');
  const cpus = numberAt(value, 'resources', 'cpus');
  return {
    labels: optionalPairsAt(value, ['labels']).map(([name, text]) => [name, text ?? ''] as const),
    availability: readAvailability(wordAt(value, 'availability')),
    cpuNanos: cpus === undefined ? undefined : Math.round(cpus * 1e9),
    memoryBytes: memory.ok ? memory.value : undefined,
  };
}

const readAvailability = (word: string | undefined): Availability =>
  word === 'pause' || word === 'drain' ? word : 'active';

function readTls(node: Node, folders: Folders): ListedTls | undefined {
  if (entriesOf(node).length === 0) return undefined;
  return {
    ca: pathAt(node, 'ca', folders),
    cert: pathAt(node, 'cert', folders),
    key: pathAt(node, 'key', folders),
  };
}

function readSsh(node: Node, folders: Folders): ListedSsh | undefined {
  if (entriesOf(node).length === 0) return undefined;
  return { identity: pathAt(node, 'identity', folders), knownHosts: pathAt(node, 'known_hosts', folders) };
}

function pathAt(node: Node, key: string, { folder, homeDir }: Folders): string | undefined {
  const path = wordAt(node, key);
  if (path === undefined) return undefined;
  const expanded = expandHome(path, homeDir);
  return isAbsolute(expanded) ? expanded : joinPath(folder, expanded);
}
