import type { ErrorObject } from 'ajv';

import type { Diagnostic } from '../model/diagnostic.ts';
import { validate } from './generated/schema.js';
import type { Tree } from './tree.ts';
import { explain } from './validate/explain.ts';
import { placeAt, toPlain } from './validate/place.ts';
import { findTraps } from './validate/traps.ts';

/**
 * Holds the merged tree, in short and long forms, against the schema: every violation at once, and warnings about
 * values that YAML reads otherwise than they were meant.
 *
 * A value that breaks several rules is reported once, by the rule that says most about it.
 */
export function validateSchema(tree: Tree): readonly Diagnostic[] {
  return [...findViolations(tree), ...findTraps(tree)];
}

function findViolations(tree: Tree): readonly Diagnostic[] {
  if (validate(toPlain(tree))) return [];
  const told = new Map<string, ErrorObject>();
  for (const violation of validate.errors ?? []) {
    // The rule for names reports the broken pattern too, at the mapping instead of at the name.
    if (violation.propertyName !== undefined) continue;
    const subject = `${violation.instancePath} ${subjectOf(violation)}`;
    const other = told.get(subject);
    if (other === undefined || weight(violation) < weight(other)) told.set(subject, violation);
  }
  return [...told.values()].slice(0, maximumViolations).map((violation) => {
    const { instancePath } = violation;
    const diagnostic = explain(violation, placeAt(tree, instancePath));
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
