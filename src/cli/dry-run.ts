import type { Engine } from '../engine/engine.ts';
import type { Desired } from '../model/desired.ts';
import { describeHolder, type LockHolder } from '../model/lock.ts';
import type { Notice, Plan } from '../model/plan.ts';
import { emptyHistory, type Request } from '../model/request.ts';
import { formatPlan } from '../plan/format.ts';
import { plan as makePlan } from '../plan/plan.ts';
import { observeQuery } from '../plan/query.ts';
import { observeAll } from '../reconcile/observe.ts';
import { findTwins } from '../reconcile/twins.ts';
import type { Root } from './arguments/root.ts';
import type { Context } from './context.ts';
import { type Ending, exitCodes, refused } from './exit.ts';
import { lockedOut, lockHolders, unlockHint } from './locks.ts';
import { wantedNotices } from './notices.ts';
import { endingOfLook, look } from './observing.ts';
import { planJson } from './plan/json.ts';
import { planText } from './plan/text.ts';
import { noticeLines } from './report/closing.ts';
import { hasColor } from './style.ts';
import { colorsFor } from './text/color.ts';

/** A request whose plan is wanted. */
export interface Question {
  readonly context: Context;
  readonly root: Root;
  readonly stack: string;
  readonly desired: Desired | undefined;
  readonly request: Request;
  readonly engines: readonly Engine[];
}

export interface PlanStyle {
  readonly format: 'text' | 'json' | 'steps';
  /** Exit with a code of its own where there is something to do. */
  readonly detailedExitCode: boolean;
}

/** What `--dry-run` shows. */
export const plainPlan: PlanStyle = { format: 'text', detailedExitCode: false };

/** Shows what carrying out a request would do first, and changes nothing. The plan is the very one of the executor. */
export async function showPlan(question: Question, style: PlanStyle): Promise<Ending> {
  const { context, root, stack, desired, request, engines } = question;
  return look(context, async (signal) => {
    const query = observeQuery(stack, desired, request, engines.length);
    const observed = await observeAll(engines, query, signal);
    const twins = findTwins(observed);
    if (twins !== undefined) return lockedOut({ kind: 'same-engine', engines: twins });
    const planned = makePlan({ stack, desired, observed, request, history: emptyHistory });
    const incomplete = endingOfLook(observed.absent);
    if (!planned.ok) return withLines(refused(planned.error), incomplete.lines);
    const holders = style.format === 'steps' ? [] : await lockHolders(context, { engines, stack }, signal);
    context.stdout.write(printed(question, planned.value, { ...style, holders }));
    const colors = colorsFor(hasColor(context, root, context.stderr));
    if (style.format === 'text') {
      const notices = [...holders.map(heldNotice), ...wantedNotices(planned.value.notices, context.environment)];
      for (const line of notices.flatMap((notice) => noticeLines(notice, colors))) context.stderr.write(`${line}\n`);
    }
    const hasChanges = planned.value.steps.length > 0;
    return style.detailedExitCode && hasChanges ? { ...incomplete, code: exitCodes.hasChanges } : incomplete;
  });
}

const withLines = ({ code, lines }: Ending, more: readonly string[]): Ending => ({ code, lines: [...lines, ...more] });

function heldNotice(holder: LockHolder): Notice {
  const hint = `if you know that run to be dead, ${unlockHint(holder)}`;
  return { code: 'locked', address: undefined, message: describeHolder(holder), hint };
}

interface Print extends PlanStyle {
  readonly holders: readonly LockHolder[];
}

function printed({ context, root, stack, engines }: Question, plan: Plan, { format, holders }: Print): string {
  switch (format) {
    case 'text':
      return planText(plan, { hasColor: hasColor(context, root, context.stdout), hasEngines: engines.length > 1 });
    case 'json':
      return planJson(stack, plan, holders);
    case 'steps':
      return formatPlan(plan);
  }
}
