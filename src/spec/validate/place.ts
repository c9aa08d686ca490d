import type { Span } from '../../model/diagnostic.ts';
import type { Tree } from '../tree.ts';

/** What messages about a whole document go by. */
export interface Described {
  /** `a stack file`. */
  readonly noun: string;
  /** Which keys stand where, for a key that stands elsewhere. */
  readonly places: readonly { readonly place: string; readonly keys: readonly string[] }[];
}

/** A value of the tree, how a person names its path, and where its key stands; list items have no key. */
export interface Place {
  readonly path: string;
  readonly node: Tree;
  readonly key: Span | undefined;
  readonly document: Described;
}

/** Finds what a JSON pointer names: `/services/web/ports/0` is `services.web.ports[0]`. */
export function placeAt(tree: Tree, pointer: string, document: Described): Place {
  let place: Place = { path: '', node: tree, key: undefined, document };
  for (const part of pointer.split('/').slice(1)) {
    place = childOf(place, part.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return place;
}

/** The place below; the same place where the tree has nothing of that name. */
export function childOf(place: Place, name: string): Place {
  const { path, node, document } = place;
  if (node.kind === 'sequence') {
    const item = node.items[Number(name)];
    return item === undefined ? place : { path: `${path}[${name}]`, node: item, key: undefined, document };
  }
  const entry = node.kind === 'mapping' ? node.entries.get(name) : undefined;
  if (entry === undefined) return place;
  return { path: path === '' ? name : `${path}.${name}`, node: entry.value, key: entry.key, document };
}

/** Plain data for the validator. Objects have no prototype, so that a key `__proto__` is a key. */
export function toPlain(node: Tree): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'sequence') return node.items.map(toPlain);
  const plain = Object.create(null) as Record<string, unknown>;
  for (const [key, { value }] of node.entries) plain[key] = toPlain(value);
  return plain;
}
