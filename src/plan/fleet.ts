import type { Observed, ObservedContainer, ObservedEngine } from '../model/observed.ts';

/** A container and the engine that runs it. */
export interface Located {
  readonly engine: ObservedEngine;
  readonly container: ObservedContainer;
}

/** Every replica of every service, wherever it runs; one-off containers left out. */
export type Fleet = ReadonlyMap<string, readonly Located[]>;

/** Sorts observed replicas by service. Containers that the engine is about to remove do not count. */
export function gatherFleet(observed: Observed): Fleet {
  const fleet = new Map<string, Located[]>();
  for (const engine of observed.engines) {
    for (const container of engine.containers) {
      if (container.isOneOff || container.state === 'removing') continue;
      const replicas = fleet.get(container.service) ?? [];
      fleet.set(container.service, replicas);
      replicas.push({ engine, container });
    }
  }
  return fleet;
}

/** Runs, or will run again by itself, or was frozen while running. */
export const isLive = ({ state }: ObservedContainer): boolean =>
  state === 'running' || state === 'restarting' || state === 'paused';

/** The order in which containers of one slot are preferred: running, canonical name, newest, id. */
export function byPreference(canonical: string): (a: ObservedContainer, b: ObservedContainer) => number {
  return (a, b) =>
    rank(isLive(a), isLive(b)) ||
    rank(a.name === canonical, b.name === canonical) ||
    compareText(b.createdAt, a.createdAt) ||
    compareText(a.id, b.id);
}

/** By code units, so that no locale changes a plan. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What is so comes before what is not. */
export const rank = (a: boolean, b: boolean): number => Number(b) - Number(a);
