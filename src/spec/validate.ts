import type { Diagnostic } from '../model/diagnostic.ts';
import { stackFile } from './document.ts';
import { places, validate } from './generated/schema.js';
import type { Tree } from './tree.ts';
import { findTraps } from './validate/traps.ts';
import { findViolations } from './validate/violations.ts';

/**
 * Holds the merged tree, in short and long forms, against the schema: every violation at once, and warnings about
 * values that YAML reads otherwise than they were meant.
 */
export function validateSchema(tree: Tree): readonly Diagnostic[] {
  return [...findViolations({ ...stackFile, places, validate }, tree), ...findTraps(tree)];
}
