import type { ErrorObject } from 'ajv';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { grammars } from '../formats.ts';
import { nearest } from '../nearest.ts';
import { error } from '../report.ts';
import type { Tree } from '../tree.ts';
import { childOf, type Place } from './place.ts';

type Explain = (violation: ErrorObject, place: Place) => Diagnostic;

/** Says what one violation of the schema means, at the key or value that a person has to change. */
export const explain: Explain = (violation, place) =>
  (explanations.get(violation.keyword) ?? otherRule)(violation, place);

const explanations: ReadonlyMap<string, Explain> = new Map<string, Explain>([
  ['additionalProperties', unknownKey],
  ['required', missingKey],
  ['propertyNames', badName],
  ['type', wrongType],
  ['enum', notInList],
  ['format', notInGrammar],
  ['minLength', notInGrammarOfTitle],
  ['maxLength', notInGrammarOfTitle],
  ['pattern', notInGrammarOfTitle],
  ['minimum', outOfRange],
  ['maximum', outOfRange],
  ['maxItems', tooMany],
]);

function expected({ parentSchema }: ErrorObject, otherwise: string): string {
  return titleOf(parentSchema) ?? otherwise;
}

function titleOf(schema: unknown): string | undefined {
  const isTitled = typeof schema === 'object' && schema !== null && 'title' in schema;
  return isTitled && typeof schema.title === 'string' ? schema.title : undefined;
}

function unknownKey({ params, parentSchema }: ErrorObject, place: Place): Diagnostic {
  const name = String(params['additionalProperty']);
  const near = nearest(name, Object.keys((parentSchema?.['properties'] ?? {}) as object));
  return error(childOf(place, name).key ?? place.node.span, {
    code: 'unknown-key',
    message: `${nameOf(place)} has no key "${shortened(name)}"`,
    hint: near === undefined ? home(name, place) : `did you mean "${near}"?`,
  });
}

/** Where a key belongs that stands in the wrong place, which is wrong indentation mostly. */
function home(name: string, { document }: Place): string | undefined {
  const place = document.places.find(({ keys }) => keys.includes(name))?.place;
  if (place === undefined) return undefined;
  return place === '' ? `move "${name}" to the top of the file` : `move "${name}" into ${place}`;
}

function missingKey({ params }: ErrorObject, place: Place): Diagnostic {
  return error(place.key ?? place.node.span, {
    code: 'missing-key',
    message: `${nameOf(place)} needs "${String(params['missingProperty'])}"`,
  });
}

function badName(violation: ErrorObject, place: Place): Diagnostic {
  const name = String(violation.params['propertyName']);
  return error(childOf(place, name).key ?? place.node.span, {
    code: 'bad-name',
    message: `"${shortened(name)}" cannot be a name in ${nameOf(place)}`,
    hint: `use ${titleOf(violation.schema) ?? 'another name'}`,
  });
}

function outOfRange({ keyword, params }: ErrorObject, place: Place): Diagnostic {
  const bound = keyword === 'minimum' ? 'at least' : 'at most';
  return error(place.node.span, {
    code: 'out-of-range',
    message: `${nameOf(place)} must be ${bound} ${String(params['limit'])}; this is ${written(place.node)}`,
  });
}

function tooMany({ params }: ErrorObject, place: Place): Diagnostic {
  return error(place.key ?? place.node.span, {
    code: 'too-many',
    message: `${nameOf(place)} has more than ${String(params['limit'])} entries`,
  });
}

function notInGrammarOfTitle(violation: ErrorObject, place: Place): Diagnostic {
  return error(place.node.span, {
    code: 'bad-value',
    message: `${nameOf(place)} must be ${expected(violation, 'shorter')}; this is ${written(place.node)}`,
  });
}

function otherRule({ keyword }: ErrorObject, place: Place): Diagnostic {
  return error(place.node.span, { code: 'bad-value', message: `${nameOf(place)} breaks the rule "${keyword}"` });
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['null', 'nothing'],
  ['array', 'a list'],
  ['object', 'a mapping'],
]);

function wrongType(violation: ErrorObject, place: Place): Diagnostic {
  const { node, key } = place;
  const types = [violation.params['type'] as string | readonly string[]].flat();
  const words = expected(violation, types.map((type) => kinds.get(type) ?? type).join(' or '));
  const isEmpty = node.kind === 'scalar' && node.value === null;
  return error(isEmpty ? (key ?? node.span) : node.span, {
    code: 'wrong-type',
    message: `${nameOf(place)} must be ${words}; this is ${isEmpty ? 'empty' : kindOf(node)}`,
    hint: typeHint(violation, node),
  });
}

/** What a slip of YAML looks like: one value where a list stands, a number where text stands. */
function typeHint({ params, parentSchema }: ErrorObject, node: Tree): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (node.value === null) return 'leave the key out, or give it a value';
  const types = [params['type'] as string | readonly string[]].flat();
  const isFreeText =
    types.includes('string') && !('pattern' in (parentSchema ?? {}) || 'format' in (parentSchema ?? {}));
  if (isFreeText) return `put it in quotes: "${shortened(node.source)}"`;
  return types.includes('array') ? `write a list: [${JSON.stringify(shortened(node.source))}]` : undefined;
}

function notInList({ params }: ErrorObject, place: Place): Diagnostic {
  const { node } = place;
  const words = (params['allowedValues'] as readonly unknown[]).map(String);
  const near = node.kind === 'scalar' ? nearest(node.source, words) : undefined;
  return error(node.span, {
    code: 'bad-value',
    message: `${nameOf(place)} must be ${words.map((word) => `"${word}"`).join(' or ')}; this is ${written(node)}`,
    hint: near === undefined ? undefined : `did you mean "${near}"?`,
  });
}

function notInGrammar({ params }: ErrorObject, place: Place): Diagnostic {
  const { node } = place;
  const format = String(params['format']);
  const parsed = grammars[format]?.(node.kind === 'scalar' ? String(node.value) : '');
  const noun = format.startsWith('size') ? 'size' : 'duration';
  return error(node.span, {
    code: `bad-${noun}`,
    message: `${nameOf(place)} must be a ${noun}; this is ${written(node)}`,
    hint: parsed?.ok === false ? parsed.error : undefined,
  });
}

function nameOf({ path, document }: Place): string {
  return path === '' ? document.noun : path;
}

function kindOf(node: Tree): string {
  if (node.kind === 'sequence') return 'a list';
  if (node.kind === 'mapping') return 'a mapping';
  if (typeof node.value === 'string') return 'text';
  return typeof node.value === 'boolean' ? String(node.value) : `the number ${shortened(node.source)}`;
}

function written(node: Tree): string {
  if (node.kind !== 'scalar') return kindOf(node);
  return typeof node.value === 'string' ? `"${shortened(node.value)}"` : shortened(String(node.value));
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
