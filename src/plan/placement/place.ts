import type { DesiredService } from '../../model/desired.ts';
import { serviceAddress } from '../../model/id.ts';
import type { ObservedEngine } from '../../model/observed.ts';
import type { Located } from '../fleet.ts';
import { placeBundle, settleBundle } from './bundle.ts';
import { bundlesOf } from './bundles.ts';
import { hasData } from './data.ts';
import { enginesOf, isDrained, whyNotCome, whyNotStay } from './filters.ts';
import { fillGlobal, keepGlobal } from './global.ts';
import { containersOf } from './homes.ts';
import { choose, missingLabels } from './prefer.ts';
import { rebalance } from './rebalance.ts';
import type { Assignment, Placements, Placing } from './words.ts';
import {
  assign,
  beginWork,
  explainPlace,
  giveUp,
  noticeDataStays,
  openSlots,
  rejectionsOf,
  type Work,
} from './work.ts';

/**
 * Decides on which engine every replica belongs: first those that stay where they are, of all services, then the
 * others in start order. Equal input, equal places; nobody moves without a rule that says so.
 */
export function placeServices(placing: Placing): Placements {
  const work = beginWork(placing);
  const scaled = new Map(placing.services.map((service) => [service.name, service]));
  const desired = { ...placing.desired, services: placing.desired.services.map((it) => scaled.get(it.name) ?? it) };
  const bundles = bundlesOf(desired, placing.observed);
  const bundled = new Map(bundles.flatMap((bundle) => bundle.services.map(({ name }) => [name, bundle] as const)));
  for (const bundle of bundles) settleBundle(work, bundle);
  const free = placing.services.filter(({ name, placement }) => !bundled.has(name) && placement.mode === 'replicated');
  for (const service of placing.services) if (service.placement.mode === 'global') keepGlobal(work, service);
  for (const service of free) keep(work, service);
  for (const service of placing.services) {
    const bundle = bundled.get(service.name);
    if (service.placement.mode === 'global') fillGlobal(work, service);
    else if (bundle === undefined) fill(work, service);
    else placeBundle(work, bundle);
  }
  if (placing.rebalance) rebalance(work, free);
  return resultOf(work);
}

function resultOf({ places, held, notices, refusals }: Work): Placements {
  const inOrder = (slots: ReadonlyMap<number, Assignment>): readonly Assignment[] =>
    [...slots.values()].toSorted((a, b) => a.slot - b.slot);
  return {
    assignments: new Map([...places].map(([name, slots]) => [name, inOrder(slots)])),
    held,
    notices,
    refusals,
  };
}

/** Leaves replicas where they are, if those engines may have them. */
function keep(work: Work, service: DesiredService): void {
  const stranded: ObservedEngine[] = [];
  for (const slot of openSlots(work, service)) {
    const located = containersOf(work.placing, service, slot);
    const stays = located.find(({ engine }) => whyNotStay({ service, engine }, work) === undefined);
    if (stays !== undefined) {
      assign(work, service, { slot, engine: stays.engine });
      continue;
    }
    const [first] = located;
    if (first === undefined || !mustStay(work, service, first)) continue;
    assign(work, service, { slot, engine: first.engine });
    stranded.push(first.engine);
  }
  for (const { name } of new Set(stranded)) noticeDataStays(work, service, name);
}

/** A drained engine is left by what can be made elsewhere as it was. */
const mustStay = (work: Work, service: DesiredService, located: Located): boolean =>
  isDrained({ service, engine: located.engine }, work) &&
  hasData(work.placing, service, located) &&
  !work.placing.leaveDataBehind;

/** Gives a place to the replicas that have none. */
function fill(work: Work, service: DesiredService): void {
  const slots = openSlots(work, service);
  if (slots.length > 0) noticeLabels(work, service);
  for (const slot of slots) {
    const engines = enginesOf(work.placing).filter((engine) => whyNotCome({ service, engine }, work) === undefined);
    const chosen = choose(service, engines, work);
    if (chosen !== undefined) {
      const rejections = rejectionsOf(work, service, chosen.engine);
      const because = explainPlace(work, chosen.engine, { why: chosen.why, rejections });
      assign(work, service, { slot, engine: chosen.engine, ...because });
    } else if (!keepOnDrained(work, service, slot)) {
      giveUp(work, service, { slot, rejections: rejectionsOf(work, service) });
      return;
    }
  }
}

/** Serving on a drained engine is better than not at all. */
function keepOnDrained(work: Work, service: DesiredService, slot: number): boolean {
  const [first] = containersOf(work.placing, service, slot);
  if (first === undefined || !isDrained({ service, engine: first.engine }, work)) return false;
  const rejections = rejectionsOf(work, service, first.engine).map(({ engine, because }) => `${engine}: ${because}`);
  assign(work, service, { slot, engine: first.engine });
  work.notices.push({
    code: 'drain-incomplete',
    address: serviceAddress(service.name),
    message: `${first.container.name} stays on ${first.engine.name}, which is drained: ${rejections.join('; ') || 'there is no other engine'}`,
    hint: 'make room on another engine',
  });
  return true;
}

function noticeLabels({ placing, notices, isLone }: Work, service: DesiredService): void {
  if (isLone) return;
  for (const { key, engines } of missingLabels(service, enginesOf(placing))) {
    notices.push({
      code: 'spread-label-missing',
      address: serviceAddress(service.name),
      message: `${engines.map(({ name }) => name).join(', ')} ${engines.length === 1 ? 'has' : 'have'} no ${key}, over which ${service.name} is spread: others come first`,
      hint: 'give every engine the label',
    });
  }
}
