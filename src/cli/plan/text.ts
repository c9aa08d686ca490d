import type { Plan } from '../../model/plan.ts';
import { type Colors, colorsFor } from '../text/color.ts';
import { safeText } from '../text/safe-text.ts';
import { type Action, type Change, changesOf, countActions } from './changes.ts';

/**
 * The plan for people: a line for each resource with what happens to it and why, then one line that counts.
 * The engine is named where there is more than one.
 */
export function planText(
  plan: Plan,
  { hasColor, hasEngines }: { readonly hasColor: boolean; readonly hasEngines: boolean },
): string {
  const changes = changesOf(plan);
  const rows = changes.map((change) => ({
    change,
    name: safeText(hasEngines ? `${change.address} on ${change.engine}` : change.address),
  }));
  const widths = {
    name: Math.max(0, ...rows.map(({ name }) => name.length)),
    action: Math.max(0, ...rows.map(({ change }) => change.action.length)),
  };
  const colors = colorsFor(hasColor);
  const lines = rows.flatMap(({ change, name }) => changeLines(change, name, { widths, colors }));
  return [...lines, ...(lines.length > 0 ? [''] : []), summaryOf(changes), ''].join('\n');
}

/** `3 to create, 1 to recreate, 0 to remove`, and what else there is. */
function summaryOf(changes: readonly Change[]): string {
  const counts = countActions(changes);
  const always: readonly Action[] = ['create', 'recreate', 'remove'];
  const rest = [...counts.keys()].filter((action) => !always.includes(action) && action !== 'wait');
  return [...always, ...rest].map((action) => `${counts.get(action) ?? 0} to ${action}`).join(', ');
}

interface Style {
  readonly widths: { readonly name: number; readonly action: number };
  readonly colors: Colors;
}

function changeLines({ action, reasons }: Change, name: string, { widths, colors }: Style): readonly string[] {
  const { mark, color } = marks[action] ?? { mark: '>', color: 'reset' };
  const head = `${mark} ${name.padEnd(widths.name)}  ${action.padEnd(widths.action)}`;
  const [first, ...rest] = reasons.map(safeText);
  const indent = ' '.repeat(head.length + 2);
  const paint = colors[color];
  return [
    first === undefined ? paint(head.trimEnd()) : `${paint(head)}  ${first}`,
    ...rest.map((line) => indent + line),
  ];
}

/** What comes, changes and goes; anything else happens to what stays. */
const marks: Partial<Record<Action, { readonly mark: string; readonly color: 'green' | 'yellow' | 'red' }>> = {
  create: { mark: '+', color: 'green' },
  recreate: { mark: '~', color: 'yellow' },
  update: { mark: '~', color: 'yellow' },
  'roll back': { mark: '~', color: 'yellow' },
  remove: { mark: '-', color: 'red' },
};
