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
  return toJson(withoutEntries(shown, 'models'), modelShape, { format: 'json', isTop: true });
}

/** The canonical model as YAML shows it: complete, extensions at every level. */
export function modelDocument(tree: Mapping): Json {
  return toJson(tree, modelShape, { format: 'yaml', isTop: true });
}

function withCommands(service: Tree): Tree {
  if (service.kind !== 'mapping') return service;
  return ['command', 'entrypoint'].reduce(
    (result, key) => (result.entries.has(key) ? result : withEntry(result, key, scalar(null, service.span))),
    service,
  );
}

interface Printing {
  readonly format: 'json' | 'yaml';
  readonly isTop: boolean;
}

function toJson(tree: Tree, shape: Shape | undefined, { format, isTop }: Printing): Json {
  const deeper = { format, isTop: false };
  if (tree.kind === 'scalar') return scalarJson(tree);
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

function isHidden(key: string, value: Tree, parent: Shape | undefined, { format, isTop }: Printing): boolean {
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

function scalarJson({ value }: Scalar): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'string' ? escape(value) : value;
}

function escape(text: string): string {
  return text.replaceAll('$', '$$$$');
}
