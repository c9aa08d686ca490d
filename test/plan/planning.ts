import type { Desired } from '../../src/model/desired.ts';
import type { Observed, ObservedEngine } from '../../src/model/observed.ts';
import type { Notice, Plan, Refusal } from '../../src/model/plan.ts';
import { emptyHistory, type History, type Request } from '../../src/model/request.ts';
import { formatPlan } from '../../src/plan/format.ts';
import { plan } from '../../src/plan/plan.ts';
import { engine, observed, stack, up } from '../support/builders.ts';

export interface Planning {
  readonly desired: Desired | undefined;
  /** One engine, or several. Default: one that has the images and nothing else. */
  readonly engine?: Partial<ObservedEngine>;
  readonly observed?: Observed;
  readonly request?: Request;
  readonly history?: Partial<History>;
}

export function planned(planning: Planning): Plan {
  const result = resultOf(planning);
  if (!result.ok) throw new Error(`refused: ${result.error.map(({ message }) => message).join('; ')}`);
  return result.value;
}

/** The plan's text, after an empty line so that it stands well in a test. */
export const planText = (planning: Planning): string => `\n${formatPlan(planned(planning))}`;

export const notices = (planning: Planning): readonly string[] => planned(planning).notices.map(lineOf);

export function refusals(planning: Planning): readonly string[] {
  const result = resultOf(planning);
  return result.ok ? [] : result.error.map((refusal: Refusal) => `${refusal.kind} ${lineOf(refusal)}`);
}

const lineOf = ({ code, message }: Notice): string => `${code}: ${message}`;

const resultOf = ({
  desired,
  engine: one = {},
  observed: all,
  request = up(),
  history = {},
}: Planning): ReturnType<typeof plan> =>
  plan({ stack, desired, observed: all ?? observed(engine(one)), request, history: { ...emptyHistory, ...history } });
