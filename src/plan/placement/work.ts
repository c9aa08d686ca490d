import type { DesiredService } from '../../model/desired.ts';
import { serviceAddress } from '../../model/id.ts';
import type { ObservedEngine } from '../../model/observed.ts';
import type { Notice, Refusal } from '../../model/plan.ts';
import { enginesOf, type Field, fieldOf, sayRejections, whyNotCome } from './filters.ts';
import { openLedger } from './ledger.ts';
import type { Assignment, Placing, Rejection } from './words.ts';

/** Placement under way. */
export interface Work extends Field {
  /** By service and slot. */
  readonly places: Map<string, Map<number, Assignment>>;
  readonly held: Set<string>;
  readonly notices: Notice[];
  readonly refusals: Refusal[];
}

export const beginWork = (placing: Placing): Work => ({
  ...fieldOf(placing, openLedger(placing)),
  places: new Map(placing.services.map(({ name }) => [name, new Map<number, Assignment>()])),
  held: new Set(),
  notices: [],
  refusals: [],
});

/** Gives a replica its place. */
export function assign({ places, ledger }: Work, service: DesiredService, assignment: Assignment): void {
  places.get(service.name)?.set(assignment.slot, assignment);
  ledger.add(service, assignment.engine);
}

/** The slots of a service that have no place so far. */
export const openSlots = ({ places }: Work, { name, replicas }: DesiredService): readonly number[] =>
  Array.from({ length: replicas }, (_, index) => index + 1).filter((slot) => !places.get(name)?.has(slot));

/** Why each engine but one was passed over. */
export const rejectionsOf = (work: Work, service: DesiredService, except?: ObservedEngine): readonly Rejection[] =>
  enginesOf(work.placing).flatMap((engine) => {
    const because = engine.name === except?.name ? undefined : whyNotCome({ service, engine }, work);
    return because === undefined ? [] : [{ engine: engine.name, because }];
  });

/** For the reader of a plan; nothing where there is no choice. */
export function explainPlace(
  { placing: { observed } }: Work,
  engine: ObservedEngine,
  { why, rejections }: { readonly why: string; readonly rejections: readonly Rejection[] },
): Pick<Assignment, 'because'> {
  if (observed.engines.length + (observed.absent ?? []).length < 2) return {};
  return { because: [`on ${engine.name}: ${why}`, ...rejections.map((it) => sayRejections([it]))].join('; ') };
}

/** What is said where replicas of a service fit nowhere. */
interface Homeless {
  readonly slot: number;
  readonly rejections: readonly Rejection[];
  /** It would fit without its data. */
  readonly isForData?: boolean;
}

/**
 * Some replicas fit nowhere: a file for many engines still runs on the only one; what may belong on an engine that
 * does not answer waits for it; else there is no plan.
 */
export function giveUp(work: Work, service: DesiredService, homeless: Homeless): void {
  const { engines, absent = [] } = work.placing.observed;
  const [lone] = engines;
  const notice = explainNone(service, homeless);
  if (work.isLone && lone !== undefined && service.placement.maxReplicasPerNode === undefined) {
    work.notices.push({ ...notice, code: 'placement-ignored', hint: undefined });
    for (const slot of openSlots(work, service)) assign(work, service, { slot, engine: lone });
    return;
  }
  if (absent.length === 0) {
    work.refusals.push({ kind: homeless.isForData === true ? 'data-safety' : 'impossible', ...notice });
    return;
  }
  const names = absent.map(({ name }) => name).toSorted();
  const message = `${notice.message}; ${names.join(', ')} ${names.length === 1 ? 'does' : 'do'} not answer`;
  work.notices.push({ ...notice, code: 'placement-waits', message });
  if (work.places.get(service.name)?.size === 0) work.held.add(service.name);
}

function explainNone({ name }: DesiredService, { slot, rejections, isForData }: Homeless): Notice {
  const what = slot === 1 ? `service ${name}` : `replica ${slot} of service ${name}`;
  return {
    code: 'no-eligible-engine',
    address: serviceAddress(name),
    message: `no engine may run ${what}: ${sayRejections(rejections)}`,
    hint:
      isForData === true
        ? 'move the data, or begin without it with --leave-data-behind'
        : 'change deploy.placement, or label or add an engine so that it fits',
  };
}

/** Said once for each service and drained engine. */
export function noticeDataStays({ notices }: Work, { name }: DesiredService, engine: string): void {
  notices.push({
    code: 'data-stays',
    address: serviceAddress(name),
    message: `${name} stays on ${engine}, which is drained: its data is there`,
    hint: 'move its data, or let it begin elsewhere without its data with --leave-data-behind',
  });
}
