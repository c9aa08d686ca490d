import type { TargetKind } from '../../model/target.ts';
import { entriesOf, wordAt } from '../read.ts';
import { error, type Report } from '../report.ts';
import { find, type Mapping } from '../tree.ts';

/** What a stack file may say to this program alone. */
const keys: ReadonlySet<string> = new Set(['target', 'balancer']);

/** What the stack runs on: what the command line says, else `x-stack.target` of the file, else plain engines. */
export function readTarget(tree: Mapping, asked: TargetKind | undefined, report: Report): TargetKind {
  const own = find(tree, 'x-stack');
  for (const [key, { key: span }] of entriesOf(own)) {
    if (keys.has(key)) continue;
    const hint = `its keys are ${[...keys].join(', ')}`;
    report(error(span, { code: 'unknown-key', message: `x-stack has no key "${key}"`, hint }));
  }
  const node = find(own, 'target');
  const word = wordAt(node);
  if (node !== undefined && word !== 'swarm' && word !== 'engines') {
    const message = `x-stack.target must be "engines" or "swarm"`;
    report(error(node.span, { code: 'bad-value', message }));
  }
  return asked ?? (word === 'swarm' ? 'swarm' : 'engines');
}
