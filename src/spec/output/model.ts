import { compareText } from '../merge/sequences.ts';
import { find, type Mapping, mapEntries, type Scalar, scalar, type Tree, withEntry, withoutEntries } from '../tree.ts';
import { modelShape } from '../typed/model.ts';
import { throttle, weightDevice } from '../typed/service.ts';
import type { Shape } from '../typed/shape.ts';
import type { Json } from './json.ts';

/**
 * The canonical model as JSON shows it: `command` and `entrypoint` of every service if only as null, no nested
 * extensions, no models. Dollar signs are doubled, so that what is printed loads again.
 */
export function modelJson(tree: Mapping): Json {
  const services = find(tree, 'services');
  const shown = services?.kind === 'mapping' ? withEntry(tree, 'services', mapEntries(services, withCommands)) : tree;
  return toJson(withoutEntries(shown, 'models'), modelShape, { format: 'json', isTop: true, escape: doubleDollars });
}

/** The canonical model as YAML shows it: complete, extensions at every level. */
export function modelDocument(tree: Mapping): Json {
  return toJson(tree, modelShape, { format: 'yaml', isTop: true, escape: doubleDollars });
}

function withCommands(service: Tree): Tree {
  if (service.kind !== 'mapping') return service;
  return ['command', 'entrypoint'].reduce(
    (result, key) => (result.entries.has(key) ? result : withEntry(result, key, scalar(null, service.span))),
    service,
  );
}

/** A model whose variables are not filled in, in one form for JSON and YAML: dollar signs stay as they are written. */
export function modelTemplate(tree: Mapping): Json {
  return toJson(tree, modelShape, { format: 'yaml', isTop: true, escape: (text) => text });
}

interface Printing {
  readonly format: 'json' | 'yaml';
  readonly isTop: boolean;
  readonly escape: (text: string) => string;
}

function toJson(tree: Tree, shape: Shape | undefined, { format, isTop, escape }: Printing): Json {
  const deeper = { format, isTop: false, escape };
  if (tree.kind === 'scalar') return scalarJson(tree, escape);
  if (tree.kind === 'sequence') {
    const item = shape?.kind === 'list' ? shape.of : undefined;
    return tree.items.map((inner) => toJson(inner, item, deeper));
  }
  const members = [...tree.entries]
    .filter(([key, { value }]) => !isHidden(key, value, shape, { format, isTop }))
    .map(([key, { value }]) => {
      const name = format === 'json' ? spell(key, shape) : key;
      return [escape(name), toJson(value, innerShape(shape, key), deeper)] as const;
    });
  return Object.fromEntries(members.toSorted(([a], [b]) => compareText(a, b)));
}

function isHidden(
  key: string,
  value: Tree,
  parent: Shape | undefined,
  { format, isTop }: Pick<Printing, 'format' | 'isTop'>,
): boolean {
  const shape = innerShape(parent, key);
  if (shape?.kind === 'content') return value.kind === 'scalar' && value.value === '';
  if (format === 'json') return !isTop && parent?.kind === 'record' && key.startsWith('x-');
  // What JSON always shows, `{}` if need be, YAML leaves out.
  return shape?.kind === 'record' && shape.isKept && value.kind === 'mapping' && value.entries.size === 0;
}

/** Compose's JSON spells the limits of single devices `Path`, `Rate` and `Weight`. */
function spell(key: string, shape: Shape | undefined): string {
  return shape === throttle || shape === weightDevice ? key.slice(0, 1).toUpperCase() + key.slice(1) : key;
}

function innerShape(shape: Shape | undefined, key: string): Shape | undefined {
  if (shape?.kind === 'record') return shape.fields.get(key);
  return shape?.kind === 'map' ? shape.of : undefined;
}

function scalarJson({ value }: Scalar, escape: Printing['escape']): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'string' ? escape(value) : value;
}

function doubleDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}
