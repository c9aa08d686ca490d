import type { Event } from '../../model/event.ts';
import type { LockHolder } from '../../model/lock.ts';
import type { Notice, Plan, Step } from '../../model/plan.ts';
import { unreachable } from '../../model/result.ts';
import { type Resource, resourceOf } from '../../tui/resource.ts';
import { emptyView, type RunFailure, reduce, rowOf, type View } from '../../tui/view.ts';
import { wordsOf } from '../../tui/words.ts';
import { safeJson } from '../text/safe-text.ts';
import type { Reporter } from './reporter.ts';

/** Of the format, not of the program. It grows by fields and types; readers skip what they do not know. */
const formatVersion = 1;

export interface JsonReporterOptions {
  readonly output: NodeJS.WritableStream;
  /** Milliseconds since 1970. */
  readonly date: () => number;
  /** Of this program. */
  readonly version: string;
}

/**
 * One JSON object a line, as `schemas/progress.schema.json` describes them. The first line tells the versions.
 *
 * Holds no contents of configs, secrets or environments beyond what the planner's reasons say.
 */
export function jsonReporter({ output, date, version }: JsonReporterOptions): Reporter {
  let view = emptyView;
  const write = (type: string, fields: object): void => {
    const head = { v: formatVersion, ts: new Date(date()).toISOString(), type };
    output.write(`${safeJson({ ...head, ...fields })}\n`);
  };
  write('version', { program: 'stack', version });
  return {
    emit(event) {
      view = reduce(view, event);
      write(event.type, fieldsOf(view, event));
    },
    end: () => Promise.resolve(),
  };
}

type StepEvent = Extract<Event, { readonly step: Step }>;

function fieldsOf(view: View, event: Event): object {
  if ('step' in event) return { ...stepFields(view, event.step), ...stepEventFields(view, event) };
  switch (event.type) {
    case 'run-started':
      return { stack: event.stack, command: event.command, engines: event.engines };
    case 'round-started':
      return { round: event.round, steps: planFields(view, event.plan), notices: event.plan.notices.map(noticeFields) };
    case 'notice':
      return noticeFields(event.notice);
    case 'engine-state':
      return { engine: event.engine, state: event.state, message: event.message };
    case 'lock-waiting':
      return holderFields(event.holder);
    case 'lock-taken-over':
      return { ...holderFields(event.holder), because: event.because };
    case 'lock-lost':
      return { stack: event.stack, engine: event.engine };
    case 'interrupted':
      return { inFlight: event.inFlight };
    case 'run-ended':
      return {
        outcome: event.outcome,
        rounds: event.rounds,
        durationMs: Math.round(event.elapsedMs),
        failures: view.failures.map(failureFields),
      };
    default:
      return unreachable(event);
  }
}

function stepEventFields(view: View, event: StepEvent): object {
  const { operation } = event.step;
  const { reasons } = operation;
  const words = wordsOf(operation, { isReplacement: rowOf(view, event.step.id)?.isReplacement ?? false });
  switch (event.type) {
    case 'step-started':
      return { status: words.working, reasons };
    case 'step-progress':
      return { status: words.working, progress: event.progress };
    case 'step-done':
      return { status: words.done, durationMs: Math.round(event.elapsedMs), reasons };
    case 'step-failed': {
      const error = { message: event.message, hint: event.hint, details: event.details };
      return { status: 'Failed', durationMs: Math.round(event.elapsedMs), reasons, error };
    }
    case 'step-skipped':
      return { status: 'Skipped', because: event.because, failedStep: event.failed?.id };
    default:
      return unreachable(event);
  }
}

function failureFields({ row, step, state: { message, hint, details } }: RunFailure): object {
  return { operation: step.operation.kind, resource: resourceFields(row), error: { message, hint, details } };
}

function planFields(view: View, { steps }: Plan): readonly object[] {
  return steps.map((step) => ({ ...stepFields(view, step), after: step.after, reasons: step.operation.reasons }));
}

function stepFields(view: View, step: Step): object {
  const resource = rowOf(view, step.id) ?? resourceOf([step], view.stack, undefined);
  return { step: step.id, operation: step.operation.kind, resource: resourceFields(resource) };
}

function resourceFields({ kind, name, service, engine }: Resource): object {
  return { kind: kind.toLowerCase(), name, ...(service === '' ? {} : { service }), engine };
}

function holderFields({ stack, engine, id, owner, heldMs }: LockHolder): object {
  const { user, host, pid, command, version } = owner;
  return { stack, engine, lock: id, holder: { user, host, pid, command, version, heldMs } };
}

function noticeFields({ code, address, message, hint }: Notice): object {
  return { code, address, message, hint };
}
