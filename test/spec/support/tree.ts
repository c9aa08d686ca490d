import { expect } from 'vitest';

import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import { parseYaml } from '../../../src/spec/parse/parse.ts';
import type { Mapping } from '../../../src/spec/tree.ts';

/** The tree of one YAML text called `stack.yaml`; fails the test when the text is no mapping. */
export function treeOf(text: string): Mapping {
  const found: Diagnostic[] = [];
  const tree = parseYaml('stack.yaml', text, (diagnostic) => found.push(diagnostic))?.[0]?.tree;
  expect(found).toEqual([]);
  if (tree?.kind !== 'mapping') throw new Error('the text is no mapping');
  return tree;
}

/** `3:5 unknown-key`, in the order of the list: what a table of expectations says of a diagnostic. */
export function brief(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code, span }) => `${span.line}:${span.column} ${code}`);
}
