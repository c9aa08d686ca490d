import type { DesiredService, DesiredVolume } from '../../model/desired.ts';
import type { ObservedEngine } from '../../model/observed.ts';
import type { Located } from '../fleet.ts';
import { type Bundle, writtenFolders } from './bundles.ts';
import type { Placing } from './words.ts';

/** The engines where volumes of a bundle are, as far as engines answer. */
export interface DataSite {
  /** Volumes that exist somewhere. */
  readonly found: readonly DesiredVolume[];
  /** Engines that have all of these; all engines if there is none. */
  readonly engines: readonly ObservedEngine[];
  /** Why an engine is none of them. */
  readonly whyNot: (engine: ObservedEngine) => string | undefined;
}

/** Finds the data of services that belong together. */
export function findData({ observed: { engines } }: Placing, { volumes }: Pick<Bundle, 'volumes'>): DataSite {
  const has = (engine: ObservedEngine, { name }: DesiredVolume): boolean =>
    engine.volumes.some((volume) => volume.name === name);
  const found = volumes.filter((volume) => engines.some((engine) => has(engine, volume)));
  const missingOn = (engine: ObservedEngine): DesiredVolume | undefined => found.find((volume) => !has(engine, volume));
  return {
    found,
    engines: engines.filter((engine) => missingOn(engine) === undefined),
    whyNot: (engine) => {
      const missing = missingOn(engine);
      if (missing === undefined) return undefined;
      const holders = engines.filter((it) => has(it, missing)).map(({ name }) => name);
      return `the data of volume ${missing.name} is on ${holders.toSorted().join(' and ')}`;
    },
  };
}

/**
 * Whether a container of a service that is in no bundle has data that would not follow it to another engine: in
 * anonymous volumes, or in folders of the machine.
 */
export function hasData({ desired }: Placing, service: DesiredService, { container }: Located): boolean {
  const folders = writtenFolders(service.container);
  const named = new Set(desired.volumes.map(({ name }) => name));
  return container.mounts.some(({ type, volume, source }) =>
    type === 'volume' ? volume !== '' && !named.has(volume) : type === 'bind' && folders.includes(source),
  );
}
