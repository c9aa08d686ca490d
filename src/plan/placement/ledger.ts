import type { DesiredService } from '../../model/desired.ts';
import type { EngineName } from '../../model/id.ts';
import type { ObservedEngine } from '../../model/observed.ts';
import { isLive } from '../fleet.ts';
import type { Placing } from './words.ts';

/** What engines have or will have, while replicas are being placed. */
export interface Ledger {
  readonly add: (service: DesiredService, engine: ObservedEngine) => void;
  readonly take: (service: DesiredService, engine: ObservedEngine) => void;
  /** Replicas of the service there. */
  readonly count: (service: DesiredService, engine: ObservedEngine) => number;
  /** All containers there, those outside the stack too. */
  readonly load: (engine: ObservedEngine) => number;
  /** Services of the stack that have a replica there. */
  readonly services: (engine: ObservedEngine) => readonly DesiredService[];
  readonly free: (engine: ObservedEngine) => Reservation;
}

export interface Reservation {
  readonly cpuNanos: number;
  readonly memoryBytes: number;
}

/** Begins with what services that are not to be placed have, and with what others have. */
export function openLedger({ desired, services, fleet, observed }: Placing): Ledger {
  const rows = new Map<EngineName, DesiredService[]>(observed.engines.map(({ name }) => [name, []]));
  const chosen = new Set(services.map(({ name }) => name));
  for (const service of desired.services.filter(({ name }) => !chosen.has(name))) {
    for (const { engine, container } of fleet.get(service.name) ?? [])
      if (isLive(container)) rows.get(engine.name)?.push(service);
  }
  const at = ({ name }: ObservedEngine): readonly DesiredService[] => rows.get(name) ?? [];
  return {
    add: (service, engine) => rows.get(engine.name)?.push(service),
    take: (service, engine) => {
      const row = rows.get(engine.name);
      const index = row?.findIndex(({ name }) => name === service.name) ?? -1;
      if (index >= 0) row?.splice(index, 1);
    },
    count: (service, engine) => at(engine).filter(({ name }) => name === service.name).length,
    load: (engine) => at(engine).length + (engine.others?.containers ?? 0),
    services: at,
    free: (engine) => freeOf(engine, at(engine)),
  };
}

function freeOf({ info, member, others }: ObservedEngine, services: readonly DesiredService[]): Reservation {
  const sum = (of: (reserved: Reservation) => number): number =>
    services.reduce(
      (total, { placement }) => total + (placement.reserved === undefined ? 0 : of(placement.reserved)),
      0,
    );
  return {
    cpuNanos: (member?.cpuNanos ?? info.cpus * 1e9) - (others?.cpuNanos ?? 0) - sum((it) => it.cpuNanos),
    memoryBytes: (member?.memoryBytes ?? info.memoryBytes) - (others?.memoryBytes ?? 0) - sum((it) => it.memoryBytes),
  };
}
