import type { DesiredService } from '../../model/desired.ts';
import type { EngineName } from '../../model/id.ts';
import type { ObservedEngine } from '../../model/observed.ts';
import { platformWord } from '../../model/platform.ts';
import { formatBytes } from '../../model/units.ts';
import { clash, describePort, fixedPorts, isHeldBy } from '../host-ports.ts';
import { networkKeys, volumeKeys } from '../uses.ts';
import { availabilityOf, overlayAvailabilityOf } from './availability.ts';
import { unmetConstraint } from './constraints.ts';
import type { Ledger } from './ledger.ts';
import type { Placing } from './words.ts';

/** What the filters look at beside one service and one engine. */
export interface Field {
  readonly placing: Placing;
  readonly ledger: Ledger;
  /** The one engine that there is, with nothing said of it: a file that was written for many runs on it as well as it can. */
  readonly isLone: boolean;
  /** Services that need to reach others, wherever those are. */
  readonly spanning: ReadonlySet<string>;
}

/** One engine for one replica of a service. */
export interface Candidate {
  readonly service: DesiredService;
  readonly engine: ObservedEngine;
}

type Filter = (candidate: Candidate, field: Field) => string | undefined;

/** Why a replica that is there cannot stay, in words. */
export const whyNotStay: Filter = (candidate, field) =>
  first(candidate, field, [byConstraint, byPlatform, byDrain, byCount, byOwnPorts]);

/** Why a replica cannot come, in words. */
export const whyNotCome: Filter = (candidate, field) =>
  first(candidate, field, [
    byConstraint,
    byPlatform,
    byDrain,
    byPause,
    byExternalVolumes,
    byCount,
    byReservation,
    byOwnPorts,
    byForeignPorts,
  ]);

/** Whether it is only for being drained that a replica cannot stay. */
export const isDrained = ({ engine, service }: Candidate, { spanning }: Field): boolean =>
  (spanning.has(service.name) ? overlayAvailabilityOf(engine) : availabilityOf(engine)) === 'drain';

const first = (candidate: Candidate, field: Field, filters: readonly Filter[]): string | undefined => {
  for (const filter of filters) {
    const because = filter(candidate, field);
    if (because !== undefined) return because;
  }
  return undefined;
};

const byConstraint: Filter = ({ service, engine }) => unmetConstraint(service.placement, engine);

/** One engine may emulate: it answers for itself. */
const byPlatform: Filter = ({ service, engine: { info } }, { isLone }) => {
  const wanted = service.container.platform;
  if (wanted === undefined || isLone) return undefined;
  const [os = '', arch = info.arch] = wanted.split('/');
  const isSame = os === info.os && platformWord(arch) === platformWord(info.arch);
  return isSame ? undefined : `it is ${info.os}/${platformWord(info.arch)}, not ${wanted}`;
};

const byDrain: Filter = (candidate, field) =>
  isDrained(candidate, field) ? withReason(candidate, 'drained') : undefined;

const byPause: Filter = (candidate, { spanning }) => {
  const { engine, service } = candidate;
  const word = spanning.has(service.name) ? overlayAvailabilityOf(engine) : availabilityOf(engine);
  return word === 'active' ? undefined : withReason(candidate, 'paused');
};

const withReason = ({ engine }: Candidate, word: string): string =>
  availabilityOf(engine) === 'active' ? `it is ${word} in its swarm` : `it is ${word}`;

const byExternalVolumes: Filter = ({ service, engine }, { placing, isLone }) => {
  if (isLone) return undefined;
  const used = volumeKeys(service.container);
  const missing = placing.desired.volumes.find(
    ({ key, name, external }) => external && used.includes(key) && !engine.volumes.some((it) => it.name === name),
  );
  return missing && `it has no volume ${missing.name}, which is external`;
};

const byCount: Filter = ({ service, engine }, { ledger }) => {
  const limit = service.placement.maxReplicasPerNode ?? Number.POSITIVE_INFINITY;
  if (ledger.count(service, engine) < limit) return undefined;
  return `it has its ${limit} ${limit === 1 ? 'replica' : 'replicas'} (max_replicas_per_node)`;
};

const byReservation: Filter = ({ service, engine }, { ledger }) => {
  const { reserved } = service.placement;
  if (reserved === undefined) return undefined;
  const free = ledger.free(engine);
  if (reserved.cpuNanos > free.cpuNanos) {
    return `${cpus(free.cpuNanos)} of its CPUs are free, ${cpus(reserved.cpuNanos)} are to be reserved`;
  }
  if (reserved.memoryBytes <= free.memoryBytes) return undefined;
  return `${bytes(free.memoryBytes)} of its memory is free, ${bytes(reserved.memoryBytes)} is to be reserved`;
};

const cpus = (nanos: number): string => String(Math.max(0, Math.round(nanos / 1e7) / 100));
const bytes = (amount: number): string => formatBytes(Math.max(0, amount));

const byOwnPorts: Filter = ({ service, engine }, { ledger, isLone }) => {
  const wanted = isLone ? [] : fixedPorts(service.container);
  for (const other of wanted.length > 0 ? ledger.services(engine) : []) {
    const held = fixedPorts(other.container);
    const port = wanted.find((it) => held.some((theirs) => clash(it, theirs)));
    if (port === undefined) continue;
    const holder = other.name === service.name ? 'another replica' : `service ${other.name}`;
    return `its port ${describePort(port)} goes to ${holder}`;
  }
  return undefined;
};

const byForeignPorts: Filter = ({ service, engine }, { isLone }) => {
  const held = isLone ? [] : (engine.others?.ports ?? []);
  for (const port of held.length > 0 ? fixedPorts(service.container) : []) {
    const holder = held.find((it) => isHeldBy(port, it));
    if (holder !== undefined) return `its port ${describePort(port)} is held by container ${holder.container}`;
  }
  return undefined;
};

/** The field before anything is placed. */
export function fieldOf(placing: Placing, ledger: Ledger): Field {
  const { engines, absent = [] } = placing.observed;
  const isLone = engines.length + absent.length === 1 && engines[0]?.member === undefined;
  return { placing, ledger, isLone, spanning: isLone ? new Set() : spanningServices(placing) };
}

/** Services that share a network with another one, or whose network is an overlay by the file. */
function spanningServices({ desired }: Placing): ReadonlySet<string> {
  const users = Map.groupBy(
    desired.services.flatMap(({ name, container }) => networkKeys(container).map((key) => ({ name, key }))),
    ({ key }) => key,
  );
  const overlays = new Set(desired.networks.filter(({ spec }) => spec.driver === 'overlay').map(({ key }) => key));
  return new Set(
    [...users].flatMap(([key, names]) => (names.length > 1 || overlays.has(key) ? names.map(({ name }) => name) : [])),
  );
}

/** The engines by name. */
export const enginesOf = ({ observed }: Placing): readonly ObservedEngine[] =>
  observed.engines.toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** Where each rejection is and why, in words. */
export const sayRejections = (rejections: readonly { engine: EngineName; because: string }[]): string =>
  rejections.map(({ engine, because }) => `${engine}: ${because}`).join('; ');
