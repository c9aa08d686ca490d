import type { Node, Scalar as YamlScalar } from 'yaml';
import type { Span } from '../../model/diagnostic.ts';
import type { Scalar } from '../tree.ts';
import type { Place } from './place.ts';
import { resolvePlain } from './plain.ts';

/** The line on which a node begins, from its first character to the end of the node or of the line. */
export function spanOf(node: Node, place: Place): Span {
  const [start, end] = node.range ?? [0, 0];
  return place(start, end);
}

const core = 'tag:yaml.org,2002:';

/** A scalar with the type that Compose reads into it, or the sentence that says why its tag is refused. */
export function readScalar(node: YamlScalar, place: Place): Scalar | string {
  const text = typeof node.value === 'string' ? node.value : '';
  const isQuoted = node.type !== undefined && node.type !== 'PLAIN';
  const base = { kind: 'scalar', source: text, isQuoted, span: spanOf(node, place) } as const;
  const { tag } = node;
  if (tag === undefined || tag === '!reset' || tag === '!override') {
    return { ...base, value: isQuoted ? text : resolvePlain(text) };
  }
  if (tag === '!' || tag === `${core}str`) return { ...base, value: text, isQuoted: true };
  const value = resolvePlain(text);
  if (isTagged(tag, value)) return { ...base, value, isQuoted: false };
  return `the tag ${tag.replace(core, '!!')} is not supported here`;
}

function isTagged(tag: string, value: unknown): boolean {
  if (tag === `${core}null`) return value === null;
  if (tag === `${core}bool`) return typeof value === 'boolean';
  if (tag === `${core}float`) return typeof value === 'number';
  return tag === `${core}int` && Number.isInteger(value);
}
