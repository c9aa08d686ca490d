import type { Notice } from '../../model/plan.ts';
import { formatElapsed } from '../../tui/elapsed.ts';
import { rowState } from '../../tui/row.ts';
import { countRows, labelOf, type RunFailure, type View } from '../../tui/view.ts';
import type { Colors } from '../text/color.ts';
import { safeLines, safeText } from '../text/safe-text.ts';

const namedAtMost = 10;

/** A notice or a refusal with its hint. */
export function noticeLines({ message, hint }: Notice, colors: Colors): readonly string[] {
  const [first = '', ...rest] = safeLines(message);
  return [`${colors.yellow('!')} ${first}`, ...rest.map((line) => `  ${line}`), ...hintLines(hint, colors)];
}

/** Every failure of the run with all that the engine said, and what was left undone because of failures. */
export function failureLines(view: View, colors: Colors): readonly string[] {
  const rows = [...view.rows.values()];
  const skipped = rows.filter((row) => rowState(row) === 'skipped').map(({ name }) => safeText(name));
  return [
    ...view.failures.flatMap((failure) => oneFailure(failedLabel(view, failure), failure, colors)),
    ...(skipped.length === 0 ? [] : [`${colors.yellow('-')} Not done: ${listNames(skipped)}`]),
  ];
}

/** What came of the run, in one line; none if the run never ended. */
export function summaryLines(view: View, colors: Colors): readonly string[] {
  if (!view.end) return [];
  const { outcome, elapsedMs } = view.end;
  const { done, total } = countRows(view);
  const time = formatElapsed(elapsedMs);
  const run = `${safeText(view.command)} ${safeText(view.stack)}`;
  switch (outcome) {
    case 'converged':
      return [`${colors.green('✔')} ${run}: ${total === 0 ? 'nothing to do' : `${done} of ${total} done`} in ${time}`];
    case 'partial': {
      const without = [...view.lostEngines.keys()].map(safeText).join(', ');
      return [`${colors.yellow('!')} ${run}: ${done} of ${total} done in ${time}, without ${without}`];
    }
    case 'failed':
      return [`${colors.red('✘')} ${run}: failed with ${done} of ${total} done in ${time}`];
    case 'interrupted':
      return [
        `${colors.yellow('!')} ${run}: interrupted with ${done} of ${total} done in ${time}; run it again to go on`,
      ];
  }
}

/** A container that is called something else is told with its service. */
function failedLabel(view: View, { row }: RunFailure): string {
  const isNamed = row.service === '' || row.name.includes(row.service);
  return safeText(isNamed ? labelOf(view, row) : `${labelOf(view, row)} of service ${row.service}`);
}

function oneFailure(
  label: string,
  { state: { message, hint, details } }: RunFailure,
  colors: Colors,
): readonly string[] {
  const [first = '', ...rest] = [...safeLines(message), ...details.flatMap(safeLines)];
  return [
    `${colors.red('✘')} ${colors.bold(label)}: ${first}`,
    ...rest.map((line) => `    ${line}`),
    ...hintLines(hint, colors),
  ];
}

function hintLines(hint: string | undefined, colors: Colors): readonly string[] {
  return hint === undefined ? [] : [`  ${colors.cyan('hint')}: ${safeText(hint)}`];
}

function listNames(names: readonly string[]): string {
  const left = names.length - namedAtMost;
  const shown = names.slice(0, namedAtMost).join(', ');
  return left > 0 ? `${shown} and ${left} more` : shown;
}
