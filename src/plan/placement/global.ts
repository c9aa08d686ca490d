import type { DesiredService } from '../../model/desired.ts';
import { serviceAddress } from '../../model/id.ts';
import { unmetConstraint } from './constraints.ts';
import { enginesOf, isDrained, sayRejections, whyNotCome, whyNotStay } from './filters.ts';
import { containersOf } from './homes.ts';
import { assign, giveUp, rejectionsOf, type Work } from './work.ts';

/** Leaves the replicas of a service that is everywhere where they are; of two with one number the first engine's stays. */
export function keepGlobal(work: Work, service: DesiredService): void {
  const slots = new Set((work.placing.fleet.get(service.name) ?? []).map(({ container }) => container.slot));
  const taken = new Set<string>();
  for (const slot of [...slots].toSorted((a, b) => a - b)) {
    const located = containersOf(work.placing, service, slot).find(
      ({ engine }) => !taken.has(engine.name) && whyNotStay({ service, engine }, work) === undefined,
    );
    if (located === undefined) continue;
    taken.add(located.engine.name);
    assign(work, service, { slot, engine: located.engine });
  }
}

/** One replica on every engine that may have it and has none, under the lowest free numbers. */
export function fillGlobal(work: Work, service: DesiredService): void {
  const places = work.places.get(service.name) ?? new Map<number, never>();
  const taken = new Set([...places.values()].map(({ engine }) => engine.name));
  const open = enginesOf(work.placing).filter(({ name }) => !taken.has(name));
  for (const engine of open) {
    const because = whyNotCome({ service, engine }, work);
    if (because === undefined) assign(work, service, { slot: lowestFree(places), engine });
    else if (unmetConstraint(service.placement, engine) === undefined && !isDrained({ service, engine }, work))
      noticeSkipped(work, service, { engine, because });
  }
  if (places.size === 0 && work.isLone)
    giveUp(work, { ...service, replicas: 1 }, { slot: 1, rejections: rejectionsOf(work, service) });
}

function lowestFree(places: ReadonlyMap<number, unknown>): number {
  let slot = 1;
  while (places.has(slot)) slot += 1;
  return slot;
}

function noticeSkipped(
  { notices, isLone }: Work,
  { name }: DesiredService,
  { engine, because }: { readonly engine: Work['placing']['observed']['engines'][number]; readonly because: string },
): void {
  if (isLone) return;
  notices.push({
    code: 'engine-left-out',
    address: serviceAddress(name),
    message: `${name} is not on every engine: ${sayRejections([{ engine: engine.name, because }])}`,
    hint: undefined,
  });
}
