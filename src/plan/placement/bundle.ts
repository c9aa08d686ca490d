import type { DesiredService } from '../../model/desired.ts';
import { serviceAddress } from '../../model/id.ts';
import type { ObservedEngine } from '../../model/observed.ts';
import type { Bundle } from './bundles.ts';
import { type DataSite, findData, hasData } from './data.ts';
import { enginesOf, isDrained, whyNotCome, whyNotStay } from './filters.ts';
import { homesOf } from './homes.ts';
import { choose } from './prefer.ts';
import type { Rejection } from './words.ts';
import { assign, explainPlace, giveUp, noticeDataStays, openSlots, type Work } from './work.ts';

/** Leaves services that belong together on the engine where they are, or holds them if their data may be out of sight. */
export function settleBundle(work: Work, bundle: Bundle): void {
  const members = chosenOf(work, bundle);
  if (members.length === 0) return;
  const homes = homesOf(work.placing, bundle.services);
  const data = findData(work.placing, bundle);
  if (homes.length === 0 && isOutOfSight(work, bundle, data)) {
    hold(work, bundle, members);
    return;
  }
  const sites = homes.filter((engine) => data.engines.some(({ name }) => name === engine.name));
  const home = sites.find((engine) => fits(work, members, (service) => whyNotStay({ service, engine }, work), engine));
  if (home !== undefined) {
    noticeCopies(work, bundle, { data, home });
    return;
  }
  const [drained] = sites;
  if (drained === undefined || !mustStay(work, bundle, drained)) return;
  for (const service of members) {
    for (const slot of openSlots(work, service)) assign(work, service, { slot, engine: drained });
    noticeDataStays(work, service, drained.name);
  }
}

/** Finds an engine for services that belong together and have none: where their data is, if they have any. */
export function placeBundle(work: Work, bundle: Bundle): void {
  const members = chosenOf(work, bundle).filter((service) => openSlots(work, service).length > 0);
  const [first] = members;
  if (first === undefined || work.held.has(first.name)) return;
  const data = findData(work.placing, bundle);
  if (placeOn(work, members, { bundle, data, engines: data.engines })) return;
  const mayLeave = work.placing.leaveDataBehind && data.found.length > 0;
  if (mayLeave && placeOn(work, members, { bundle, data, engines: enginesOf(work.placing) })) return;
  const without = data.found.length > 0 && reachable(work, members, enginesOf(work.placing)).length > 0;
  const rejections = enginesOf(work.placing).map((engine) => ({
    engine: engine.name,
    because: (mayLeave ? undefined : data.whyNot(engine)) ?? whyNotTogether(work, members, engine) ?? '',
  }));
  for (const service of members) giveUp(work, service, { slot: 1, rejections, isForData: without });
}

const chosenOf = ({ placing }: Work, { services }: Bundle): readonly DesiredService[] =>
  placing.services.filter(({ name }) => services.some((service) => service.name === name));

const isOutOfSight = ({ placing }: Work, { volumes }: Bundle, { found }: DataSite): boolean =>
  volumes.length > 0 && found.length === 0 && (placing.observed.absent ?? []).length > 0 && !placing.leaveDataBehind;

function hold({ placing, held, notices }: Work, { volumes }: Bundle, members: readonly DesiredService[]): void {
  const engines = (placing.observed.absent ?? []).map(({ name }) => name).toSorted();
  const names = volumes.map(({ name }) => name);
  for (const { name } of members) {
    held.add(name);
    notices.push({
      code: 'data-out-of-sight',
      address: serviceAddress(name),
      message: `${name} waits: ${engines.join(', ')} ${engines.length === 1 ? 'does' : 'do'} not answer, and volume ${names.join(', ')} may be there`,
      hint: 'bring the engine back, or let it begin without its data with --leave-data-behind',
    });
  }
}

/** Assigns all replicas to one engine, or none. */
function fits(
  work: Work,
  members: readonly DesiredService[],
  whyNot: (service: DesiredService) => string | undefined,
  engine: ObservedEngine,
): boolean {
  if (tryAll(work, members, { whyNot, engine }) !== undefined) return false;
  for (const service of members) for (const slot of openSlots(work, service)) assign(work, service, { slot, engine });
  return true;
}

interface Trial {
  readonly whyNot: (service: DesiredService) => string | undefined;
  readonly engine: ObservedEngine;
}

/** Why not all replicas can be on one engine. Leaves the ledger as it was. */
function tryAll(work: Work, members: readonly DesiredService[], { whyNot, engine }: Trial): string | undefined {
  const added: DesiredService[] = [];
  let because: string | undefined;
  for (const service of members.flatMap((it) => openSlots(work, it).map(() => it))) {
    because ??= whyNot(service);
    if (because !== undefined) break;
    work.ledger.add(service, engine);
    added.push(service);
  }
  for (const service of added) work.ledger.take(service, engine);
  return because;
}

const whyNotTogether = (work: Work, members: readonly DesiredService[], engine: ObservedEngine): string | undefined =>
  tryAll(work, members, { whyNot: (service) => whyNotCome({ service, engine }, work), engine });

const reachable = (
  work: Work,
  members: readonly DesiredService[],
  engines: readonly ObservedEngine[],
): readonly ObservedEngine[] => engines.filter((engine) => whyNotTogether(work, members, engine) === undefined);

interface Options {
  readonly bundle: Bundle;
  readonly data: DataSite;
  readonly engines: readonly ObservedEngine[];
}

function placeOn(work: Work, members: readonly DesiredService[], { bundle, data, engines }: Options): boolean {
  const open = reachable(
    work,
    members,
    engines.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  );
  const [first] = members;
  const chosen = first && choose(first, open, work);
  if (chosen === undefined) return false;
  const { engine } = chosen;
  const others = enginesOf(work.placing).filter(({ name }) => name !== engine.name);
  const rejections = others.flatMap((it): readonly Rejection[] => {
    const because = data.whyNot(it) ?? whyNotTogether(work, members, it);
    return because === undefined ? [] : [{ engine: it.name, because }];
  });
  const { because } = explainPlace(work, engine, { why: chosen.why, rejections });
  for (const service of members) {
    const kin = bundle.services.filter(({ name }) => name !== service.name).map(({ name }) => name);
    const together = kin.length > 0 ? `, together with ${kin.join(', ')}` : '';
    for (const slot of openSlots(work, service)) {
      assign(work, service, { slot, engine, ...(because === undefined ? {} : { because: because + together }) });
    }
  }
  return true;
}

/** Data does not move by itself from an engine that is drained. */
function mustStay(work: Work, { services, volumes }: Bundle, engine: ObservedEngine): boolean {
  const { placing } = work;
  const holds = volumes.some(({ name }) => engine.volumes.some((volume) => volume.name === name));
  const located = services.flatMap((service) =>
    (placing.fleet.get(service.name) ?? []).map((it) => ({ service, located: it })),
  );
  const isWritten = located.some(
    (it) => it.located.engine.name === engine.name && hasData(placing, it.service, it.located),
  );
  const isLeaving = services.some((service) => isDrained({ service, engine }, work));
  return isLeaving && (holds || isWritten) && !placing.leaveDataBehind;
}

function noticeCopies(
  { notices }: Work,
  { services }: Bundle,
  { data, home }: { readonly data: DataSite; readonly home: ObservedEngine },
): void {
  for (const { name } of data.found) {
    const others = data.engines.filter(
      (it) => it.name !== home.name && it.volumes.some((volume) => volume.name === name),
    );
    if (others.length === 0) continue;
    notices.push({
      code: 'data-on-several-engines',
      address: undefined,
      message: `volume ${name} is on ${[home, ...others].map((it) => it.name).join(' and ')}; ${services.map((it) => it.name).join(', ')} uses the one on ${home.name}`,
      hint: `remove the other with \`docker volume rm ${name}\` once nobody needs its data`,
    });
  }
}
