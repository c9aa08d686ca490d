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
  return toJson(withoutEntries(shown, 'models'), modelShape, 'json');
}

/** The canonical model as YAML shows it: complete, extensions at every level. */
export function modelDocument(tree: Mapping): Json {
  return toJson(tree, modelShape, 'yaml');
}

function withCommands(service: Tree): Tree {
  if (service.kind !== 'mapping') return service;
  return ['command', 'entrypoint'].reduce(
    (result, key) => (result.entries.has(key) ? result : withEntry(result, key, scalar(null, service.span))),
    service,
  );
}

function toJson(tree: Tree, shape: Shape | undefined, format: 'json' | 'yaml', isTop = true): Json {
  if (tree.kind === 'scalar') return scalarJson(tree);
  if (tree.kind === 'sequence') {
    const item = shape?.kind === 'list' ? shape.of : undefined;
    return tree.items.map((inner) => toJson(inner, item, format, false));
  }
  const members = [...tree.entries].flatMap(([key, { value }]) => {
    const inner = innerShape(shape, key);
    const isExtension = shape?.kind === 'record' && key.startsWith('x-');
    if (isExtension && format === 'json' && !isTop) return [];
    if (inner?.kind === 'content' && value.kind === 'scalar' && value.value === '') return [];
    const shown = format === 'json' && shape !== undefined && capitalised.has(shape) ? capitalise(key) : key;
    return [[escape(shown), toJson(value, inner, format, false)] as const];
  });
  return Object.fromEntries(members.toSorted(([a], [b]) => compareText(a, b)));
}

/** Compose's JSON spells the limits of single devices `Path`, `Rate` and `Weight`. */
const capitalised: ReadonlySet<Shape> = new Set([throttle, weightDevice]);

function capitalise(key: string): string {
  return key.slice(0, 1).toUpperCase() + key.slice(1);
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
