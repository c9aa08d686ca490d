import type { ErrorObject } from 'ajv';

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Validate } from '../generated/schema.js';
import type { Tree } from '../tree.ts';
import { explain } from './explain.ts';
import { type Described, placeAt, toPlain } from './place.ts';

/** A schema, compiled ahead of time, and the words for what it describes. */
export interface Schema extends Described {
  readonly validate: Validate;
}

/**
 * Every violation of a schema at once. A value that breaks several rules is reported once, by the rule that says most
 * about it.
 */
export function findViolations(schema: Schema, tree: Tree): readonly Diagnostic[] {
  if (schema.validate(toPlain(tree))) return [];
  const told = new Map<string, ErrorObject>();
  for (const violation of schema.validate.errors ?? []) {
    // The rule for names reports the broken pattern too, at the mapping instead of at the name.
    if (violation.propertyName !== undefined) continue;
    const subject = `${violation.instancePath} ${subjectOf(violation)}`;
    const other = told.get(subject);
    if (other === undefined || weight(violation) < weight(other)) told.set(subject, violation);
  }
  return [...told.values()].slice(0, maximumViolations).map((violation) => {
    const { instancePath } = violation;
    const diagnostic = explain(violation, placeAt(tree, instancePath, schema));
    // What stands there by mistake is mostly the secret itself.
    return instancePath.startsWith('/secrets/') ? { ...diagnostic, isSourceHidden: true } : diagnostic;
  });
}

/** More than anybody reads; each costs a search for the nearest name. */
const maximumViolations = 500;

/** Keys that are missing or too many are findings of their own; everything else is about the value. */
function subjectOf({ params }: ErrorObject): string {
  const name: unknown = params['additionalProperty'] ?? params['missingProperty'] ?? params['propertyName'];
  return typeof name === 'string' ? `key ${name}` : '';
}

const order = ['type', 'enum', 'maxLength', 'pattern', 'format'];

function weight({ keyword }: ErrorObject): number {
  const place = order.indexOf(keyword);
  return place === -1 ? order.length : place;
}
