import type { DesiredVolume } from '../../model/desired.ts';
import { volumeAddress } from '../../model/id.ts';
import type { ObservedEngine, ObservedVolume } from '../../model/observed.ts';
import type { StepId } from '../../model/plan.ts';
import { compareVolumeSpecs } from '../compare/resources.ts';
import { volumeKeys } from '../uses.ts';
import { EngineMap, servicesByEngine, type Up } from './context.ts';

/** The steps that make each volume, by key: nothing to wait for where it exists. */
export type PlannedVolumes = EngineMap<readonly StepId[]>;

/** Creates or keeps every volume that a selected service uses. Nothing here ever removes one. */
export function planVolumes(up: Up): PlannedVolumes {
  const volumes: PlannedVolumes = new EngineMap();
  for (const { engine, services } of servicesByEngine(up)) {
    const used = new Set(services.flatMap(({ container }) => volumeKeys(container)));
    for (const volume of up.desired.volumes) {
      if (used.has(volume.key)) volumes.set(engine.name, volume.key, planVolume(up, engine, volume));
    }
  }
  return volumes;
}

function planVolume(up: Up, engine: ObservedEngine, volume: DesiredVolume): readonly StepId[] {
  const found = engine.volumes.find(({ name }) => name === volume.name);
  if (found !== undefined) {
    if (!volume.external) checkExisting(up, volume, found);
    return [];
  }
  const address = volumeAddress(volume.key);
  if (volume.external) {
    up.builder.refuse({
      kind: 'impossible',
      code: 'external-volume-missing',
      address,
      message: `volume ${volume.name} is declared as external and does not exist on ${engine.name}`,
      hint: `create it with \`docker volume create ${volume.name}\`, or remove \`external: true\``,
    });
    return [];
  }
  if (wasMounted(engine, volume)) {
    up.builder.notice({
      code: 'volume-gone',
      address,
      message: `volume ${volume.name}, which a container of this stack mounts, is gone: it is created empty`,
      hint: 'restore its data before the services use it',
    });
  }
  const base = { engine: engine.name, address, reasons: ['does not exist'] };
  return [up.builder.add({ kind: 'create-volume', ...base, project: up.desired.project, volume })];
}

const wasMounted = (engine: ObservedEngine, { name }: DesiredVolume): boolean =>
  engine.containers.some(({ mounts }) => mounts.some(({ volume }) => volume === name));

function checkExisting(up: Up, volume: DesiredVolume, found: ObservedVolume): void {
  const address = volumeAddress(volume.key);
  const drift = driftOf(volume, found);
  if (drift.length > 0) {
    up.builder.refuse({
      kind: 'data-safety',
      code: 'volume-changed',
      address,
      message: `volume ${volume.name} exists with other settings: ${drift.join('; ')}`,
      hint: `a volume cannot be changed in place: copy its data, remove it with \`docker volume rm ${volume.name}\` and run this again, or give the volume another name`,
    });
  } else if (found.key === undefined) {
    up.builder.notice({
      code: 'foreign-volume',
      address,
      message: `volume ${volume.name} exists and was not made by this stack; it is used as it is`,
      hint: 'set `external: true` to say that this is meant',
    });
  }
}

/** Without our record only the driver is known. */
function driftOf({ spec }: DesiredVolume, found: ObservedVolume): readonly string[] {
  if (found.spec !== undefined) return compareVolumeSpecs(found.spec, spec);
  if (spec.driver === undefined || spec.driver === found.driver) return [];
  return [`driver: ${found.driver} → ${spec.driver}`];
}
